/** GET /api/istio/permissions: which of the types that can be made from scratch may be written (api.md 15.1). */
import type { ResourcePermissions } from '@binocle/api/catalog'
import type { ClusterName } from '@binocle/api/identity'
import type { Login } from '../access/login.ts'
import type { Viewer } from '../access/scope.ts'
import type { Mesh } from '../model.ts'
import { managedTypes } from './managed.ts'
import { noRights } from './rights.ts'

/** Types of Istio's own groups are asked about once per group, those of the Gateway API by name. */
const made = [
  'sidecars.networking.istio.io',
  'gateways.networking.istio.io',
  'serviceentries.networking.istio.io',
  'authorizationpolicies.security.istio.io',
  'peerauthentications.security.istio.io',
  'requestauthentications.security.istio.io',
  'gateways.gateway.networking.k8s.io',
  'referencegrants.gateway.networking.k8s.io',
]

type Permissions = Readonly<Record<string, Readonly<Record<string, ResourcePermissions>>>>

/** A namespace that the viewer may not see, or that does not exist, allows nothing. */
export async function istioPermissions(
  mesh: Mesh,
  { login, scope }: Viewer,
  cluster: ClusterName,
  namespaces: readonly string[],
): Promise<Permissions> {
  const types = managedTypes.filter(({ kind }) => made.includes(kind))
  const rows = namespaces.map(async (namespace) => {
    const cells = types.map(async ({ key, gvk, kind, plural }) => {
      const exists = !gvk.Group.startsWith('gateway.') || mesh.inventory.state(kind, cluster).state !== 'absent'
      const resource = gvk.Group.startsWith('gateway.') ? plural : '*'
      const seen = scope.sees({ cluster, namespace }) === 'yes'
      return [
        key,
        exists && seen ? await mayWrite(mesh, login, { cluster, namespace }, gvk.Group, resource) : noRights,
      ] as const
    })
    return [namespace, Object.fromEntries(await Promise.all(cells))] as const
  })
  return Object.fromEntries(await Promise.all(rows))
}

/** Nothing in view-only mode, nor for everybody where nobody logs in unless that is wanted: without asking. */
export async function mayWrite(
  { config, rights }: Mesh,
  login: Login | undefined,
  at: { readonly cluster: ClusterName; readonly namespace: string },
  group: string,
  resource: string,
): Promise<ResourcePermissions> {
  if (config.deployment.viewOnlyMode) return noRights
  if (config.auth.strategy === 'anonymous' && !config.auth.anonymous.allowWrites) return noRights
  return (await rights?.(login, { ...at, group, resource })) ?? { create: true, update: true, delete: true }
}
