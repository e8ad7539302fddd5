/**
 * Samples -> rows of the traffic tables, as they arrive. Names are kept once, in a pool that outlives the window: a row
 * is its pair, the few texts that tell it from others, and a number.
 */
import { type CallLabels, CallTable } from './callTable.ts'
import type { LabelTexts } from './labelTexts.ts'
import { type PairPool, pairLabels } from './pairPool.ts'
import { SampleBytes } from './sampleBytes.ts'
import type { Reporter, TrafficRow } from './traffic.ts'
import type { Sample, SampleSink } from './vector.ts'

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
export function trafficTable(pool: PairPool): SampleSink & { readonly rows: TrafficRow[] } {
  const rows: TrafficRow[] = []
  const text = textAt(pool.texts)
  const sink = sinkOf(pool, rowLabels, (numbers, rate) => {
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
  return { ...sink, rows }
}

/** Calls of an extra table. `aggregate` names the label whose value is kept. Samples without a number are left out. */
export function extraTable(pool: PairPool, aggregate?: string): SampleSink & { readonly calls: CallTable } {
  const calls = new CallTable()
  const text = textAt(pool.texts)
  const labels: readonly string[] =
    aggregate === undefined || rowLabels.some((label) => label === aggregate) ? rowLabels : [...rowLabels, aggregate]
  const aggregateAt = aggregate === undefined ? undefined : labels.indexOf(aggregate)
  // One for all: what is new is copied.
  const said: Writable<CallLabels> = {}
  const sink = sinkOf(pool, labels, (numbers, rate) => {
    if (Number.isNaN(rate)) return
    said.app = text(numbers, appAt)
    said.protocol = text(numbers, protocolAt)
    said.code = text(numbers, codeAt)
    said.grpcStatus = text(numbers, grpcStatusAt)
    said.flags = text(numbers, flagsAt)
    said.sourcePrincipal = text(numbers, sourcePrincipalAt)
    said.destinationPrincipal = text(numbers, destinationPrincipalAt)
    said.securityPolicy = text(numbers, policyAt)
    said.aggregate = text(numbers, aggregateAt)
    calls.add(pool.pairOf(numbers), said, reporterOf(text(numbers, reporterAt)), rate)
  })
  return { ...sink, calls }
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] | undefined }

function sinkOf(
  { texts }: PairPool,
  labels: readonly string[],
  add: (numbers: Uint32Array, value: number) => void,
): SampleSink {
  const sample = new SampleBytes(texts, labels)
  return {
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
