/** What a real Prometheus makes of our target, and the small print of the text formats. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { demoScenario } from '../demo/demo.ts'
import { missingPrometheus, type RealPrometheus, startPrometheus } from '../real/prometheus.ts'
import { topologyOf } from '../topology.ts'
import { constant } from './curve.ts'
import { exposition, openMetrics } from './exposition.ts'
import { scenarioSeries } from './scenarioSeries.ts'
import type { SeriesSource } from './series.ts'
import { type ScrapeTarget, startTarget } from './target.ts'

const source: SeriesSource = {
  times: { fromMs: 0, stepMs: 15_000, untilMs: () => 30_000 },
  names: () => ['calls_total', 'memory'],
  series: (name) => [{ metric: { name, base: { app: 'a "b"\\c\nd' }, le: '' }, curve: constant, factor: 0, offset: 7 }],
  metadata: () => [{ name: 'memory', type: 'gauge', help: '' }],
}

describe('text formats', () => {
  it('escape label values and know gauges from counters', () => {
    expect([...exposition(source, 0)].join('')).toBe(
      '# TYPE calls_total counter\ncalls_total{app="a \\"b\\"\\\\c\\nd"} 7\n# TYPE memory gauge\nmemory{app="a \\"b\\"\\\\c\\nd"} 7\n',
    )
  })

  it('hold all samples of the window, in seconds', () => {
    expect([...openMetrics({ ...source, names: () => ['memory'] }, 10_000, 40_000)].join('')).toBe(
      '# TYPE memory unknown\nmemory{app="a \\"b\\"\\\\c\\nd"} 7 15\nmemory{app="a \\"b\\"\\\\c\\nd"} 7 30\n# EOF\n',
    )
  })
})

const missing = await missingPrometheus()

describe.skipIf(missing)(`a real Prometheus that scrapes the demo${missing ? ` (skipped: ${missing})` : ''}`, () => {
  const series = scenarioSeries(topologyOf(demoScenario()), { clock: Date.now, historyS: 3600, stepS: 15 })
  let target: ScrapeTarget
  let prometheus: RealPrometheus
  beforeAll(async () => {
    target = await startTarget(series, Date.now)
    // The interval is also the time a scrape may take; a busy machine needs more than one second.
    prometheus = await startPrometheus({ target: target.address, intervalS: 4 })
  })
  afterAll(async () => {
    await prometheus.close()
    await target.close()
  })

  it('holds every series with its own labels', async () => {
    const query = 'count({__name__=~"istio_requests_total|istio_tcp_sent_bytes_total", job="kubernetes-pods"})'
    const expected = series.series('istio_requests_total').length + series.series('istio_tcp_sent_bytes_total').length
    await expect.poll(() => value(prometheus.url, query), { timeout: 60_000, interval: 100 }).toBe(expected)
  }, 90_000)
})

async function value(url: string, query: string): Promise<number | undefined> {
  const answer = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query })}`)
  const found = /"value":\[[\d.]+,"(\d+)"\]/.exec(await answer.text())
  return found ? Number(found[1]) : undefined
}
