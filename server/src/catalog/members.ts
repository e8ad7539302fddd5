/**
 * The physical parts of logical objects: services, workloads and apps of one namespace of one cluster, as lists of
 * logical objects show them. Kept as long as neither the namespace, the routing objects nor the traffic change.
 */

import type { AppHealth, HealthStatus, Rates, ServiceHealth, WorkloadHealth } from '@binocle/api/health'
import type { ClusterName, LogicalKind, NamespaceRef } from '@binocle/api/identity'
import type { Member } from '@binocle/api/multicluster'
import { failedRate, percent } from '../health/errors.ts'
import { type NamespaceHealths, namespaceHealths } from '../health/namespaceHealth.ts'
import { totalRate } from '../health/status.ts'
import type { ConfigObject } from '../inventory/objects.ts'
import { identityDomain, meshFactsOf } from '../mesh/mesh.ts'
import type { Mesh } from '../model.ts'
import type { TrafficSnapshot } from '../telemetry/traffic.ts'
import { appServices, union } from './apps.ts'
import {
  type Attributes,
  appAttributes,
  externalAttributes,
  modeOf,
  modeOfAll,
  serviceAttributes,
  versionsOf,
  workloadAttributes,
} from './attributes.ts'
import { type NamespaceFacts, namespaceFacts } from './namespaceFacts.ts'
import { externalConfig, routingVersion, type ServiceConfig, serviceConfig, workloadConfig } from './references.ts'
import { externalServices } from './services.ts'
import type { Workload } from './workload.ts'

/** One member, and what it may differ in from the others. */
export interface PhysicalMember extends NamespaceRef {
  readonly name: string
  /** The Kubernetes kind of a workload; '' otherwise. */
  readonly kind: string
  readonly member: Member
  readonly attributes: Attributes
}

/** All of one kind in one namespace of one cluster, in order of name. `snapshot` null: telemetry is unknown. */
export function membersIn(
  mesh: Mesh,
  at: NamespaceRef,
  kind: LogicalKind,
  snapshot: TrafficSnapshot | null,
  version: string = membersVersion(mesh, at.cluster),
): readonly PhysicalMember[] {
  const standing = standingIn(mesh, at, kind, version)
  const cache = cacheOf(snapshot)
  const key = `${kind} ${at.cluster}/${at.namespace}`
  const kept = cache.get(key)
  if (kept?.standing === standing) return kept.members
  const healths = namespaceHealths(mesh, at, 'full', snapshot)
  const members = standing.map((each) => withTraffic(each, healths, snapshot))
  cache.set(key, { standing, members })
  return members
}

/** What members depend on beside their namespace and the traffic; the same for a whole cluster, so ask once for it. */
export const membersVersion = ({ inventory, istiod }: Mesh, cluster: ClusterName): string =>
  `${routingVersion(inventory, cluster)} ${istiod?.versionIn?.(cluster) ?? istiod?.version ?? ''}`

interface Kept {
  readonly standing: readonly Standing[]
  readonly members: readonly PhysicalMember[]
}

const caches = new WeakMap<object, Map<string, Kept>>()
const withoutTraffic = {}

function cacheOf(snapshot: TrafficSnapshot | null): Map<string, Kept> {
  const owner = snapshot ?? withoutTraffic
  let cache = caches.get(owner)
  if (cache === undefined) {
    cache = new Map()
    caches.set(owner, cache)
  }
  return cache
}

/** A member but for what traffic says of it. */
interface Standing extends Omit<PhysicalMember, 'member'> {
  readonly of: Omit<Member, 'cluster' | 'errorPercent' | 'health' | 'requestRate'>
  readonly healthIn: (healths: NamespaceHealths) => AppHealth | ServiceHealth | WorkloadHealth
}

function withTraffic(
  { of, healthIn, ...physical }: Standing,
  healths: NamespaceHealths,
  snapshot: TrafficSnapshot | null,
): PhysicalMember {
  const health = healthIn(healths)
  const { cluster } = physical
  return {
    ...physical,
    member: { cluster, health: statusOf(health), ...rate(snapshot, health.requests.inbound), ...of },
  }
}

interface KeptStanding {
  readonly version: string
  readonly standing: readonly Standing[]
}

const standings = new WeakMap<NamespaceFacts, Map<LogicalKind, KeptStanding>>()

