/** Every query of the console, on the demo's series: our answerer and a real Prometheus say the same. */
import { render } from '@binocle/server/telemetry/promql'
import {
  anyIstioMetric,
  extraQuery,
  familyNames,
  familyQuery,
  lastMetricsQuery,
} from '@binocle/server/telemetry/queryPlan'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { demoScenario } from '../demo/demo.ts'
import { scenarioSeries } from '../metrics/scenarioSeries.ts'
import { prometheusApi } from '../prometheus/api.ts'
import { topologyOf } from '../topology.ts'
import { answer, ask, normal } from './compare.ts'
import { missingPrometheus, type RealPrometheus, startPrometheus } from './prometheus.ts'

const missing = await missingPrometheus()
const NOW_MS = Date.UTC(2026, 3, 5, 10, 17, 23)
const WINDOW_S = 300

const QUERIES = [
  ...familyNames.map((family) => familyQuery(family, WINDOW_S, false)),
  ...familyNames.map((family) => familyQuery(family, WINDOW_S, true)),
  anyIstioMetric,
  lastMetricsQuery('source'),
  lastMetricsQuery('destination'),
  ...(['50', '95', '99', 'avg'] as const).map((statistic) =>
    extraQuery({ kind: 'responseTime', statistic, reporters: ['waypoint', 'destination'] }, WINDOW_S),
  ),
  ...(['request', 'response'] as const).map((of) => extraQuery({ kind: 'throughput', of }, WINDOW_S)),
  ...familyNames.map((family) => extraQuery({ kind: 'security', family }, WINDOW_S)),
  extraQuery({ kind: 'aggregate', label: 'source_app' }, WINDOW_S),
].map((expr) => render(expr))

describe.skipIf(missing)(`the console's queries${missing ? ` (skipped: ${missing})` : ''}`, () => {
  const series = scenarioSeries(topologyOf(demoScenario()), { clock: () => NOW_MS, historyS: 600, stepS: 15 })
  const ours = prometheusApi(series, () => NOW_MS)
  let real: RealPrometheus
  beforeAll(async () => {
    real = await startPrometheus({ series, fromMs: NOW_MS - 400_000, toMs: NOW_MS })
  })
  afterAll(() => real?.close())

  it.each(QUERIES)('%s', async (query) => {
    const params = new URLSearchParams({ query, time: String(NOW_MS / 1000) })
    const mine = normal(answer(ours, 'query', params))
    expect(mine).toEqual(normal(await ask(real, 'query', params)))
    expect(mine).not.toEqual([])
  })
})
