/**
 * The order in which a Prometheus with blocks lists series: by their whole label sets. It shows wherever the first of
 * several rows counts, so ours is the same, whatever order a source has.
 */
import type { Labels, Series } from '../metrics/series.ts'

/** The series of one metric name, sorted label by label: by name, then by value; of equal beginnings the shorter first. */
export function inLabelOrder(series: readonly Series[]): readonly Series[] {
  const known = new Map<Labels, readonly string[]>()
  const keyed = series.map((one) => {
    const { base, le } = one.metric
    let labels = known.get(base)
    if (labels === undefined) {
      labels = flat(base)
      known.set(base, labels)
    }
    return { one, labels: le === '' ? labels : withBucket(labels, le) }
  })
  let sorted = true
  for (let i = 1; i < keyed.length && sorted; i++) {
    const [before, here] = [keyed[i - 1], keyed[i]]
    if (before && here) sorted = compare(before.labels, here.labels) <= 0
  }
  if (sorted) return series
  return keyed.sort((a, b) => compare(a.labels, b.labels)).map(({ one }) => one)
}

/** Name, value, name, value... in order of name. Empty values are no labels. */
function flat(labels: Labels): readonly string[] {
  const names = Object.keys(labels).filter((name) => labels[name] !== '')
  return names.sort(compareText).flatMap((name) => [name, labels[name] ?? ''])
}

function withBucket(labels: readonly string[], le: string): readonly string[] {
  let at = 0
  while (at < labels.length && (labels[at] ?? '') < 'le') at += 2
  return [...labels.slice(0, at), 'le', le, ...labels.slice(at)]
}

function compare(a: readonly string[], b: readonly string[]): number {
  const shared = Math.min(a.length, b.length)
  for (let i = 0; i < shared; i++) {
    const order = compareText(a[i] ?? '', b[i] ?? '')
    if (order !== 0) return order
  }
  return a.length - b.length
}

const compareText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1)
