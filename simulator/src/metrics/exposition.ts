/** Series as text: what a `/metrics` target shows now, and what `promtool` turns into blocks of history. */
import { type FamilyMetadata, labelsOf, type Metric, type SeriesSource, valueAt } from './series.ts'

/** Prometheus' text format: every series' value at `nowMs`. In pieces, because it is long. */
export function* exposition(source: SeriesSource, nowMs: number): Iterable<string> {
  const types = typesOf(source.metadata())
  for (const name of source.names()) {
    const series = source.series(name)
    if (series.length === 0) continue
    // A histogram's parts are written as what they are by themselves: scrapers store them the same.
    yield `# TYPE ${name} ${types.get(name) === 'gauge' ? 'gauge' : 'counter'}\n`
    for (const one of series) yield `${sampleName(one.metric)} ${valueAt(one, nowMs)}\n`
  }
}

/** OpenMetrics text of all samples from `fromMs` to `toMs`, for `promtool tsdb create-blocks-from openmetrics`. */
export function* openMetrics(source: SeriesSource, fromMs: number, toMs: number): Iterable<string> {
  const { times } = source
  const first = times.fromMs + Math.max(0, Math.ceil((fromMs - times.fromMs) / times.stepMs)) * times.stepMs
  const last = Math.min(toMs, times.untilMs())
  for (const name of source.names()) {
    const series = source.series(name)
    if (series.length === 0) continue
    yield `# TYPE ${name} unknown\n`
    for (const one of series) {
      const labelled = sampleName(one.metric)
      let lines = ''
      for (let ms = first; ms <= last; ms += times.stepMs) lines += `${labelled} ${valueAt(one, ms)} ${ms / 1000}\n`
      yield lines
    }
  }
  yield '# EOF\n'
}

const typesOf = (families: readonly FamilyMetadata[]) => new Map(families.map((family) => [family.name, family.type]))

function sampleName(metric: Metric): string {
  const labels = Object.entries(labelsOf(metric))
    .filter(([label]) => label !== '__name__')
    .map(([label, value]) => `${label}="${escaped(value)}"`)
  return `${metric.name}{${labels.join(',')}}`
}

const escaped = (value: string) =>
  value.replace(/[\\"\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`))
