import { describe, expect, it } from 'vitest'
import { topologyOf } from '../topology.ts'
import { generateScenario } from './generate.ts'
import { SIZES } from './sizes.ts'

describe.each(['XS', 'S', 'M'] as const)('a generated mesh of size %s', (name) => {
  const scenario = generateScenario(name)
  const wanted = SIZES[name]
  const within = (count: number, of: number) => Math.abs(count - of) / of

  it('has about as many of everything as its size says', () => {
    expect(scenario.clusters).toHaveLength(wanted.clusters)
    expect(new Set(scenario.namespaces.map((namespace) => namespace.name)).size).toBe(wanted.namespaces + 1)
    expect(within(scenario.workloads.length, wanted.workloads)).toBeLessThan(0.1)
    expect(
      within(
        scenario.workloads.reduce((sum, w) => sum + w.replicas, 0),
        wanted.pods,
      ),
    ).toBeLessThan(0.1)
    const series = scenario.calls.reduce((sum, call) => sum + call.responses.length * 2, 0)
    expect(within(series, wanted.series)).toBeLessThan(0.1)
    expect(within(scenario.config.length, wanted.config)).toBeLessThan(0.3)
  })

  it('knows both ends of every call', () => {
    const topology = topologyOf(scenario)
    const lost = scenario.calls.filter(
      (call) =>
        !call.source || !topology.workload(call.source) || !call.destination || !topology.workload(call.destination),
    )
    expect(lost).toEqual([])
  })
})

it('generates the same mesh for the same seed, and another for another', () => {
  expect(generateScenario('XS', 5)).toEqual(generateScenario('XS', 5))
  expect(generateScenario('XS', 5).calls).not.toEqual(generateScenario('XS', 6).calls)
})
