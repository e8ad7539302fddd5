/** Which istiod pods there are to be asked: the running ones of every control plane. */
import type { ClusterName } from '@binocle/api/identity'
import type { Inventory } from '../inventory/inventory.ts'
import { meshFactsOf } from '../mesh/mesh.ts'

export interface IstiodPod {
  readonly cluster: ClusterName
  readonly namespace: string
  readonly pod: string
  readonly monitoringPort: number
  readonly revision: string
  /** Kubernetes finds it ready. */
  readonly ready: boolean
}

export function istiodPods(inventory: Inventory): readonly IstiodPod[] {
  return meshFactsOf(inventory).controlPlanes.flatMap(({ cluster, monitoringPort, namespace, revision }) =>
    inventory
      .in('pods', { cluster, namespace })
      .filter(
        ({ labels, phase }) =>
          phase === 'Running' && labels.app === 'istiod' && (labels['istio.io/rev'] ?? '') === revision,
      )
      .map(({ name, ready }) => ({ cluster, namespace, pod: name, monitoringPort, revision, ready })),
  )
}
