import { describe, expect, it } from 'vitest'
import {
  controlPlane,
  deployment,
  everything,
  namespace,
  onlySees,
  type TestObject,
  testMesh,
} from '../catalog/testing.ts'
import type { Config } from '../config/config.ts'
import { componentStatus } from './componentStatus.ts'

const remote: TestObject = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'istio-system', annotations: { 'topology.istio.io/controlPlaneClusters': 'east' } },
}

const primary = () => controlPlane('east', { env: { EXTERNAL_ISTIOD: 'true' } })

const gateway = (ready: number, replicas = 1) =>
  deployment('istio-system', 'ingress', { labels: { app: 'ingress', istio: 'ingressgateway' }, replicas, ready })

const told = (
  clusters: Record<string, TestObject[]>,
  more: { answers?: boolean; istio?: Partial<Config['istio']>; scope?: typeof everything } = {},
) => {
  const mesh = testMesh(clusters)
  const config = { ...mesh.config, istio: { ...mesh.config.istio, ...more.istio } }
  return componentStatus({ ...mesh, config }, more.scope ?? everything, () => more.answers)
    .filter(({ name }) => name !== 'prometheus')
    .map(({ cluster, isCore, name, status }) => `${cluster} ${name} ${status}${isCore ? ' core' : ''}`)
}

describe('the status of components', () => {
  it.each<[string, Record<string, TestObject[]>, Parameters<typeof told>[1], string[]]>([
    ['of an istiod that answers', { east: primary() }, { answers: true }, ['east istiod Healthy core']],
    ['of an istiod that does not answer', { east: primary() }, { answers: false }, ['east istiod Unreachable core']],
    ['of an istiod that was not asked yet', { east: primary() }, {}, ['east istiod Healthy core']],
    [
      'of a remote: its istiod is that of the primary',
      { east: primary(), south: [remote] },
      {},
      ['east istiod Healthy core'],
    ],
    [
      'of a cluster that nobody manages',
      { east: primary(), north: [namespace('shop')] },
      {},
      ['east istiod Healthy core', 'north istiod NotFound core'],
    ],
    [
      'of gateways, by their replicas',
      { east: [...primary(), gateway(0)] },
      {},
      ['east istiod Healthy core', 'east ingress Unhealthy'],
    ],
    [
      'of a gateway that is scaled to nothing',
      { east: [...primary(), gateway(0, 0)] },
      {},
      ['east istiod Healthy core', 'east ingress NotReady'],
    ],
    [
      'named by hand instead of what is found',
      { east: [...primary(), gateway(1)] },
      {
        istio: {
          components: [
            { appLabel: 'ingress', isCore: true, namespace: 'istio-system' },
            { appLabel: 'egress', isCore: false, namespace: 'istio-system' },
          ],
        },
      },
      ['east ingress Healthy core', 'east egress NotFound'],
    ],
    [
      "without Istio's API: only control planes, also for those they manage",
      { east: [...primary(), gateway(1)], south: [remote] },
      { answers: false, istio: { apiEnabled: false } },
      ['east istiod Healthy core', 'south istiod Healthy core'],
    ],
    ['switched off', { east: primary() }, { istio: { componentStatusEnabled: false } }, []],
    [
      'of what the viewer sees',
      { east: primary(), west: controlPlane('west') },
      { scope: onlySees('west') },
      ['west istiod Healthy core'],
    ],
    [
      'of no control plane in a namespace that the viewer may not see',
      { east: primary() },
      { scope: onlySees('east/shop') },
      [],
    ],
  ])('%s', (_what, clusters, more, expected) => {
    expect(told(clusters, more)).toEqual(expected)
  })

  it('of a cluster that was never read is not that it has no istiod', () => {
    const mesh = testMesh({ west: [] }, [], { west: 'unreachable' })
    mesh.inventory.setState('deployments.apps', 'west', { state: 'syncing' })
    expect(componentStatus(mesh, everything, () => undefined)).toContainEqual({
      cluster: 'west',
      name: 'istiod',
      status: 'Unreachable',
      isCore: true,
    })
  })
})