/** Every window's traffic is of the same members. */
function standingIn(mesh: Mesh, at: NamespaceRef, kind: LogicalKind, version: string): readonly Standing[] {
  const facts = namespaceFacts(mesh, at)
  let byKind = standings.get(facts)
  if (byKind === undefined) {
    byKind = new Map()
    standings.set(facts, byKind)
  }
  const kept = byKind.get(kind)
  if (kept?.version === version) return kept.standing
  const standing = gather[kind](mesh, facts)
  byKind.set(kind, { version, standing })
  return standing
}

type Gather = (mesh: Mesh, facts: NamespaceFacts) => readonly Standing[]

const gather: Readonly<Record<LogicalKind, Gather>> = {
  service: services,
  workload: workloads,
  app: apps,
}

function services(mesh: Mesh, facts: NamespaceFacts): Standing[] {
  const { at } = facts
  const domain = identityDomain(meshFactsOf(mesh.inventory), at.cluster, mesh.config.istio)
  const kubernetes = facts.services.map((service): Standing => {
    const behind = facts.workloadsOf(service.selector)
    const { sidecar, ambient } = service.hasSelector ? facts.modeOf(service) : { sidecar: false, ambient: false }
    const mode = sidecar ? 'sidecar' : ambient ? 'ambient' : 'none'
    const config = objectsIn(at, serviceConfig(mesh.inventory, service, domain))
    return {
      ...at,
      name: service.name,
      kind: '',
      of: {
        versions: versionsOf(behind),
        type: service.type,
        ...(behind.length === 0 ? {} : replicas(behind)),
        mode,
        labels: service.labels,
      },
      attributes: serviceAttributes(service, mode, behind, config),
      healthIn: (healths) => healths.service(service.name),
    }
  })
  const external = externalServices(mesh, at).map(
    ({ host, entry }): Standing => ({
      ...at,
      name: host,
      kind: '',
      of: { versions: [], type: 'External', mode: 'none', labels: entry.labels },
      attributes: externalAttributes(entry.labels, objectsIn(at, externalConfig(mesh.inventory, at, host, domain))),
      healthIn: (healths) => healths.service(host),
    }),
  )
  return [...kubernetes, ...external]
}

function workloads(mesh: Mesh, facts: NamespaceFacts): Standing[] {
  return facts.workloads.map(
    (workload): Standing => ({
      ...facts.at,
      name: workload.name,
      kind: workload.gvk.Kind,
      of: {
        versions: workload.version === undefined ? [] : [workload.version],
        type: workload.gvk.Kind,
        ...replicas([workload]),
        mode: modeOf(workload),
        labels: workload.labels,
      },
      attributes: workloadAttributes(workload, workloadConfig(mesh.inventory, workload)),
      healthIn: (healths) => healths.workload(workload),
    }),
  )
}

function apps(_mesh: Mesh, facts: NamespaceFacts): Standing[] {
  return [...facts.apps].map(([name, members]): Standing => {
    const inFront = appServices(facts, members)
    return {
      ...facts.at,
      name,
      kind: '',
      of: {
        versions: versionsOf(members),
        type: '',
        ...replicas(members),
        mode: modeOfAll(members),
        labels: union([...inFront, ...members].map(({ labels }) => labels)),
      },
      attributes: appAttributes(members, inFront),
      healthIn: (healths) => healths.app(name),
    }
  })
}

const statusOf = ({ status }: { readonly status?: { readonly status: HealthStatus } }): HealthStatus =>
  status?.status ?? 'NA'

/** Absent while telemetry is unknown. */
function rate(
  snapshot: TrafficSnapshot | null,
  inbound: Rates | null,
): { requestRate?: number; errorPercent?: number } {
  if (snapshot === null) return {}
  const requestRate = totalRate(inbound)
  return { requestRate, errorPercent: percent(failedRate(inbound ?? {}), requestRate) }
}

function replicas(members: readonly Workload[]): { ready: number; desired: number } {
  let ready = 0
  let desired = 0
  for (const { availableReplicas, desiredReplicas } of members) {
    ready += availableReplicas
    desired += desiredReplicas
  }
  return { ready, desired }
}

/** Only of the namespace itself: whoever sees the member may see them. */
const objectsIn = ({ namespace }: NamespaceRef, config: ServiceConfig): readonly ConfigObject[] =>
  [
    ...config.virtualServices,
    ...config.destinationRules,
    ...config.serviceEntries,
    ...config.httpRoutes,
    ...config.grpcRoutes,
  ].filter((object) => object.namespace === namespace)
