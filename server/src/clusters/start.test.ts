import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createInventory } from '../inventory/live.ts'
import { type FakeTime, fakeTime } from '../kube/testing.ts'
import type { KubernetesConfig } from './source.ts'
import { type ClusterConnections, startClusters } from './start.ts'

let time: FakeTime
let clusters: ClusterConnections
let heard: string[]

beforeEach(() => {
  time = fakeTime()
  heard = []
})
afterEach(() => clusters.close())

function start(kubernetes: Partial<KubernetesConfig['kubernetes']> = {}) {
  const inventory = createInventory()
  clusters = startClusters(
    { kubernetes: { homeCluster: '', kubeconfigs: [], execProvider: { enabled: false, allow: [] }, ...kubernetes } },
    inventory,
    time,
  )
  clusters.onChange(({ name, state, gone }) => heard.push(gone === true ? `${name} gone` : `${name} ${state}`))
  return inventory
}

const states = (): string[] => clusters.list().map(({ name, state, accessible }) => `${name} ${state} ${accessible}`)

describe('clusters that are only named', () => {
  it('by configuration cannot be reached, and say how to change that', () => {
    const inventory = start({ declared: [{ name: 'west', secretName: '' }] })
    expect(states()).toEqual(['west unreachable false'])
    expect(clusters.get('west')?.cause).toMatchObject({
      code: 'BIN-CLUSTER-DECLARED',
      remedy: expect.stringContaining('binocle remote-secret create --name west'),
    })
    expect(inventory.state('pods', 'west').state).toBe('failed')
  })

  it('with a secret that is not there count as accessible, as in Kiali, and say what is missing', () => {
    start({ declared: [{ name: 'west', secretName: 'remote-west' }] })
    expect(states()).toEqual(['west unreachable true'])
    expect(clusters.get('west')?.cause?.message).toContain('remote-west is not there')
  })

  it('by telemetry are there as long as it names them', () => {
    start()
    clusters.seenInTelemetry(['north'])
    clusters.seenInTelemetry(['north'])
    expect(states()).toEqual(['north telemetry-only false'])
    clusters.seenInTelemetry([])
    expect(states()).toEqual([])
    expect(heard).toEqual(['north telemetry-only', 'north gone'])
  })

  it('by both are declared ones', () => {
    start({ declared: [{ name: 'west', secretName: '' }] })
    clusters.seenInTelemetry(['west'])
    expect(states()).toEqual(['west unreachable false'])
  })

  it('may be home by name', () => {
    start({
      homeCluster: 'west',
      declared: [
        { name: 'east', secretName: '' },
        { name: 'west', secretName: '' },
      ],
    })
    expect(clusters.list().map(({ name, home }) => [name, home])).toEqual([
      ['west', true],
      ['east', false],
    ])
  })
})
