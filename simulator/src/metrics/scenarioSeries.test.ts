/** The oracle: rates that the query API answers are the rates of the scenario. */
import { describe, expect, it } from 'vitest'
import { demoScenario } from '../demo/demo.ts'
import { jsonOf, prometheusApi } from '../prometheus/api.ts'
import type { SimCall } from '../scenario.ts'
import { topologyOf } from '../topology.ts'
import { expectedRates, scenarioSeries } from './scenarioSeries.ts'

const NOW_MS = Date.UTC(2026, 5, 1, 14, 30, 7)
const still = { ...demoScenario(), breath: 0 }

function mesh(scenario = demoScenario()) {
  const topology = topologyOf(scenario)
  const source = scenarioSeries(topology, { clock: () => NOW_MS, historyS: 3600, stepS: 15 })
  const api = prometheusApi(source, () => NOW_MS)
  const ask = (query: string): { metric: Record<string, string>; value: number }[] => {
    const { body } = api('/api/v1/query', new URLSearchParams({ query, time: String(NOW_MS / 1000) }))
    const rows: { metric: Record<string, string>; value: [number, string] }[] = JSON.parse(jsonOf(body).toString()).data
      .result
    return rows.map(({ metric, value }) => ({ metric, value: Number(value[1]) }))
  }
  return { ask, expected: expectedRates(topology, NOW_MS), scenario }
}

const PEERS = 'source_cluster, source_workload, destination_cluster, destination_workload, destination_service_name'

const keyOf = (call: SimCall) =>
  [
    call.source?.cluster ?? 'unknown',
    call.source?.workload ?? 'unknown',
    call.destination?.cluster ?? 'unknown',
    call.destination?.workload ?? 'unknown',
    call.service.name,
  ].join()

const keyOfMetric = (metric: Record<string, string>) =>
  PEERS.split(', ')
    .map((label) => metric[label])
    .join()

describe('the series of the demo', () => {
  it.each([
    ['http and grpc', 'istio_requests_total', (call: SimCall) => call.protocol !== 'tcp'],
    ['tcp', 'istio_tcp_received_bytes_total', (call: SimCall) => call.protocol === 'tcp'],
  ])('show the scenario and nothing else: %s', (_name, metric, concerned) => {
    const { ask, expected, scenario } = mesh()
    const rows = ask(`sum by (${PEERS}) (rate(${metric}{reporter="destination"}[600s]))`)
    const calls = scenario.calls.filter(concerned)
    expect(rows.map((row) => keyOfMetric(row.metric)).sort()).toEqual(calls.map(keyOf).sort())
    const rates = new Map(rows.map((row) => [keyOfMetric(row.metric), row.value]))
    for (const call of calls) {
      const rate = expected(call, { endS: NOW_MS / 1000, durationS: 600 })
      expect(Math.abs((rates.get(keyOf(call)) ?? 0) - rate) / rate, keyOf(call)).toBeLessThan(0.005)
    }
  })

  it('are exactly the stated rates when nothing breathes', () => {
    const { ask, scenario } = mesh(still)
    const rows = ask(`sum by (${PEERS}) (rate(istio_requests_total{reporter="source"}[60s]))`)
    const rates = new Map(rows.map((row) => [keyOfMetric(row.metric), row.value]))
    for (const call of scenario.calls.filter((one) => one.source && one.protocol !== 'tcp')) {
      expect(rates.get(keyOf(call))).toBeCloseTo(call.rate, 6)
    }
  })

  it('report a call between clusters from both sides, each in its own cluster', () => {
    const { ask } = mesh(still)
    const rows = ask(
      'sum by (reporter, pod) (rate(istio_requests_total{source_cluster="west", destination_cluster="east"}[60s]))',
    )
    expect(
      rows
        .map(({ metric, value }) => [metric.reporter, metric.pod?.replace(/-v1-.*/, ''), Number(value.toFixed(3))])
        .sort(),
    ).toEqual([
      ['destination', 'ledger', 2.16],
      ['source', 'payment', 2.16],
    ])
  })

  it('report calls from outside from the gateway alone', () => {
    const { ask } = mesh(still)
    const rows = ask('count by (reporter) (istio_requests_total{source_workload="unknown"})')
    expect(rows).toEqual([{ metric: { reporter: 'destination' }, value: 2 }])
  })

  it('fail as planted: 12 % of payment in west, no 5xx elsewhere', () => {
    const { ask } = mesh()
    const rows = ask(
      'sum by (destination_cluster, destination_service_name) (rate(istio_requests_total{reporter="destination", response_code=~"5.."}[600s])) / sum by (destination_cluster, destination_service_name) (rate(istio_requests_total{reporter="destination"}[600s]))',
    )
    expect(rows).toEqual([
      { metric: { destination_cluster: 'west', destination_service_name: 'payment' }, value: expect.closeTo(0.12, 6) },
    ])
  })

  it('have a median where the scenario puts it', () => {
    const { ask } = mesh(still)
    const [row] = ask(
      'histogram_quantile(0.5, sum by (le) (rate(istio_request_duration_milliseconds_bucket{reporter="source", source_cluster="west", destination_service_name="ledger"}[600s])))',
    )
    // 152 ms lies in the bucket 100 to 250 ms, between whose ends a histogram knows no more.
    expect(row?.value).toBeGreaterThan(100)
    expect(row?.value).toBeLessThan(250)
  })

  it('tell nobody of a server when nobody answered', () => {
    const [first] = still.calls.filter((call) => call.source)
    if (!first) throw new Error('the demo has calls')
    const { destination: _none, ...lonely } = { ...first, responses: [{ code: '503', share: 1, flags: 'UH' }] }
    const { ask } = mesh({ ...still, calls: [lonely] })
    expect(
      ask('sum by (reporter, destination_workload, destination_cluster, response_flags) (istio_requests_total)'),
    ).toEqual([
      {
        metric: {
          reporter: 'source',
          destination_workload: 'unknown',
          destination_cluster: 'unknown',
          response_flags: 'UH',
        },
        value: expect.any(Number),
      },
    ])
  })
})
