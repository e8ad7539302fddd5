/**
 * Which series a selector means. Series do not change while the source keeps its arrays, so postings (label value ->
 * series) and whole selections are remembered: a console asks the same few questions again and again.
 */
import { labelOf, type Series, type SeriesSource } from '../metrics/series.ts'
import type { Matcher } from './ast.ts'
import { inLabelOrder } from './labelOrder.ts'
import { anchored } from './parse.ts'

/** `any`: in whatever order, for who asks which labels there are; to order a whole mesh takes a second. */
export type Select = (matchers: readonly Matcher[], order?: 'any') => readonly Series[]

export function selectorOf(source: SeriesSource): Select {
  const postings = new WeakMap<readonly Series[], Map<string, Map<string, Series[]>>>()
  const selections = new Map<
    string,
    { readonly of: readonly (readonly Series[])[]; readonly series: readonly Series[] }
  >()

  const orders = new WeakMap<readonly Series[], readonly Series[]>()

  const ordered = (name: string): readonly Series[] => {
    const series = source.series(name)
    const known = orders.get(series) ?? inLabelOrder(series)
    orders.set(series, known)
    return known
  }

  const posted = (series: readonly Series[], label: string): Map<string, Series[]> => {
    const byLabel = postings.get(series) ?? new Map<string, Map<string, Series[]>>()
    postings.set(series, byLabel)
    const known = byLabel.get(label)
    if (known) return known
    const byValue = new Map<string, Series[]>()
    for (const one of series) {
      const value = labelOf(one.metric, label)
      const list = byValue.get(value)
      if (list) list.push(one)
      else byValue.set(value, [one])
    }
    byLabel.set(label, byValue)
    return byValue
  }

  const within = (series: readonly Series[], matchers: readonly Matcher[]): readonly Series[] => {
    const equalities = matchers.filter((matcher) => matcher.op === '=')
    let candidates = series
    for (const { label, value } of equalities) {
      const list = posted(series, label).get(value) ?? []
      if (list.length < candidates.length) candidates = list
    }
    const tests = matchers.map(testOf)
    return tests.length === 0 ? candidates : candidates.filter((one) => tests.every((test) => test(one)))
  }

  return (matchers, order) => {
    const named = metricNames(source, matchers)
    const of = named.map(order === 'any' ? source.series : ordered)
    const key = `${order ?? ''}${JSON.stringify(matchers)}`
    const known = selections.get(key)
    if (known && known.of.length === of.length && known.of.every((series, i) => series === of[i])) return known.series
    const rest = matchers.filter((matcher) => matcher.label !== '__name__')
    const [first] = of
    const series = of.length === 1 && first ? within(first, rest) : of.flatMap((list) => within(list, rest))
    if (selections.size >= KEPT_SELECTIONS) selections.clear()
    selections.set(key, { of, series })
    return series
  }
}

const KEPT_SELECTIONS = 500

function metricNames(source: SeriesSource, matchers: readonly Matcher[]): string[] {
  const tests = matchers.filter((matcher) => matcher.label === '__name__').map((matcher) => valueTest(matcher))
  const exact = matchers.find((matcher) => matcher.label === '__name__' && matcher.op === '=')
  const names = exact ? [exact.value] : source.names()
  return names.filter((name) => tests.every((test) => test(name)))
}

function testOf(matcher: Matcher): (series: Series) => boolean {
  const test = valueTest(matcher)
  return ({ metric }) => test(labelOf(metric, matcher.label))
}

function valueTest({ op, value }: Matcher): (text: string) => boolean {
  if (op === '=') return (text) => text === value
  if (op === '!=') return (text) => text !== value
  const pattern = anchored(value)
  const known = new Map<string, boolean>()
  return (text) => {
    let matches = known.get(text)
    if (matches === undefined) {
      matches = pattern.test(text) === (op === '=~')
      known.set(text, matches)
    }
    return matches
  }
}
