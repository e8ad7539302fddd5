/** An external control plane: it runs in `hub`, reads its configuration in `front`, and serves `front` and `back`. */
import type { SimCluster } from '../scenario.ts'
import { clusterOf, istiod, library } from './library.ts'
import { type Model, plane } from './model.ts'

const SYSTEM = 'external-istiod'

const hub: SimCluster = clusterOf('hub', {
  // For its own ingress, through which the external one is reached.
  istiod: istiod({ meshId: 'hub-mesh' }),
  furtherIstiods: [istiod({ namespace: SYSTEM, clusterId: 'front' })],
})

const served = (name: string, primary?: string): SimCluster =>
  clusterOf(name, {
    network: 'network-1',
    systemNamespace: SYSTEM,
    ...(primary === undefined ? {} : { primary }),
  })

const scenario = library({
  name: 'external-control-plane',
  clusters: [served('back', 'front'), served('front'), hub],
  inhabited: ['back', 'front'],
})

export const externalControlPlane: Model = {
  name: 'external-control-plane',
  summary: 'the control plane of front and back runs in hub, beside an ordinary one for hub itself',
  scenario,
  expected: {
    controlPlanes: [
      plane('hub', {
        namespace: SYSTEM,
        id: 'front',
        external: true,
        managesExternal: true,
        network: 'network-1',
        managedClusters: ['back', 'front'],
      }),
      plane('hub', { network: 'network-hub', meshId: 'hub-mesh' }),
    ],
    clusters: {
      back: { role: 'remote', network: 'network-1' },
      front: { role: 'config', network: 'network-1' },
      hub: { role: 'primary', network: 'network-hub' },
    },
  },
}

export const externalOutOfReach: Model = {
  name: 'external-out-of-reach',
  summary: 'the same, and the console has no access to hub',
  scenario: { ...scenario, name: 'external-out-of-reach' },
  hidden: ['hub'],
  expected: {
    controlPlanes: [],
    clusters: {
      back: { role: 'unmanaged', network: 'network-1' },
      front: { role: 'unmanaged', network: 'network-1' },
    },
  },
}
