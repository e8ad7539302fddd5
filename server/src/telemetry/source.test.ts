import { describe, expect, it } from 'vitest'
import { BinocleError } from '../errors.ts'
import type { Prometheus } from './prometheus.ts'
import { startTrafficSource } from './source.ts'
import type { Sample } from './vector.ts'

const row = (cluster: string): Sample => ({
  labels: {
    reporter: 'source',
    source_cluster: cluster,
    source_workload_namespace: 'shop',
    source_workload: 'web',
    request_protocol: 'http',
    response_code: '200',
  },
  value: 2,
})

/** A Prometheus that answers by metric and notes what it was asked; a clock and timers that stand still. */
function bed(answer: (query: string, timeS: number) => Sample[] | Error) {
  const asked: { query: string; timeS: number }[] = []
  const later: { callback: () => void; delayMs: number }[] = []
  const clock = { ms: 1_000_007_000 }
  const prometheus: Prometheus = {
    query: async (query, timeS) => {
      asked.push({ query, timeS })
      const given = answer(query, timeS)
      if (given instanceof Error) throw given
      return given
    },
    async read(query, timeS, sink) {
      for (const sample of await this.query(query, timeS)) sink.put(sample)
    },
    close: async () => {},
  }
  const start = (connected: Prometheus | undefined = prometheus) =>
    startTrafficSource(connected, {
      queryScope: {},
      clock: () => clock.ms,
      gridS: 15,
      healthDurationS: 300,
      refreshIntervalS: 30,
      later: (callback, delayMs) => {
        later.push({ callback, delayMs })
        return () => {}
      },
      keptRows: 10,
    })
  return { asked, later, clock, start }
}

const requestsOnly = (query: string) =>
  query.includes('timestamp') ? [] : query.includes('istio_requests_total') ? [row('east')] : []
