/** Who is captured by which waypoint (reference: api.md 11.2, 12.2, validations.md 5.16). */
import type { ServiceRef, WorkloadRef } from '@binocle/api/catalog'
import type { NamespaceRef } from '@binocle/api/identity'
import type { Scope } from '../access/scope.ts'
import type { Labels, Service } from '../inventory/objects.ts'
import { useWaypoint, useWaypointNamespace, waypointFor } from '../mesh/labels.ts'
import type { Mesh } from '../model.ts'
import { namespaceFacts } from './namespaceFacts.ts'
import { visibleNamespaces } from './visible.ts'
import type { Workload } from './workload.ts'

/**
 * The waypoints that serve an ambient workload: named by its own label, else by one of its services, else by its
 * namespace. null: it is not ambient, or a proxy itself.
 */
export function waypointsOf(mesh: Mesh, scope: Scope, workload: Workload): WorkloadRef[] | null {
  if (!workload.isAmbient || workload.isWaypoint || workload.isZtunnel) return null
  const services = namespaceFacts(mesh, workload).servicesOf(workload)
  const stated = [workload.labels, ...services.map(({ labels }) => labels), namespaceLabels(mesh, workload)]
  return resolved(mesh, scope, workload, stated)
}

/** The waypoint of a service: its own label, else its namespace's. */
export function serviceWaypoints(mesh: Mesh, scope: Scope, service: Service): WorkloadRef[] {
  return resolved(mesh, scope, service, [service.labels, namespaceLabels(mesh, service)])
}

/** The first labels that name a waypoint decide, also when they say `none` or name one that cannot be seen. */
function resolved(mesh: Mesh, scope: Scope, at: NamespaceRef, stated: readonly Labels[]): WorkloadRef[] {
  const labels = stated.find((each) => each[useWaypoint] !== undefined)
  const name = labels?.[useWaypoint]
  if (labels === undefined || name === undefined || name === 'none') return []
  const namespace = labels[useWaypointNamespace] ?? at.namespace
  const place = { cluster: at.cluster, namespace }
  const waypoint = scope.sees(place) === 'yes' ? namespaceFacts(mesh, place).workload(name) : undefined
  if (!waypoint?.isWaypoint || waypoint.labels[waypointFor] === 'none') return []
  return [
    {
      cluster: at.cluster,
      labels: null,
      labelType: '',
      name,
      namespace,
      type: waypoint.labels[waypointFor] ?? 'service',
    },
  ]
}

/** What a waypoint captures, of the namespaces that the viewer sees. */
export function capturedBy(
  mesh: Mesh,
  scope: Scope,
  waypoint: Workload,
): { workloads: WorkloadRef[]; services: ServiceRef[] } {
  const workloads: WorkloadRef[] = []
  const services: ServiceRef[] = []
  const { cluster } = waypoint
  for (const namespace of visibleNamespaces(mesh, scope, cluster)) {
    const at = { cluster, namespace: namespace.name }
    const whole = names(namespace.labels, waypoint, namespace.name === waypoint.namespace)
    const facts = namespaceFacts(mesh, at)
    for (const { name, labels, isWaypoint } of facts.workloads) {
      // A workload's label is compared by name alone, in any namespace, unless it says which (as Kiali does).
      const own = names(labels, waypoint, true)
      if (isWaypoint || labels[useWaypoint] === 'none' || (!whole && !own)) continue
      workloads.push({
        cluster,
        labels,
        labelType: whole ? 'namespace' : 'workload',
        name,
        namespace: namespace.name,
        type: '',
      })
    }
    for (const { name, labels, selector } of facts.services) {
      const own = names(labels, waypoint, namespace.name === waypoint.namespace)
      const proxy = facts.workloadsOf(selector).some(({ isWaypoint }) => isWaypoint)
      if (proxy || labels[useWaypoint] === 'none' || (!whole && !own)) continue
      // Kiali's word for a service captured through its namespace.
      services.push({ cluster, labelType: whole ? 'workload' : 'service', name, namespace: namespace.name })
    }
  }
  return { workloads, services }
}

function names(labels: Labels, waypoint: Workload, inNamespace: boolean): boolean {
  if (labels[useWaypoint] !== waypoint.name) return false
  const namespace = labels[useWaypointNamespace]
  return namespace === undefined ? inNamespace : namespace === waypoint.namespace
}

const namespaceLabels = ({ inventory }: Mesh, { cluster, namespace }: NamespaceRef): Labels =>
  inventory.get('namespaces', { cluster, namespace: '' }, namespace)?.labels ?? {}
