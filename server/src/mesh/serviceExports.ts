/**
 * Kubernetes Multi-Cluster Services: with `ENABLE_MCS_SERVICE_DISCOVERY` endpoints are seen from other clusters only where a
 * ServiceExport names the service (reference: multicluster.md 18.4).
 */
import type { NamespaceRef } from '@binocle/api/identity'
import type { Inventory } from '../inventory/inventory.ts'
import type { ControlPlane } from './controlPlanes.ts'

export const exportKind = 'serviceexports.multicluster.x-k8s.io'

/** Whether the control plane honours exports at all. */
export const honoursExports = ({ env }: ControlPlane): boolean => env.ENABLE_MCS_SERVICE_DISCOVERY === 'true'

/** undefined = exports of that cluster cannot be read. Without the kind there are none. */
export function isExported(inventory: Inventory, at: NamespaceRef, service: string): boolean | undefined {
  if (inventory.get(exportKind, at, service) !== undefined) return true
  const { state } = inventory.state(exportKind, at.cluster)
  return state === 'live' || state === 'stale' || state === 'absent' ? false : undefined
}
