import { describe, expect, it } from 'vitest'
import { type CallLabels, CallTable, callsOf } from './callTable.ts'
import { PairPool } from './pairPool.ts'
import type { Pair, TrafficRow } from './traffic.ts'

const pairs = new PairPool()
const pair = (workload: string): Pair =>
  pairs.pairOf(Uint32Array.from({ length: 13 }, () => pairs.texts.numberOf(workload)))
const web = pair('web')
const nowhere = 0xffffffff

describe('a table of calls', () => {
  it('makes one call of rows that differ in who reported them, and adds up what one says twice', () => {
    const table = new CallTable()
    table.add(web, { protocol: 'http', code: '200' }, 'destination', 2)
    table.add(web, { protocol: 'http', code: '500' }, 'source', 1)
    table.add(web, { protocol: 'http', code: '200' }, 'source', 3)
    table.add(web, { protocol: 'http', code: '200' }, 'source', 4)
    expect(table.calls.map(({ code }) => code)).toEqual(['200', '500'])
    expect([table.rate(0, 'source'), table.rate(0, 'destination'), table.rate(0, 'waypoint')]).toEqual([
      7,
      2,
      Number.NaN,
    ])
    expect([table.place(0, 'source'), table.place(0, 'destination'), table.place(0, 'waypoint')]).toEqual([
      2,
      0,
      nowhere,
    ])
    expect(table.unreported(0)).toBe(Number.NaN)
    expect(table).toHaveLength(4)
  })

  it('keeps what the query chose the reporters for apart from what reporters say', () => {
    const table = new CallTable()
    table.add(web, { protocol: 'http' }, undefined, 12.5)
    expect(table.unreported(0)).toBe(12.5)
    expect(table.rate(0, 'source')).toBe(Number.NaN)
  })

  it('shares its calls with other tables, but not its numbers', () => {
    const [first, second] = [new CallTable(), new CallTable()]
    first.add(web, { flags: '-' }, 'source', 1)
    second.add(pair('api'), {}, 'source', 5)
    second.add(web, { flags: '-' }, 'source', 2)
    expect(second.calls[1]).toBe(first.calls[0])
    expect([first.rate(0, 'source'), second.rate(1, 'source')]).toEqual([1, 2])
  })

  it.each([
    ['app', { app: 'a' }],
    ['protocol', { protocol: 'a' }],
    ['code', { code: 'a' }],
    ['gRPC status', { grpcStatus: 'a' }],
    ['flags', { flags: 'a' }],
    ['source principal', { sourcePrincipal: 'a' }],
    ['destination principal', { destinationPrincipal: 'a' }],
    ['security policy', { securityPolicy: 'a' }],
    ['aggregate', { aggregate: 'a' }],
  ] satisfies [string, CallLabels][])('tells calls apart by %s, however many a pair has', (_what, labels) => {
    const table = new CallTable()
    const own = pair(`of ${_what}`)
    for (let round = 0; round < 2; round++) {
      table.add(own, {}, 'source', 1)
      table.add(own, labels, 'source', 1)
      for (let other = 0; other < 100; other++) table.add(own, { ...labels, code: `code ${other}` }, 'source', 1)
    }
    expect(table.calls).toHaveLength(102)
    expect(new Set(table.calls.map((_, number) => table.rate(number, 'source')))).toEqual(new Set([2]))
  })

  it('is made once of the rows of a family', () => {
    const row = { pair: web, reporter: 'source', app: undefined, protocol: 'tcp', rate: 3 } as const
    const rows: TrafficRow[] = [{ ...row, code: undefined, grpcStatus: undefined, flags: '-' }]
    const table = callsOf(rows)
    expect(callsOf(rows)).toBe(table)
    expect(callsOf([...rows])).not.toBe(table)
    expect(table.calls).toMatchObject([{ pair: web, protocol: 'tcp', flags: '-' }])
    expect(table.rate(0, 'source')).toBe(3)
  })
})