const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('the traffic source', () => {
  it('asks at most 8 queries for a window, and none for the next viewer of it', async () => {
    const { asked, start } = bed(requestsOnly)
    const source = start()
    await settled()
    asked.length = 0
    const window = { end: 1_000_000, durationS: 600 }
    await Promise.all([source.snapshot(window), source.snapshot({ ...window }), source.snapshot(window)])
    expect(asked.length).toBeLessThanOrEqual(8)
    const once = asked.length
    await source.snapshot(window)
    expect(asked).toHaveLength(once)
    expect(new Set(asked.map(({ timeS }) => timeS))).toEqual(new Set([1_000_000]))
  })

  it('puts "now" on the grid', async () => {
    const { start, clock } = bed(requestsOnly)
    const source = start()
    expect(source.now()).toBe(1_000_005)
    clock.ms += 12_999
    expect(source.now()).toBe(1_000_005)
    clock.ms += 1
    expect(source.now()).toBe(1_000_020)
  })

  it('refreshes the health window by itself and tells who listens', async () => {
    const { later, clock, start } = bed(requestsOnly)
    const source = start()
    expect(source.current().state).toBe('unknown')
    let told = 0
    source.onRefresh(() => {
      told++
    })
    await settled()
    expect(source.current()).toMatchObject({ state: 'known', value: { window: { end: 1_000_005, durationS: 300 } } })
    clock.ms += 30_000
    expect(later.map(({ delayMs }) => delayMs)).toEqual([30_000])
    later[0]?.callback()
    await settled()
    expect(told).toBe(2)
    expect(source.current()).toMatchObject({ value: { window: { end: 1_000_035 } } })
  })

  it('keeps the last good health window when Prometheus fails, and says why', async () => {
    let down = false
    const { later, start } = bed((query) =>
      down ? new BinocleError('BIN-PROMETHEUS-UNREACHABLE', 'gone') : requestsOnly(query),
    )
    const source = start()
    await settled()
    down = true
    later[0]?.callback()
    // The same grid: what is known of the window is still known.
    await settled()
    expect(source.current().state).toBe('known')
    const other = await source.snapshot({ end: 7, durationS: 60 })
    expect(other).toMatchObject({ state: 'unknown', cause: { code: 'BIN-PROMETHEUS-UNREACHABLE' } })
    expect(source.health?.()).toMatchObject({ state: 'unreachable' })
  })

  it('asks again after a failure', async () => {
    let down = true
    const { start } = bed((query) =>
      down ? new BinocleError('BIN-PROMETHEUS-UNREACHABLE', 'gone') : requestsOnly(query),
    )
    const source = start()
    const window = { end: 7, durationS: 60 }
    expect((await source.snapshot(window)).state).toBe('unknown')
    down = false
    expect((await source.snapshot(window)).state).toBe('known')
  })

  it('tells a mesh without traffic from a Prometheus without Istio metrics', async () => {
    const silent = bed((query) => (query.startsWith('(count') ? [{ labels: {}, value: 3 }] : []))
    expect((await silent.start().snapshot({ end: 7, durationS: 60 })).state).toBe('known')
    const source = bed(() => []).start()
    expect(await source.snapshot({ end: 7, durationS: 60 })).toMatchObject({ cause: { code: 'BIN-PROMETHEUS-EMPTY' } })
    expect(source.health?.()).toMatchObject({ state: 'empty' })
  })

  it('knows nothing without a Prometheus, and says so', async () => {
    const { start, asked } = bed(requestsOnly)
    const source = startTrafficSource(undefined, {
      queryScope: {},
      clock: () => 0,
      gridS: 15,
      healthDurationS: 300,
      refreshIntervalS: 30,
      later: () => () => {},
    })
    void start
    expect(source.current()).toMatchObject({ cause: { code: 'BIN-PROMETHEUS-DISABLED' } })
    expect((await source.snapshot({ end: 7, durationS: 60 })).state).toBe('unknown')
    expect(asked).toEqual([])
  })

  it('knows when a series that names a cluster was last seen', async () => {
    const { start } = bed((query) =>
      query.includes('timestamp')
        ? [{ labels: { source_cluster: 'west', destination_cluster: 'west' }, value: 999_990 }]
        : requestsOnly(query),
    )
    const source = start()
    await settled()
    await settled()
    expect(source.lastMetrics?.('west')).toBe(999_990)
    expect(source.lastMetrics?.('north')).toBeUndefined()
  })

  it('forgets old windows, not the newest', async () => {
    const { asked, start } = bed((query) =>
      query.includes('istio_requests_total') ? Array.from({ length: 8 }, (_, i) => row(`c${i}`)) : [],
    )
    const source = start()
    await settled()
    await source.snapshot({ end: 1, durationS: 60 })
    await source.snapshot({ end: 2, durationS: 60 })
    asked.length = 0
    await source.snapshot({ end: 2, durationS: 60 })
    expect(asked).toHaveLength(0)
    await source.snapshot({ end: 1, durationS: 60 })
    expect(asked.length).toBeGreaterThan(0)
  })

  it('shares equal pairs within a window', async () => {
    const { start } = bed((query) =>
      query.includes('istio_requests_total')
        ? [row('east'), { ...row('east'), labels: { ...row('east').labels, response_code: '500' } }]
        : [],
    )
    const answer = await start().snapshot({ end: 1, durationS: 60 })
    const rows = answer.state === 'known' ? answer.value.families.requests : []
    expect(rows[0]?.pair).toBe(rows[1]?.pair)
  })

  it('keeps quantiles in the same order, however Prometheus lists them', async () => {
    const orders = [
      ['west', 'east', 'south'],
      ['south', 'west', 'east'],
    ].map(async (clusters) => {
      const source = bed((query) => (query.includes('histogram_quantile') ? clusters.map(row) : [])).start()
      const table = { kind: 'responseTime', statistic: '95', reporters: ['source'] } as const
      const answer = await source.extra?.({ end: 1_000_000, durationS: 600 }, table)
      return answer?.state === 'known' ? answer.value.calls.map(({ pair }) => pair.source.cluster) : []
    })
    expect(await Promise.all(orders)).toEqual([
      ['east', 'south', 'west'],
      ['east', 'south', 'west'],
    ])
  })
})
