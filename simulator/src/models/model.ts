/** A deployment model of Istio as a scenario, with what a console must find out about it: stated, not computed. */
import type { Scenario } from '../scenario.ts'

export interface Model {
  readonly name: string
  /** One line for people who choose. */
  readonly summary: string
  readonly scenario: Scenario
  readonly expected: ExpectedMesh
  /** Clusters that exist and whose API the console is not given. */
  readonly hidden?: readonly string[]
}

export interface ExpectedMesh {
  /** In the order of clusters, then of namespace and name. */
  readonly controlPlanes: readonly ExpectedControlPlane[]
  readonly clusters: Readonly<Record<string, ExpectedCluster>>
}

export interface ExpectedControlPlane {
  /** Where it runs. */
  readonly cluster: string
  readonly namespace: string
  readonly name: string
  readonly revision: string
  /** The cluster whose configuration it reads. */
  readonly id: string
  readonly external: boolean
  readonly managesExternal: boolean
  readonly ambient: boolean
  readonly network: string
  readonly meshId: string
  readonly managedClusters: readonly string[]
  readonly tag?: string
}

export interface ExpectedCluster {
  /**
   * `config`: an external control plane reads its configuration here. `external`: only hosts such a control plane.
   * `unmanaged`: no control plane that the console can see serves it.
   */
  readonly role: 'config' | 'external' | 'primary' | 'remote' | 'unmanaged'
  readonly network: string
}

/** A control plane of the plainest kind, with what is different. */
export const plane = (
  cluster: string,
  rest: Partial<ExpectedControlPlane> & Pick<ExpectedControlPlane, 'network'>,
): ExpectedControlPlane => ({
  cluster,
  namespace: 'istio-system',
  name: 'istiod',
  revision: 'default',
  id: cluster,
  external: false,
  managesExternal: false,
  ambient: false,
  meshId: 'library-mesh',
  managedClusters: [cluster],
  ...rest,
})
