/** Values of expressions, and the labels by which samples are grouped and matched. */
import { type Labels, labelOf, labelsOf, type Metric, type Series } from '../metrics/series.ts'

export interface Sample {
  readonly metric: Metric
  readonly value: number
}

export type Value =
  | { readonly type: 'scalar'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | Vector

/** `origin`: the samples stand one to one for these series, so that what is known of the series can be reused. */
export interface Vector {
  readonly type: 'vector'
  readonly samples: readonly Sample[]
  readonly origin?: readonly Series[]
}

export const unnamed = (metric: Metric): Metric => (metric.name === '' ? metric : { ...metric, name: '' })

/** A metric of plain labels. Empty values are no labels. */
export function metricOf(labels: Labels): Metric {
  const base: Record<string, string> = {}
  for (const label of Object.keys(labels)) {
    const value = labels[label]
    if (value && label !== '__name__') base[label] = value
  }
  return { name: labels.__name__ ?? '', base, le: '' }
}

/** The group of a metric: equal keys are one group. */
export function groupKey(metric: Metric, labels: readonly string[], without: boolean): string {
  if (!without) {
    let key = ''
    for (const label of labels) key += `${labelOf(metric, label)}\u0000`
    return key
  }
  return signature(groupMetric(metric, labels, true))
}

export function groupMetric(metric: Metric, labels: readonly string[], without: boolean): Metric {
  if (!without) return metricOf(Object.fromEntries(labels.map((label) => [label, labelOf(metric, label)])))
  const dropped = new Set([...labels, '__name__'])
  return metricOf(Object.fromEntries(Object.entries(labelsOf(metric)).filter(([label]) => !dropped.has(label))))
}

/** All labels as one text, in order of name. */
export const signature = (metric: Metric): string =>
  Object.entries(labelsOf(metric))
    .filter(([, value]) => value !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, value]) => `${label}\u0001${value}`)
    .join('\u0000')
