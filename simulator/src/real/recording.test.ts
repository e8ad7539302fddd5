/** The console's queries on a recorded mesh: our answerer and a real Prometheus say the same. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { render } from '@binocle/server/telemetry/promql'
import { extraQuery, familyNames, familyQuery } from '@binocle/server/telemetry/queryPlan'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type PrometheusApi, prometheusApi } from '../prometheus/api.ts'
import { loadRecording } from '../recording/load.ts'
import { answer, ask, normal } from './compare.ts'
import { missingPrometheus, type RealPrometheus, startPrometheus } from './prometheus.ts'

const folder = fileURLToPath(new URL('../../../../shared/golden/A', import.meta.url))
const missing = existsSync(folder) ? await missingPrometheus() : '../shared/golden is absent'
const WINDOW_S = 60

const QUERIES = [
  ...familyNames.map((family) => familyQuery(family, WINDOW_S, false)),
  ...familyNames.map((family) => extraQuery({ kind: 'security', family }, WINDOW_S)),
  extraQuery({ kind: 'responseTime', statistic: '95', reporters: ['destination'] }, WINDOW_S),
  extraQuery({ kind: 'responseTime', statistic: 'avg', reporters: ['source'] }, WINDOW_S),
  extraQuery({ kind: 'throughput', of: 'response' }, WINDOW_S),
].map((expr) => render(expr))

const METRICS = [
  'istio_request_duration_milliseconds_bucket',
  'istio_request_duration_milliseconds_count',
  'istio_request_duration_milliseconds_sum',
  'istio_request_messages_total',
  'istio_requests_total',
  'istio_response_bytes_sum',
  'istio_response_messages_total',
  'istio_tcp_received_bytes_total',
  'istio_tcp_sent_bytes_total',
]

describe.skipIf(missing)(`the console's queries on a recording${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let ours: PrometheusApi
  let real: RealPrometheus
  let end = 0
  beforeAll(async () => {
    const recording = await loadRecording(folder)
    end = recording.end
    const toMs = end * 1000
    ours = prometheusApi(recording.series, () => toMs)
    real = await startPrometheus({
      series: recording.series,
      fromMs: toMs - (WINDOW_S + 5) * 1000,
      toMs,
      metrics: METRICS,
    })
  })
  afterAll(() => real?.close())

  it.each(QUERIES)('%s', async (query) => {
    const params = new URLSearchParams({ query, time: String(end) })
    const mine = normal(answer(ours, 'query', params))
    expect(mine).toEqual(normal(await ask(real, 'query', params)))
    expect(mine).not.toEqual([])
  })
})
