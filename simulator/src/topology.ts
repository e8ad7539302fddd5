/**
 * A scenario with its look-ups: which pods a workload has, where they run, who answers for a service. Every facet
 * (objects, metrics, istiod) asks here, so that they speak of the same pods.
 */
import { suffix } from './names.ts'
import type { Scenario, SimCluster, SimService, SimWorkload } from './scenario.ts'
import { controlPlaneService, controlPlaneWorkloads, eastWestService } from './system.ts'

export interface SimPod {
  readonly name: string
  readonly ip: string
  readonly node: string
  /** False: it crash-loops. */
  readonly ready: boolean
}

export interface SimNode {
  readonly name: string
  readonly zone: string
  readonly ip: string
}

export interface Topology {
  readonly scenario: Scenario
  /** The scenario's workloads with the control planes and east-west gateways that its clusters imply. */
  readonly workloads: readonly SimWorkload[]
  readonly services: readonly SimService[]
  cluster(name: string): SimCluster | undefined
  workload(at: { cluster: string; namespace: string; workload: string }): SimWorkload | undefined
  nodes(cluster: string): readonly SimNode[]
  pods(workload: SimWorkload): readonly SimPod[]
  clusterIp(service: SimService): string
  /** Workloads of a cluster and namespace whose pod labels a selector matches. */
  selected(service: SimService): readonly SimWorkload[]
}

export function topologyOf(scenario: Scenario): Topology {
  const workloads = [...scenario.clusters.flatMap((c) => controlPlaneWorkloads(c)), ...scenario.workloads]
  const services = [
    ...scenario.clusters.flatMap((c) => [...controlPlaneService(c), ...eastWestService(c)]),
    ...scenario.services,
  ]
  const clusters = new Map(scenario.clusters.map((cluster) => [cluster.name, cluster]))
  const byKey = new Map(workloads.map((w) => [keyOf(w.cluster, w.namespace, w.name), w]))
  const nodes = new Map(scenario.clusters.map((c, i) => [c.name, nodesOf(c, i, workloads)]))
  const pods = podsOf(scenario, workloads, nodes)
  const byNamespace = grouped(workloads, (w) => `${w.cluster}/${w.namespace}`)
  const serviceNumbers = new Map(services.map((service, i) => [service, i]))
  return {
    scenario,
    workloads,
    services,
    cluster: (name) => clusters.get(name),
    workload: ({ cluster, namespace, workload }) => byKey.get(keyOf(cluster, namespace, workload)),
    nodes: (cluster) => nodes.get(cluster) ?? [],
    pods: (workload) => pods.get(workload) ?? [],
    clusterIp: (service) => addressIn(SERVICE_NET, serviceNumbers.get(service) ?? 0),
    selected: (service) =>
      (byNamespace.get(`${service.cluster}/${service.namespace}`) ?? []).filter((w) =>
        Object.entries(service.selector).every(([label, value]) => podLabels(w)[label] === value),
      ),
  }
}

/** The labels of a workload's pods that selectors may ask for. */
export const podLabels = (w: SimWorkload): Readonly<Record<string, string>> => ({
  app: w.app,
  ...(w.version === '' ? {} : { version: w.version }),
  ...w.labels,
})

/** The version that telemetry and canonical labels carry. */
export const canonicalRevision = (w: SimWorkload): string => w.version || 'latest'

/** The tail that a Deployment's ReplicaSet and its pods share. */
export const templateHash = (w: SimWorkload): string => suffix(`${w.cluster}/${w.namespace}/${w.name}/${w.image}`, 9)

const keyOf = (cluster: string, namespace: string, name: string) => `${cluster}/${namespace}/${name}`

export function grouped<T>(values: readonly T[], keyOf: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const value of values) {
    const key = keyOf(value)
    const group = groups.get(key)
    if (group) group.push(value)
    else groups.set(key, [value])
  }
  return groups
}

/** Services get addresses of 10.196.0.0/16, pods of cluster i of 10.(40+i).0.0/16. */
const SERVICE_NET = 196
const POD_NET = 40

const addressIn = (second: number, n: number) => `10.${second}.${Math.floor(n / 250) % 250}.${(n % 250) + 2}`

const PODS_PER_NODE = 60

function nodesOf(cluster: SimCluster, index: number, workloads: readonly SimWorkload[]): SimNode[] {
  const pods = workloads.reduce((sum, w) => sum + (w.cluster === cluster.name ? w.replicas : 0), 0)
  const count = Math.max(cluster.zones.length, Math.ceil(pods / PODS_PER_NODE))
  return Array.from({ length: count }, (_, i) => ({
    name: `${cluster.name}-node-${i + 1}`,
    zone: cluster.zones[i % cluster.zones.length] ?? cluster.region,
    ip: `172.18.${index}.${i + 2}`,
  }))
}

function podsOf(
  scenario: Scenario,
  workloads: readonly SimWorkload[],
  nodes: ReadonlyMap<string, readonly SimNode[]>,
): Map<SimWorkload, readonly SimPod[]> {
  const clusterIndex = new Map(scenario.clusters.map((c, i) => [c.name, i]))
  const used = new Map<string, number>()
  const pods = new Map<SimWorkload, readonly SimPod[]>()
  for (const w of workloads) {
    const from = used.get(w.cluster) ?? 0
    const homes = nodes.get(w.cluster) ?? []
    const second = POD_NET + (clusterIndex.get(w.cluster) ?? 0)
    const names = podNames(w)
    pods.set(
      w,
      names.map((name, i) => ({
        name,
        ip: addressIn(second, from + i),
        node: homes[(from + i) % homes.length]?.name ?? '',
        ready: i < w.ready,
      })),
    )
    used.set(w.cluster, from + w.replicas)
  }
  return pods
}

/** Five letters can come out the same for two pods: the second then gets others. */
function podNames(w: SimWorkload): readonly string[] {
  const names = new Set<string>()
  for (let i = 0; names.size < w.replicas; i++) names.add(podName(w, i))
  return [...names]
}

function podName(w: SimWorkload, index: number): string {
  if (w.kind === 'StatefulSet') return `${w.name}-${index}`
  const tail = suffix(`${w.cluster}/${w.namespace}/${w.name}/${index}`, 5)
  return w.kind === 'DaemonSet' ? `${w.name}-${tail}` : `${w.name}-${templateHash(w)}-${tail}`
}
