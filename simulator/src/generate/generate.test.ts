import { describe, expect, it } from 'vitest'
import { scenarioSeries } from '../metrics/scenarioSeries.ts'
import { topologyOf } from '../topology.ts'
import { generateScenario } from './generate.ts'
import { SIZES } from './sizes.ts'

describe.each(['XS', 'S', 'M'] as const)('a generated mesh of size %s', (name) => {
  const scenario = generateScenario(name)
  const wanted = SIZES[name]
  const within = (count: number, of: number) => Math.abs(count - of) / of

  it('has about as many of everything as its size says', () => {
    expect(scenario.clusters).toHaveLength(wanted.clusters)
    expect(new Set(scenario.namespaces.map((namespace) => namespace.name)).size).toBe(wanted.namespaces + 2)
    expect(within(scenario.workloads.length, wanted.workloads)).toBeLessThan(0.1)
    expect(
      within(
        scenario.workloads.reduce((sum, w) => sum + w.replicas, 0),
        wanted.pods,
      ),
    ).toBeLessThan(0.1)
    const series = scenario.calls.reduce((sum, call) => sum + call.responses.length * (call.source ? 2 : 1), 0)
    expect(within(series, wanted.series)).toBeLessThan(0.1)
    expect(within(scenario.config.length, wanted.config)).toBeLessThan(0.3)
  })

  it('knows both ends of every call, or that nobody answered', () => {
    const topology = topologyOf(scenario)
    const lost = scenario.calls.filter(
      ({ source, destination }) =>
        (source && !topology.workload(source)) ||
        (destination && !topology.workload(destination)) ||
        !(source || destination),
    )
    expect(lost).toEqual([])
  })

  it('has no two series with the same labels', () => {
    const series = scenarioSeries(topologyOf(scenario), { clock: () => 0, historyS: 60, stepS: 15 })
    for (const name of ['istio_requests_total', 'istio_tcp_sent_bytes_total', 'istio_request_messages_total']) {
      const keys = series.series(name).map((one) => JSON.stringify(one.metric.base))
      expect(new Set(keys).size, name).toBe(keys.length)
    }
  })
})

it('generates the same mesh for the same seed, and another for another', () => {
  expect(generateScenario('XS', 5)).toEqual(generateScenario('XS', 5))
  expect(generateScenario('XS', 5).calls).not.toEqual(generateScenario('XS', 6).calls)
})
