/**
 * Samples -> rows of the traffic tables, as they arrive. Names are kept once, in a pool that outlives the window: a row
 * is its pair, the few texts that tell it from others, and a number.
 */
import type { LabelTexts } from './labelTexts.ts'
import { comparePairs, compareTexts, type PairPool, pairLabels } from './pairPool.ts'
import { SampleBytes } from './sampleBytes.ts'
import type { ExtraRow, Reporter, TrafficRow } from './traffic.ts'
import type { Sample, SampleSink } from './vector.ts'

/** Rows of samples that were put into it. */
export interface Table<Row> extends SampleSink {
  readonly rows: Row[]
}

const rowLabels = [
  ...pairLabels,
  'reporter',
  'app',
  'request_protocol',
  'response_code',
  'grpc_response_status',
  'response_flags',
  'source_principal',
  'destination_principal',
  'connection_security_policy',
] as const
const reporterAt = pairLabels.length
const [appAt, protocolAt, codeAt, grpcStatusAt, flagsAt] = [1, 2, 3, 4, 5].map((more) => reporterAt + more)
const [sourcePrincipalAt, destinationPrincipalAt, policyAt] = [6, 7, 8].map((more) => reporterAt + more)

/** Rows of a family. Samples of other reporters than we know, and those without a number, are left out. */
export function trafficTable(pool: PairPool): Table<TrafficRow> {
  const rows: TrafficRow[] = []
  const text = textAt(pool.texts)
  return tableOf(rows, pool, rowLabels, (numbers, rate) => {
    const reporter = reporterOf(text(numbers, reporterAt))
    if (reporter === undefined || Number.isNaN(rate)) return
    rows.push({
      pair: pool.pairOf(numbers),
      reporter,
      app: text(numbers, appAt),
      protocol: text(numbers, protocolAt),
      code: text(numbers, codeAt),
      grpcStatus: text(numbers, grpcStatusAt),
      flags: text(numbers, flagsAt),
      rate,
    })
  })
}

/** Rows of an extra table. `aggregate` names the label whose value is kept. */
export function extraTable(pool: PairPool, aggregate?: string): Table<ExtraRow> {
  const rows: ExtraRow[] = []
  const text = textAt(pool.texts)
  const labels: readonly string[] =
    aggregate === undefined || rowLabels.some((label) => label === aggregate) ? rowLabels : [...rowLabels, aggregate]
  const aggregateAt = aggregate === undefined ? undefined : labels.indexOf(aggregate)
  return tableOf(rows, pool, labels, (numbers, rate) => {
    if (Number.isNaN(rate)) return
    rows.push({
      pair: pool.pairOf(numbers),
      reporter: reporterOf(text(numbers, reporterAt)),
      app: text(numbers, appAt),
      protocol: text(numbers, protocolAt),
      code: text(numbers, codeAt),
      grpcStatus: text(numbers, grpcStatusAt),
      flags: text(numbers, flagsAt),
      sourcePrincipal: text(numbers, sourcePrincipalAt),
      destinationPrincipal: text(numbers, destinationPrincipalAt),
      securityPolicy: text(numbers, policyAt),
      aggregate: text(numbers, aggregateAt),
      rate,
    })
  })
}

/**
 * Sorts rows by whom they are about. Prometheus lists quantiles in an order that changes from answer to answer, and of
 * several that belong to one edge the first counts.
 */
export function sortByPair(rows: ExtraRow[]): ExtraRow[] {
  return rows.sort((a, b) => comparePairs(a.pair, b.pair) || compareTexts(a.protocol, b.protocol))
}

function tableOf<Row>(
  rows: Row[],
  { texts }: PairPool,
  labels: readonly string[],
  add: (numbers: Uint32Array, value: number) => void,
): Table<Row> {
  const sample = new SampleBytes(texts, labels)
  return {
    rows,
    take(piece, at) {
      const end = sample.read(piece, at)
      if (end >= 0) add(sample.numbers, sample.value)
      return end
    },
    put: (parsed: Sample) => {
      const numbers = Uint32Array.from(labels, (label) => texts.numberOf(parsed.labels[label]))
      add(numbers, parsed.value)
    },
  }
}

const textAt =
  (texts: LabelTexts) =>
  (numbers: Uint32Array, at: number | undefined): string | undefined =>
    at === undefined ? undefined : texts.text(numbers[at] ?? 0)

function reporterOf(text: string | undefined): Reporter | undefined {
  return text === 'source' || text === 'destination' || text === 'waypoint' ? text : undefined
}
