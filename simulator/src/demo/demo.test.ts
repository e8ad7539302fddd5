import { describe, expect, it } from 'vitest'
import { scenarioSeries } from '../metrics/scenarioSeries.ts'
import { labelsOf } from '../metrics/series.ts'
import { topologyOf } from '../topology.ts'
import { demoScenario } from './demo.ts'

describe('the demo scenario', () => {
  const scenario = demoScenario()
  const topology = topologyOf(scenario)

  it("knows both ends of every call, and the called service in the caller's cluster", () => {
    for (const call of scenario.calls) {
      const source = call.source && topology.workload(call.source)
      const destination = call.destination && topology.workload(call.destination)
      expect(call.source === undefined || source !== undefined, JSON.stringify(call)).toBe(true)
      expect(destination, JSON.stringify(call)).toBeDefined()
      const selected = topology.services.some(
        (service) =>
          service.name === call.service.name && destination && topology.selected(service).includes(destination),
      )
      expect(selected, `${call.service.name} selects ${destination?.name}`).toBe(true)
    }
  })

  it('has no two series with the same labels', () => {
    const series = scenarioSeries(topology, { clock: () => 0, historyS: 60, stepS: 15 })
    for (const name of series.names()) {
      const keys = series.series(name).map((one) => JSON.stringify(labelsOf(one.metric)))
      expect(new Set(keys).size, name).toBe(keys.length)
    }
  })

  it('answers shares that sum to one', () => {
    for (const call of scenario.calls) {
      expect(call.responses.reduce((sum, response) => sum + response.share, 0)).toBeCloseTo(1, 12)
    }
  })

  it('never crosses clusters to a cluster-local service', () => {
    const crossing = scenario.calls.filter((call) => call.source && call.source.cluster !== call.destination?.cluster)
    expect(crossing.map((call) => call.service.name).sort()).toEqual(['critics', 'ledger', 'recommend'])
  })

  it('has ten shop services or more, and one that lives in one cluster', () => {
    const names = (cluster: string) => scenario.services.filter((s) => s.cluster === cluster).map((s) => s.name)
    expect(
      scenario.services.filter((s) => s.cluster === 'east' && s.namespace !== 'cinema').length,
    ).toBeGreaterThanOrEqual(10)
    expect(names('east').filter((name) => !names('west').includes(name))).toEqual(['ledger'])
  })

  it('plants faults on things that exist', () => {
    for (const { cluster, namespace, name, kind } of scenario.planted) {
      const found = {
        workload: scenario.workloads.some((w) => w.cluster === cluster && w.namespace === namespace && w.name === name),
        app: scenario.workloads.some((w) => w.cluster === cluster && w.namespace === namespace && w.app === name),
        service: scenario.services.some((s) => s.cluster === cluster && s.namespace === namespace && s.name === name),
      }
      expect(found[kind], `${kind} ${name}`).toBe(true)
    }
  })
})
