/** Values of expressions, and the labels by which samples are grouped and matched. */
import { type Labels, labelOf, labelsOf, type Metric } from '../metrics/series.ts'

export interface Sample {
  readonly metric: Metric
  readonly value: number
}

export type Value =
  | { readonly type: 'scalar'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | Vector

/** `shape`: vectors with the same shape have the same metrics in the same order, so that what is known of it is reused. */
export interface Vector {
  readonly type: 'vector'
  readonly samples: readonly Sample[]
  readonly shape?: object
}

export const unnamed = (metric: Metric): Metric => (metric.name === '' ? metric : { ...metric, name: '' })

/** A metric of plain labels. Empty values are no labels. */
export function metricOf(labels: Labels): Metric {
  const base: Record<string, string> = {}
  for (const label of Object.keys(labels)) {
    const value = labels[label]
    if (value && label !== '__name__' && label !== 'le') base[label] = value
  }
  return { name: labels.__name__ ?? '', base, le: labels.le ?? '' }
}

/** Tells the group of a metric: equal keys are one group. Buckets share their base, whose part is computed once. */
export function groupKeys(labels: readonly string[], without: boolean): (metric: Metric) => string {
  const withLe = labels.includes('le') !== without
  const withName = !without && labels.includes('__name__')
  const ofBase = labels.filter((label) => label !== 'le' && label !== '__name__')
  const known = new Map<Labels, string>()
  return (metric) => {
    let key = known.get(metric.base)
    if (key === undefined) {
      key = without ? signature(groupMetric({ ...metric, le: '' }, ofBase, true)) : valuesOf(metric.base, ofBase)
      known.set(metric.base, key)
    }
    const bucket = withLe ? labelOf(metric, 'le') : ''
    return withName ? `${key}\u0002${bucket}\u0002${metric.name}` : `${key}\u0002${bucket}`
  }
}

function valuesOf(base: Labels, labels: readonly string[]): string {
  let values = ''
  for (const label of labels) values += `${base[label] ?? ''}\u0000`
  return values
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
