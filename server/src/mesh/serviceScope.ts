/**
 * Whether a service of an ambient namespace is local to its cluster, which is the default there: the mesh configuration
 * says which services are global (reference: multicluster.md 18.3).
 */
import type { Labels } from '../inventory/objects.ts'
import type { ControlPlane } from './controlPlanes.ts'
import { matchesSelector } from './labelSelector.ts'

/** What keeps it local; undefined = it is global. The first entry that matches decides. */
export function localByScope(plane: ControlPlane, namespace: Labels, service: Labels): string | undefined {
  if (plane.env.AMBIENT_ENABLE_MULTI_NETWORK !== 'true') return 'AMBIENT_ENABLE_MULTI_NETWORK is not set'
  const scopes = plane.config.serviceScopes ?? []
  const at = scopes.findIndex(
    ({ namespaceSelector, servicesSelector }) =>
      matchesSelector(namespaceSelector, namespace) && matchesSelector(servicesSelector, service),
  )
  if (at < 0) return 'the default of ambient'
  return scopes[at]?.scope === 'GLOBAL' ? undefined : `serviceScopeConfigs[${at}]`
}
