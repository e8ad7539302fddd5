/**
 * Health of everything in one namespace of one cluster. Kept as long as neither the namespace nor the traffic snapshot
 * changes: lists, overview and graph ask as often as they like.
 */
import type { AppHealth, ServiceHealth, WorkloadHealth, WorkloadStatus } from '@binocle/api/health'
import type { NamespaceRef } from '@binocle/api/identity'
import { lastValue } from '@binocle/api/known'
import { type NamespaceFacts, namespaceFacts } from '../catalog/namespaceFacts.ts'
import type { Workload } from '../catalog/workload.ts'
import { hasSidecar } from '../mesh/labels.ts'
import type { Mesh } from '../model.ts'
import type { TrafficSnapshot } from '../telemetry/traffic.ts'
import { appHealth, serviceHealth, workloadHealth } from './objects.ts'
import { type NamespaceRates, noRequests, type Requests, ratesIn } from './rates.ts'

export interface NamespaceHealths {
  /** Kubernetes services and, beside them, hosts of ServiceEntries. */
  service(name: string): ServiceHealth
  workload(workload: Workload): WorkloadHealth
  app(name: string): AppHealth
}

/**
 * Whose rates count. `full`: everybody's, for what is our own. `listed` and `detailed`: those that Kiali's lists and
 * details show; it asks for them only where there is a sidecar, in details also of gateways, and see `rates.ts`.
 */
export type Flavour = 'detailed' | 'full' | 'listed'

/** Health over the health window, or over `snapshot`; null: without traffic. */
export function namespaceHealths(
  mesh: Mesh,
  at: NamespaceRef,
  flavour: Flavour,
  snapshot: TrafficSnapshot | null | undefined = lastValue(mesh.traffic.current()),
): NamespaceHealths {
  const facts = namespaceFacts(mesh, at)
  const key = `${at.cluster}/${at.namespace} ${flavour}`
  const cache = cacheOf(snapshot)
  const kept = cache.get(key)
  const istiod = proxiesVersion(mesh, at)
  if (kept !== undefined && kept.facts === facts && kept.istiod === istiod) return kept.healths
  const healths = gather(mesh, facts, flavour, snapshot ?? undefined)
  cache.set(key, { facts, istiod, healths })
  return healths
}

const proxiesVersion = ({ istiod }: Mesh, { cluster, namespace }: NamespaceRef): number | undefined =>
  istiod?.versionIn?.(cluster, namespace) ?? istiod?.version

interface Kept {
  readonly facts: NamespaceFacts
  readonly istiod: number | undefined
  readonly healths: NamespaceHealths
}

const caches = new WeakMap<object, Map<string, Kept>>()
const withoutTraffic = {}

function cacheOf(snapshot: TrafficSnapshot | null | undefined): Map<string, Kept> {
  const owner = snapshot ?? withoutTraffic
  let cache = caches.get(owner)
  if (cache === undefined) {
    cache = new Map()
    caches.set(owner, cache)
  }
  return cache
}

function gather(
  mesh: Mesh,
  facts: NamespaceFacts,
  flavour: Flavour,
  snapshot: TrafficSnapshot | undefined,
): NamespaceHealths {
  const { rates } = mesh.config.health
  const { at } = facts
  const measured = ratesIn(snapshot, at)
  const services = new Map<string, ServiceHealth>()
  const workloads = new Map<Workload, WorkloadHealth>()
  const apps = new Map<string, AppHealth>()
  return {
    service: (name) =>
      remembered(services, name, () => {
        const annotations = mesh.inventory.get('services', at, name)?.annotations ?? {}
        const inbound = flavour === 'full' ? measured.service(name) : measured.listedService(name)
        return serviceHealth(at, { name, annotations }, inbound, rates)
      }),
    workload: (workload) =>
      remembered(workloads, workload, () => {
        const requests = workloadRequests(measured, workload, flavour)
        return workloadHealth(at, workload, requests, replicasOf(mesh, workload), rates)
      }),
    app: (name) =>
      remembered(apps, name, () => {
        const workloads = facts.apps.get(name) ?? []
        const requests = appRequests(measured, name, workloads, flavour)
        const replicas = workloads.map((workload) => replicasOf(mesh, workload))
        return appHealth(at, name, requests, replicas, rates)
      }),
  }
}

function workloadRequests(measured: NamespaceRates, workload: Workload, flavour: Flavour): Requests {
  if (flavour === 'full') return measured.workload(workload.name)
  if (flavour === 'listed') return isListed(workload) ? measured.listedWorkload(workload.name) : noRequests
  return workload.sidecar || workload.isGateway ? measured.workload(workload.name) : noRequests
}

function appRequests(
  measured: NamespaceRates,
  name: string,
  workloads: readonly Workload[],
  flavour: Flavour,
): Requests {
  if (flavour === 'full') return measured.app(name)
  if (flavour === 'listed') return workloads.some(isListed) ? measured.listedApp(name) : noRequests
  return workloads.some(({ sidecar }) => sidecar) ? measured.app(name) : noRequests
}

/** In lists a WorkloadGroup, which has no pods, counts as having a sidecar. */
const isListed = ({ sidecar, group }: Workload): boolean => sidecar || group !== undefined

function remembered<K, V>(known: Map<K, V>, key: K, make: () => V): V {
  let value = known.get(key)
  if (value === undefined) {
    value = make()
    known.set(key, value)
  }
  return value
}

/**
 * Replica counts, and how many proxies istiod has in step; -1 = there are none, or nobody knows. One object as long as
 * neither the workload nor what istiod says changes.
 */
export function replicasOf(mesh: Mesh, workload: Workload): WorkloadStatus {
  const istiod = proxiesVersion(mesh, workload)
  const known = keptReplicas.get(workload)
  if (known !== undefined && known.mesh === mesh && known.istiod === istiod) return known.replicas
  const replicas = countReplicas(mesh, workload)
  keptReplicas.set(workload, { mesh, istiod, replicas })
  return replicas
}

interface KeptReplicas {
  readonly mesh: Mesh
  readonly istiod: number | undefined
  readonly replicas: WorkloadStatus
}

const keptReplicas = new WeakMap<Workload, KeptReplicas>()

function countReplicas(mesh: Mesh, workload: Workload): WorkloadStatus {
  return {
    name: workload.name,
    desiredReplicas: workload.desiredReplicas,
    currentReplicas: workload.currentReplicas,
    availableReplicas: workload.availableReplicas,
    syncedProxies: syncedProxies(mesh, workload),
  }
}

function syncedProxies({ istiod }: Mesh, workload: Workload): number {
  if (istiod === undefined || !workload.sidecar || workload.isGateway) return -1
  let known = 0
  let synced = 0
  for (const pod of workload.pods) {
    if (!hasSidecar(pod)) continue
    const status = istiod.proxyStatus(workload, pod.name)
    if (status === undefined) continue
    known++
    if ([status.CDS, status.EDS, status.LDS, status.RDS].every((each) => each === 'Synced' || each === 'IGNORED'))
      synced++
  }
  return known === 0 ? -1 : synced
}
