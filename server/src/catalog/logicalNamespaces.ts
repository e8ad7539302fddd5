/** The namespaces of the mesh: the same name in several clusters is one namespace. */
import { type HealthStatus, worstOf } from '@binocle/api/health'
import type { NamespaceRef } from '@binocle/api/identity'
import type { LogicalNamespace, NamespacesAnswer } from '@binocle/api/multicluster'
import type { Scope } from '../access/scope.ts'
import { percent } from '../health/errors.ts'
import type { Namespace } from '../inventory/objects.ts'
import { isAmbientNamespace, type MeshFacts, meshFactsOf, namespaceRevision } from '../mesh/mesh.ts'
import type { Mesh } from '../model.ts'
import type { TrafficSnapshot } from '../telemetry/traffic.ts'
import { type Attributes, differing, type Mode } from './attributes.ts'
import { chosenClusters, type LogicalQuery, unreachableClusters } from './logical.ts'
import { membersIn, membersVersion, type PhysicalMember } from './members.ts'
import { snapshotFor, telemetryProblem } from './snapshots.ts'
import { clusterTrouble, visibleNamespaces } from './visible.ts'

type NamespaceMember = LogicalNamespace['members'][number]

/** GET /api/multicluster/namespaces: in order of name. */
export async function logicalNamespaces(mesh: Mesh, scope: Scope, query: LogicalQuery = {}): Promise<NamespacesAnswer> {
  const snapshot = await snapshotFor(mesh, query.window)
  const telemetry = telemetryProblem(mesh, snapshot)
  const byName = new Map<string, NamespaceMember[]>()
  for (const cluster of chosenClusters(mesh, scope, query.clusters)) {
    const stale = clusterTrouble(mesh, cluster) !== undefined
    const version = membersVersion(mesh, cluster)
    for (const namespace of visibleNamespaces(mesh, scope, cluster)) {
      if (query.namespaces !== undefined && query.namespaces.length > 0 && !query.namespaces.includes(namespace.name)) {
        continue
      }
      const member = { ...memberOf(mesh, namespace, snapshot, version), ...(stale ? { stale } : {}) }
      const namesakes = byName.get(namespace.name)
      if (namesakes === undefined) byName.set(namespace.name, [member])
      else namesakes.push(member)
    }
  }
  return {
    namespaces: [...byName].map(([name, members]) => logicalNamespace(name, members)).sort(byNameOrder),
    unreachable: unreachableClusters(mesh, scope, query.clusters),
    ...(telemetry === undefined ? {} : { telemetry }),
  }
}

const byNameOrder = (a: LogicalNamespace, b: LogicalNamespace): number => (a.name < b.name ? -1 : 1)

function logicalNamespace(name: string, members: NamespaceMember[]): LogicalNamespace {
  return {
    name,
    members,
    health: worstOf(members.filter(({ stale }) => stale !== true).map(({ health }) => health)),
    differs: differing(members.map((member) => ({ attributes: attributesOf(member), readsConfig: false }))),
  }
}

interface Kept {
  readonly namespace: Namespace
  readonly facts: MeshFacts
  readonly apps: readonly PhysicalMember[]
  readonly services: readonly PhysicalMember[]
  readonly member: NamespaceMember
}

/** By the list of its workloads, which is made anew when the namespace or its traffic changes. */
const kept = new WeakMap<readonly PhysicalMember[], Kept>()

function memberOf(
  mesh: Mesh,
  namespace: Namespace,
  snapshot: TrafficSnapshot | null,
  version: string,
): NamespaceMember {
  const at: NamespaceRef = { cluster: namespace.cluster, namespace: namespace.name }
  const facts = meshFactsOf(mesh.inventory)
  const apps = membersIn(mesh, at, 'app', snapshot, version)
  const services = membersIn(mesh, at, 'service', snapshot, version)
  const workloads = membersIn(mesh, at, 'workload', snapshot, version)
  const last = kept.get(workloads)
  if (last?.namespace === namespace && last.facts === facts && last.apps === apps && last.services === services) {
    return last.member
  }
  const member = makeMember(namespace, facts, { apps, services, workloads }, snapshot !== null)
  kept.set(workloads, { namespace, facts, apps, services, member })
  return member
}

type Members = Readonly<Record<'apps' | 'services' | 'workloads', readonly PhysicalMember[]>>

function makeMember(
  { cluster, name, labels }: Namespace,
  facts: MeshFacts,
  { apps, services, workloads }: Members,
  isMeasured: boolean,
): NamespaceMember {
  const at = { cluster, namespace: name }
  const revision = namespaceRevision(facts, at, labels)
  return {
    cluster,
    health: worstOf([...apps, ...services, ...workloads].map(({ member }): HealthStatus => member.health)),
    mode: isAmbientNamespace(facts, at, labels) ? 'ambient' : injected(revision, workloads),
    ...(revision === undefined || revision === '' ? {} : { revision }),
    isControlPlane: facts.controlPlanesAt(at).length > 0,
    labels,
    apps: apps.length,
    services: services.length,
    workloads: workloads.length,
    ...(isMeasured ? requests(services) : {}),
  }
}

/** Told by its labels; of a control plane's namespace by what runs in it. */
function injected(revision: string | undefined, workloads: readonly PhysicalMember[]): Mode {
  const sidecars = workloads.some(({ member }) => member.mode === 'sidecar')
  return sidecars || (revision !== undefined && workloads.length === 0) ? 'sidecar' : 'none'
}

function requests(services: readonly PhysicalMember[]): { requestRate: number; errorPercent: number } {
  let requestRate = 0
  let failed = 0
  for (const { member } of services) {
    requestRate += member.requestRate ?? 0
    failed += ((member.requestRate ?? 0) * (member.errorPercent ?? 0)) / 100
  }
  return { requestRate, errorPercent: percent(failed, requestRate) }
}

const byNature = /^(kubernetes\.io\/metadata\.name|topology\.istio\.io\/.*|istio-injection|istio\.io\/rev)$/

function attributesOf({ mode, revision, labels }: NamespaceMember): Attributes {
  return new Map([
    ['mode', mode],
    ...(revision === undefined ? [] : [['revision', revision] as const]),
    ...Object.entries(labels)
      .filter(([name]) => !byNature.test(name))
      .map(([name, value]) => [`labels.${name}`, value] as const),
  ])
}
