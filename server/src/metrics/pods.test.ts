import { describe, expect, it } from 'vitest'
import { anonymousViewer } from '../access/anonymous.ts'
import type { Scope } from '../access/scope.ts'
import { testMesh } from '../catalog/testing.ts'
import { appPods, toldPods } from './pods.ts'

const pod = (namespace: string, name: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace },
  spec: { containers: [] },
  status: { phase: 'Running' },
})
const mesh = testMesh({
  east: [
    pod('shop', 'web-1'),
    pod('shop', 'web-2'),
    pod('shop', 'webhook-1'),
    pod('vault', 'web-0'),
    pod('tools', 'prometheus-0'),
  ],
  west: [pod('shop', 'web-3'), pod('tools', 'prometheus-0'), pod('tools', 'prometheus-1')],
})
const everybody = anonymousViewer.scope
/** Sees shop in both clusters, and tools in west. */
const shopper: Scope = {
  key: 'shopper',
  seesCluster: () => 'yes',
  sees: ({ cluster, namespace }) =>
    namespace === 'shop' || (cluster === 'west' && namespace === 'tools') ? 'yes' : 'no',
}

describe('the pods of an app', () => {
  it('are those of its name where it is asked for', () => {
    expect(appPods(mesh, everybody, { cluster: 'east', namespace: 'shop' }, 'web')).toEqual(['web-1', 'web-2'])
  })

  it('are those anywhere else where there are none, as far as they may be seen', () => {
    expect(appPods(mesh, everybody, { cluster: 'west', namespace: 'vault' }, 'web')).toEqual([
      'web-0',
      'web-1',
      'web-2',
      'web-3',
    ])
    expect(appPods(mesh, shopper, { cluster: 'west', namespace: 'tools' }, 'web')).toEqual(['web-1', 'web-2', 'web-3'])
  })

  it('have no name that one has too which may not be seen', () => {
    expect(toldPods(mesh, everybody, ['prometheus-0', 'prometheus-1'])).toEqual(['prometheus-0', 'prometheus-1'])
    expect(toldPods(mesh, shopper, ['prometheus-0', 'prometheus-1'])).toEqual(['prometheus-1'])
  })

  it('are as many as a query can name', () => {
    const many = Array.from({ length: 600 }, (_, i) => `web-${i}`)
    expect(toldPods(testMesh({ east: [] }), everybody, many)).toHaveLength(500)
  })
})
