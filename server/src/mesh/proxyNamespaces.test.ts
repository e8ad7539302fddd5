import { expect, it } from 'vitest'
import { deployment, testMesh } from '../catalog/testing.ts'
import { proxyNamespaces } from './proxyNamespaces.ts'

const rolledOut = (at: string, labels: Record<string, string>) => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name: 'gateway', namespace: at },
  spec: { template: { metadata: { labels } } },
})

it('names the namespaces that hold gateways, waypoints and ztunnels, and no others', () => {
  const { inventory } = testMesh({
    east: [
      deployment('shop', 'cart'),
      deployment('in', 'gateway', { labels: { istio: 'ingressgateway' } }),
      deployment('ambient', 'waypoint', { labels: { 'gateway.istio.io/managed': 'istio.io-mesh-controller' } }),
      rolledOut('argo', { istio: 'egressgateway' }),
    ],
  })
  expect(proxyNamespaces(inventory, 'east')).toEqual(['ambient', 'argo', 'in'])
})
