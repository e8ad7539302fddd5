/**
 * The physical parts of logical objects: services, workloads and apps of one namespace of one cluster, as lists of
 * logical objects show them. Kept as long as neither the namespace, the routing objects nor the traffic change.
 */

import type { HealthStatus, Rates } from '@binocle/api/health'
import type { ClusterName, LogicalKind, NamespaceRef } from '@binocle/api/identity'
import type { Member } from '@binocle/api/multicluster'
import { failedRate, percent } from '../health/errors.ts'
import { namespaceHealths } from '../health/namespaceHealth.ts'
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
  const facts = namespaceFacts(mesh, at)
  const cache = cacheOf(snapshot)
  const key = `${kind} ${at.cluster}/${at.namespace}`
  const kept = cache.get(key)
  if (kept !== undefined && kept.facts === facts && kept.version === version) return kept.members
  const members = gather[kind](mesh, facts, snapshot)
  cache.set(key, { facts, version, members })
  return members
}

/** What members depend on beside their namespace and the traffic; the same for a whole cluster, so ask once for it. */
export const membersVersion = ({ inventory, istiod }: Mesh, cluster: ClusterName): string =>
  `${routingVersion(inventory, cluster)} ${istiod?.versionIn?.(cluster) ?? istiod?.version ?? ''}`

interface Kept {
  readonly facts: NamespaceFacts
  readonly version: string
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

type Gather = (mesh: Mesh, facts: NamespaceFacts, snapshot: TrafficSnapshot | null) => readonly PhysicalMember[]

const gather: Readonly<Record<LogicalKind, Gather>> = {
  service: services,
  workload: workloads,
  app: apps,
}

function services(mesh: Mesh, facts: NamespaceFacts, snapshot: TrafficSnapshot | null): PhysicalMember[] {
  const { at } = facts
  const healths = namespaceHealths(mesh, at, 'full', snapshot)
  const domain = identityDomain(meshFactsOf(mesh.inventory), at.cluster, mesh.config.istio)
  const kubernetes = facts.services.map((service): PhysicalMember => {
    const behind = facts.workloadsOf(service.selector)
    const { sidecar, ambient } = service.hasSelector ? facts.modeOf(service) : { sidecar: false, ambient: false }
    const mode = sidecar ? 'sidecar' : ambient ? 'ambient' : 'none'
    const health = healths.service(service.name)
    const config = objectsIn(at, serviceConfig(mesh.inventory, service, domain))
    return {
      ...at,
      name: service.name,
      kind: '',
      member: {
        cluster: at.cluster,
        health: statusOf(health),
        ...rate(snapshot, health.requests.inbound),
        versions: versionsOf(behind),
        type: service.type,
        ...(behind.length === 0 ? {} : replicas(behind)),
        mode,
        labels: service.labels,
      },
      attributes: serviceAttributes(service, mode, behind, config),
    }
  })
  const external = externalServices(mesh, at).map(({ host, entry }): PhysicalMember => {
    const health = healths.service(host)
    return {
      ...at,
      name: host,
      kind: '',
      member: {
        cluster: at.cluster,
        health: statusOf(health),
        ...rate(snapshot, health.requests.inbound),
        versions: [],
        type: 'External',
        mode: 'none',
        labels: entry.labels,
      },
      attributes: externalAttributes(entry.labels, objectsIn(at, externalConfig(mesh.inventory, at, host, domain))),
    }
  })
  return [...kubernetes, ...external]
}

function workloads(mesh: Mesh, facts: NamespaceFacts, snapshot: TrafficSnapshot | null): PhysicalMember[] {
  const healths = namespaceHealths(mesh, facts.at, 'full', snapshot)
  return facts.workloads.map((workload): PhysicalMember => {
    const health = healths.workload(workload)
    return {
      ...facts.at,
      name: workload.name,
      kind: workload.gvk.Kind,
      member: {
        cluster: workload.cluster,
        health: statusOf(health),
        ...rate(snapshot, health.requests.inbound),
        versions: workload.version === undefined ? [] : [workload.version],
        type: workload.gvk.Kind,
        ...replicas([workload]),
        mode: modeOf(workload),
        labels: workload.labels,
      },
      attributes: workloadAttributes(workload, workloadConfig(mesh.inventory, workload)),
    }
  })
}

function apps(mesh: Mesh, facts: NamespaceFacts, snapshot: TrafficSnapshot | null): PhysicalMember[] {
  const healths = namespaceHealths(mesh, facts.at, 'full', snapshot)
  return [...facts.apps].map(([name, members]): PhysicalMember => {
    const health = healths.app(name)
    const inFront = appServices(facts, members)
    return {
      ...facts.at,
      name,
      kind: '',
      member: {
        cluster: facts.at.cluster,
        health: statusOf(health),
        ...rate(snapshot, health.requests.inbound),
        versions: versionsOf(members),
        type: '',
        ...replicas(members),
        mode: modeOfAll(members),
        labels: union([...inFront, ...members].map(({ labels }) => labels)),
      },
      attributes: appAttributes(members, inFront),
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
