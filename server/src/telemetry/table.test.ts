/** Reading samples from their bytes against the parser of JSON: both fill the same table, row by row. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPacer } from '../outbound/pacer.ts'
import type { CallTable } from './callTable.ts'
import { PairPool } from './pairPool.ts'
import { extraTable, trafficTable } from './table.ts'
import { parseVector, readVector, type SampleSink } from './vector.ts'

const value = fc.oneof(
  fc.constantFrom('shop', 'web', 'v1', 'source', 'destination', 'waypoint', 'unknown', '', '-', '200'),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.constantFrom('"', '\\', 'a\\"b', '}', '},"value":[', '"]}', '{', 'é', '\u0000', '\u007f', '\ud83d\ude00'),
)
const label = fc.constantFrom(
  'reporter',
  'app',
  'source_cluster',
  'source_workload',
  'destination_cluster',
  'destination_service',
  'destination_service_name',
  'request_protocol',
  'response_code',
  'source_principal',
  'connection_security_policy',
  'request_operation',
  'not_asked_for',
  '__proto__',
)
const number = fc.oneof(
  fc.constantFrom('0', '1', '0.5', '1e-7', '1.2345678901234567e+21', '-3', 'NaN', '+Inf', '-Inf', 'Inf', '', 'e'),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
)
const sample = fc.record({
  metric: fc.array(fc.tuple(label, value), { maxLength: 10 }).map((pairs) => Object.fromEntries(pairs)),
  value: fc.tuple(fc.constantFrom(1_700_000_000, 1_700_000_000.123), number),
})

type Written = { metric: Record<string, string>; value: [number, string] }
const answerOf = (result: readonly Written[], gap?: number) =>
  JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }, undefined, gap)

async function read(answer: string, pieceBytes: number, sink: SampleSink): Promise<void> {
  const bytes = Buffer.from(answer)
  const body = (async function* () {
    for (let from = 0; from < bytes.length; from += pieceBytes) yield bytes.subarray(from, from + pieceBytes)
  })()
  await readVector(body, 1 << 20, createPacer(), sink)
}

/** The table, when every sample is parsed. */
function parsed<Table extends SampleSink>(answer: string, table: Table): Table {
  for (const each of parseVector(answer)) table.put(each)
  return table
}

const reporters = ['source', 'destination', 'waypoint'] as const

/** All that a table of calls says. */
const saidBy = (table: CallTable) =>
  table.calls.map((call, number) => ({
    call,
    rates: [...reporters.map((reporter) => table.rate(number, reporter)), table.unreported(number)],
    places: reporters.map((reporter) => table.place(number, reporter)),
  }))

describe('samples read from their bytes', () => {
  const tables: [string, (pool: PairPool) => SampleSink & { said(): unknown }][] = [
    [
      'rows of a family',
      (pool) => {
        const table = trafficTable(pool)
        return { ...table, said: () => table.rows }
      },
    ],
    ...[undefined, 'request_operation', 'destination_service'].map(
      (aggregate): [string, (pool: PairPool) => SampleSink & { said(): unknown }] => [
        `calls of an extra table, of aggregate ${aggregate}`,
        (pool) => {
          const table = extraTable(pool, aggregate)
          return { ...table, said: () => saidBy(table.calls) }
        },
      ],
    ),
  ]
  it.each(tables)('make the same %s as parsed ones', async (_what, tableIn) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(sample, { maxLength: 12 }),
        fc.integer({ min: 1, max: 400 }),
        fc.constantFrom(undefined, 1),
        async (samples, pieceBytes, gap) => {
          const answer = answerOf(samples, gap)
          const pool = new PairPool()
          const table = tableIn(pool)
          await read(answer, pieceBytes, table)
          expect(table.said()).toEqual(parsed(answer, tableIn(new PairPool())).said())
          const pairs = pool.size
          // Parsed or not, equal pairs are the same.
          parsed(answer, tableIn(pool))
          expect(pool.size).toBe(pairs)
        },
      ),
      { numRuns: 400 },
    )
  })

  it('are taken without being parsed', async () => {
    const answer = answerOf([
      { metric: { reporter: 'source', source_workload: 'web', request_protocol: 'http' }, value: [1, '2.5'] },
      { metric: {}, value: [1, '1'] },
      { metric: { reporter: 'waypoint' }, value: [1, '3'] },
    ])
    const { rows, take } = trafficTable(new PairPool())
    const parsedOnes: unknown[] = []
    await read(answer, answer.length, { ...(take && { take }), put: (each) => parsedOnes.push(each) })
    expect(parsedOnes).toEqual([])
    expect(rows.map(({ pair, reporter, protocol, rate }) => [pair.source.workload, reporter, protocol, rate])).toEqual([
      ['web', 'source', 'http', 2.5],
      [undefined, 'waypoint', undefined, 3],
    ])
  })
})

describe('the pool of pairs', () => {
  const row = (source_workload: string, destination_service: string): Written => ({
    metric: { reporter: 'source', source_cluster: 'east', source_workload, destination_service },
    value: [1, '1'],
  })

  it('gives equal pairs, and equal ends, the same object, from window to window', () => {
    const pool = new PairPool()
    const first = parsed(answerOf([row('web', 'a'), row('web', 'b')]), trafficTable(pool)).rows
    const second = parsed(answerOf([row('web', 'b'), row('api', 'b')]), extraTable(pool)).calls.calls
    expect(second[0]?.pair).toBe(first[1]?.pair)
    expect(first[0]?.pair).not.toBe(first[1]?.pair)
    expect(first[0]?.pair.source).toBe(first[1]?.pair.source)
    expect(pool.size).toBe(3)
  })

  it('tells tens of thousands apart', () => {
    const pool = new PairPool()
    const names = Array.from({ length: 20_000 }, (_, at) => `workload-${at}`)
    const { rows } = parsed(answerOf(names.map((name) => row(name, `${name}.svc`))), trafficTable(pool))
    expect(rows.map(({ pair }) => pair.source.workload)).toEqual(names)
    expect(rows.map(({ pair }) => pair.service)).toEqual(names.map((name) => `${name}.svc`))
    expect(new Set(rows.map(({ pair }) => pair)).size).toBe(names.length)
  })
})

it('sorts quantiles by whom they are about, whatever the order in which they came', () => {
  const metrics = [
    { source_workload: 'a', destination_service: 'x', request_protocol: 'grpc' },
    { source_workload: 'a', destination_service: 'x', request_protocol: 'http' },
    { source_workload: 'a', destination_service: 'y' },
    { source_workload: 'b', destination_service: 'w' },
    { destination_service: 'w' },
  ]
  const quantilesOf = (order: readonly number[]): number[] => {
    const result = order.map((at): Written => ({ metric: { ...metrics[at] }, value: [1, String(at)] }))
    const sorted = parsed(answerOf(result), extraTable(new PairPool())).calls.sortedByPair()
    return sorted.calls.map((_, number) => sorted.unreported(number))
  }
  for (const order of [
    [0, 1, 2, 3, 4],
    [4, 3, 2, 1, 0],
    [2, 4, 0, 3, 1],
  ])
    expect(quantilesOf(order)).toEqual([0, 1, 2, 3, 4])
})
