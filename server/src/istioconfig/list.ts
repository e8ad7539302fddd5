/** Lists of Istio's and the Gateway API's objects in Kiali's form (reference: api.md 14.2). */
import type { ConfigDocument, Validations } from '@binocle/api/catalog'
import type { ClusterName } from '@binocle/api/identity'
import type { Scope } from '../access/scope.ts'
import { configDocument } from '../catalog/configDocument.ts'
import { findNamespace, visibleNamespaces } from '../catalog/visible.ts'
import type { ConfigObject, Labels } from '../inventory/objects.ts'
import type { Mesh } from '../model.ts'
import { type ManagedType, managedTypes } from './managed.ts'
import { isEmpty, selects, workloadSelector } from './selectors.ts'
import type { LabelTest } from './selectorText.ts'

export interface ConfigQuery {
  readonly cluster: ClusterName
  /** undefined: all that the viewer sees. */
  readonly namespace?: string
  /** Keys of types; empty = all. One that nobody knows selects nothing. */
  readonly objects: readonly string[]
  readonly validate: boolean
  readonly labels: LabelTest
  /** Labels of a workload: only what may apply to it. */
  readonly workload?: Labels
}

export interface ConfigList {
  readonly resources: Readonly<Record<string, readonly ConfigDocument[]>>
  readonly validations: Validations
}

/** GET /api/istio/config, GET /api/namespaces/{namespace}/istio. A namespace that cannot be seen is empty. */
export function listIstioConfig(mesh: Mesh, scope: Scope, query: ConfigQuery): ConfigList {
  const namespaces = namespacesOf(mesh, scope, query)
  const isAsked = (type: string) => query.objects.length === 0 || query.objects.includes(type)
  const resources = Object.fromEntries(
    managedTypes.map((type) => [
      type.key,
      isAsked(type.key) ? objectsOf(mesh, type, query, namespaces).map(configDocument) : [],
    ]),
  )
  const validations = query.validate
    ? (mesh.validations?.of(scope, query.cluster, { namespaces, keep: (type) => isAsked(type) }) ?? {})
    : {}
  return { resources, validations }
}

function namespacesOf(mesh: Mesh, scope: Scope, { cluster, namespace }: ConfigQuery): readonly string[] {
  if (namespace === undefined) return visibleNamespaces(mesh, scope, cluster).map(({ name }) => name)
  return findNamespace(mesh, scope, { cluster, namespace }) === undefined ? [] : [namespace]
}

function objectsOf(
  { inventory }: Mesh,
  { kind }: ManagedType & (typeof managedTypes)[number],
  { cluster, labels, workload }: ConfigQuery,
  namespaces: readonly string[],
): readonly ConfigObject[] {
  return namespaces.flatMap((namespace) =>
    inventory
      .in(kind, { cluster, namespace })
      .filter((object) => labels(object.labels) && (workload === undefined || mayApply(object, workload))),
  )
}

const withoutSelector = new Set(['DestinationRule', 'ServiceEntry', 'VirtualService', 'WorkloadEntry'])
const withSelector = new Set([
  'networking.istio.io/Gateway',
  'networking.istio.io/EnvoyFilter',
  'networking.istio.io/Sidecar',
  'networking.istio.io/WorkloadGroup',
  'security.istio.io/AuthorizationPolicy',
  'security.istio.io/PeerAuthentication',
  'security.istio.io/RequestAuthentication',
  'inference.networking.k8s.io/InferencePool',
])

/** Other types are not filtered, as Kiali does. An empty selector takes all, but of a WorkloadGroup nothing. */
function mayApply(object: ConfigObject, labels: Labels): boolean {
  if (withoutSelector.has(object.kind)) return false
  if (!withSelector.has(`${object.group}/${object.kind}`)) return true
  const selector = workloadSelector(object)
  return selects(selector, labels) && !(object.kind === 'WorkloadGroup' && isEmpty(selector))
}
