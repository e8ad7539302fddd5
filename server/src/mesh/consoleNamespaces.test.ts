import { describe, expect, it } from 'vitest'
import { createAccess } from '../access/access.ts'
import { bearerLogin, testAnswers } from '../access/testing.ts'
import { controlPlane, namespace, testMesh } from '../catalog/testing.ts'
import type { DiscoverySelectors, LabelSelector } from '../config/discoverySelectors.ts'
import { fakeTime } from '../kube/testing.ts'
import { consoleNamespaces } from './consoleNamespaces.ts'

const team = (name: string): LabelSelector => ({ matchLabels: { team: name }, matchExpressions: [] })

function begin(discoverySelectors: DiscoverySelectors) {
  const objects = [namespace('shop', { team: 'a' }), namespace('bank', { team: 'b' }), namespace('kube-system')]
  const mesh = testMesh({ east: [...objects, ...controlPlane('east')], west: objects })
  const config = { ...mesh.config, deployment: { ...mesh.config.deployment, discoverySelectors } }
  return { mesh, shown: consoleNamespaces({ config, inventory: mesh.inventory }) }
}

const none: DiscoverySelectors = { default: [], overrides: {} }

describe('the namespaces that the console shows', () => {
  it('are all but those of the system', () => {
    const { shown } = begin(none)
    expect(shown('east')?.list).toEqual(['bank', 'istio-system', 'shop'])
    expect(shown('west')?.list).toEqual(['bank', 'shop'])
  })

  it('are those that selectors choose, and those of control planes', () => {
    const { shown } = begin({ default: [team('a')], overrides: {} })
    expect(shown('east')?.list).toEqual(['istio-system', 'shop'])
    expect(shown('west')?.list).toEqual(['shop'])
  })

  it('have a version that changes with them, and with nothing else of a namespace', () => {
    const { mesh, shown } = begin(none)
    const before = shown('west')
    const [shop] = mesh.inventory
      .in('namespaces', { cluster: 'west', namespace: '' })
      .filter(({ name }) => name === 'shop')
    if (shop === undefined) throw new Error('no shop')
    mesh.inventory.put('namespaces', { ...shop, labels: { team: 'c' } })
    expect(shown('west')).toBe(before)
    mesh.inventory.remove('namespaces', { cluster: 'west', namespace: '' }, 'shop')
    expect(shown('west')?.list).toEqual(['bank'])
    expect(shown('west')?.version).not.toBe(before?.version)
  })

  it('are not known of a cluster that is not read yet', () => {
    expect(begin(none).shown('nosuch')).toBeUndefined()
  })
})

describe('who may list all namespaces', () => {
  it('AUTH-T78: sees in each cluster what the selectors of that cluster choose, whatever those of another one do', async () => {
    const { mesh, shown } = begin({ default: [team('a')], overrides: { west: [team('b')] } })
    const time = fakeTime()
    const access = createAccess({
      clusters: mesh.clusters,
      namespaces: shown,
      ask: testAnswers({ 'ann@east': { list: true }, 'ann@west': { list: true } }).ask,
      rules: { ttlMs: 10_000, clusterWide: true, requireNamespaceGet: false },
      clock: time.clock,
      later: (callback, delayMs) => time.timers.after(delayMs, callback),
    })
    const { scope } = await access.viewerOf(bearerLogin('ann'))
    const seen = ['east', 'west'].flatMap((cluster) =>
      ['bank', 'shop', 'kube-system']
        .filter((name) => scope.sees({ cluster, namespace: name }) === 'yes')
        .map((name) => `${cluster}/${name}`),
    )
    expect(seen).toEqual(['east/shop', 'west/bank'])
  })
})
