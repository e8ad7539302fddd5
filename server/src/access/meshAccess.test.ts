import { describe, expect, it } from 'vitest'
import { hasClusterAccess, hasMeshAccess, type MeshAccessFacts } from './meshAccess.ts'
import type { Permission, Scope } from './scope.ts'

/** `east` is home, `west` is remote, `plain` has no Istio, of `dead` nothing was ever read. */
const facts: MeshAccessFacts = {
  home: 'east',
  rootNamespace: 'istio-system',
  systemNamespaces: (cluster) => (cluster === 'east' || cluster === 'west' ? ['istio-system'] : []),
  namespaces: (cluster) => (cluster === 'plain' ? ['a', 'b'] : []),
}

const scopeOf = (places: readonly string[], clusters: Readonly<Record<string, Permission>>): Scope => ({
  key: 'test',
  seesCluster: (cluster) => clusters[cluster] ?? 'no',
  sees: ({ cluster, namespace }) => (places.includes(`${cluster}/${namespace}`) ? 'yes' : 'no'),
})

describe('access to what is of no namespace', () => {
  it.each<[string, string[], Record<string, Permission>, string, boolean]>([
    ['goes with the namespace of the control plane', ['west/istio-system'], { west: 'yes' }, 'west', true],
    ['does not go with any other namespace', ['west/shop'], { west: 'yes' }, 'west', false],
    ['is that of each cluster', ['east/istio-system'], { east: 'yes', west: 'yes' }, 'west', false],
    ['takes all namespaces where there is no Istio', ['plain/a', 'plain/b'], { plain: 'yes' }, 'plain', true],
    ['takes no less than all', ['plain/a'], { plain: 'yes' }, 'plain', false],
    ['is nobody’s of a cluster he may not know', ['west/istio-system'], {}, 'west', false],
    [
      'of a silent cluster is that of who looks after home',
      ['east/istio-system'],
      { east: 'yes', west: 'unknown' },
      'west',
      true,
    ],
    ['of a silent cluster is not everybody’s', ['east/shop'], { east: 'yes', west: 'unknown' }, 'west', false],
    [
      'of a cluster never read is that of who looks after home',
      ['east/istio-system'],
      { east: 'yes', dead: 'yes' },
      'dead',
      true,
    ],
    ['of a cluster never read is not everybody’s', ['east/shop'], { east: 'yes', dead: 'yes' }, 'dead', false],
  ])('%s', (_title, places, clusters, cluster, expected) => {
    expect(hasClusterAccess(scopeOf(places, clusters), facts, cluster)).toBe(expected)
  })

  it('to the mesh is that to the control plane of home', () => {
    expect(hasMeshAccess(scopeOf(['east/istio-system'], { east: 'yes' }), facts)).toBe(true)
    expect(hasMeshAccess(scopeOf(['west/istio-system'], { east: 'yes', west: 'yes' }), facts)).toBe(false)
  })

  it('to the mesh is there without a home that could be read', () => {
    const unread = { ...facts, systemNamespaces: () => [], namespaces: () => [] }
    expect(hasMeshAccess(scopeOf(['east/istio-system'], { east: 'yes' }), unread)).toBe(true)
    expect(hasMeshAccess(scopeOf([], { east: 'yes' }), { ...unread, home: undefined })).toBe(false)
  })
})
