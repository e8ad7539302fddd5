/** The control planes of the mesh: one per istiod Deployment, and which clusters each manages (multicluster.md 9). */
import type { ClusterName } from '@binocle/api/identity'
import type { Inventory } from '../inventory/inventory.ts'
import type { Controller } from '../inventory/objects.ts'
import { fieldsOf, textOf } from '../istioconfig/read.ts'
import { type MeshConfig, meshConfigOf } from './meshConfig.ts'

export interface ControlPlane {
  /** Where its Deployment runs. */
  readonly cluster: ClusterName
  readonly namespace: string
  readonly name: string
  /** Label `istio.io/rev` of the Deployment; '' without it. */
  readonly revision: string
  /** Env CLUSTER_ID: the cluster whose configuration it reads. */
  readonly id: string
  /** `id` is another cluster than the one it runs in. */
  readonly external: boolean
  /** Env EXTERNAL_ISTIOD: it may manage clusters that have no istiod. */
  readonly managesExternal: boolean
  /** Env PILOT_ENABLE_AMBIENT. */
  readonly ambient: boolean
  readonly config: MeshConfig
  readonly rootNamespace: string
  readonly network: string
  readonly monitoringPort: number
  readonly managedClusters: readonly ClusterName[]
  /** The revision tag that points to it, of one of its managed clusters. */
  readonly tag?: RevisionTag
  readonly deployment: Controller
}

export interface RevisionTag {
  readonly cluster: ClusterName
  readonly name: string
  readonly revision: string
}

/** All control planes, in order of the inventory's clusters, then of namespace and name. */
export function discoverControlPlanes(inventory: Inventory): readonly ControlPlane[] {
  const clusters = inventory.clusters()
  const found = clusters.flatMap((cluster) => istiodsOf(inventory, cluster).map((each) => read(inventory, each)))
  const managed = managedClusters(inventory, found)
  const tags = clusters.flatMap((cluster) => revisionTags(inventory, cluster))
  return found.map((plane) => {
    const managedHere = managed.get(plane) ?? []
    const tag = tags.findLast(({ cluster, revision }) => managedHere.includes(cluster) && revision === plane.revision)
    return { ...plane, managedClusters: managedHere, ...(tag === undefined ? {} : { tag }) }
  })
}

/** One tag per cluster and revision; further ones are ignored, as Kiali does. */
export function revisionTags(inventory: Inventory, cluster: ClusterName): readonly RevisionTag[] {
  const byRevision = new Map<string, RevisionTag>()
  for (const { labels } of inventory.all('mutatingwebhookconfigurations.admissionregistration.k8s.io', cluster)) {
    const name = labels['istio.io/tag']
    const revision = labels['istio.io/rev'] ?? ''
    if (name !== undefined && !byRevision.has(revision)) byRevision.set(revision, { cluster, name, revision })
  }
  return [...byRevision.values()]
}

function istiodsOf(inventory: Inventory, cluster: ClusterName): readonly Controller[] {
  const istiods: Controller[] = []
  for (const deployment of inventory.all('deployments.apps', cluster)) {
    if (deployment.labels.app === 'istiod') istiods.push(deployment)
  }
  return istiods.sort((a, b) => compare(a.namespace, b.namespace) || compare(a.name, b.name))
}

function read(inventory: Inventory, deployment: Controller): Omit<ControlPlane, 'tag'> {
  const { cluster, namespace, name } = deployment
  const container = deployment.template.containers[0]
  const env = container?.env ?? {}
  const revision = deployment.labels['istio.io/rev'] ?? ''
  const id = env.CLUSTER_ID ?? ''
  const at = { cluster, namespace }
  const suffix = revision === '' || revision === 'default' ? '' : `-${revision}`
  const sharedName = env.SHARED_MESH_CONFIG
  const shared = sharedName !== undefined && id === cluster ? inventory.get('configmaps', at, sharedName) : undefined
  const config = meshConfigOf(inventory.get('configmaps', at, `istio${suffix}`), shared)
  return {
    cluster,
    namespace,
    name,
    revision,
    id,
    external: id !== cluster,
    managesExternal: env.EXTERNAL_ISTIOD === 'true',
    ambient: (env.PILOT_ENABLE_AMBIENT ?? '').toLowerCase() === 'true',
    config,
    rootNamespace: config.rootNamespace || namespace,
    network: networkOf(inventory, deployment, suffix),
    monitoringPort: monitoringPort(container?.args ?? []),
    managedClusters: [],
    deployment,
  }
}

/** From the injector's values of that revision, else from the label of the system namespace. */
function networkOf(inventory: Inventory, { cluster, namespace }: Controller, suffix: string): string {
  const injector = inventory.get('configmaps', { cluster, namespace }, `istio-sidecar-injector${suffix}`)
  const stated = textOf(fieldsOf(fieldsOf(json(injector?.data.values ?? '')).global).network)
  if (stated !== '') return stated
  const system = inventory.get('namespaces', { cluster, namespace: '' }, namespace)
  return system?.labels['topology.istio.io/network'] ?? ''
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function monitoringPort(args: readonly string[]): number {
  const at = args.findIndex((arg) => arg.startsWith('--monitoringAddr'))
  if (at < 0) return 15014
  const arg = args[at] ?? ''
  const address = arg.includes('=') ? arg : (args[at + 1] ?? '')
  const port = Number(address.slice(address.lastIndexOf(':') + 1))
  return Number.isInteger(port) && port > 0 ? port : 15014
}

type Found = Omit<ControlPlane, 'tag'>

/** Its own cluster when the id says so; clusters without an istiod by 9.4. */
function managedClusters(inventory: Inventory, planes: readonly Found[]): Map<Found, ClusterName[]> {
  const managed = new Map<Found, ClusterName[]>(planes.map((plane) => [plane, plane.external ? [] : [plane.cluster]]))
  for (const cluster of inventory.clusters()) {
    if (planes.some((plane) => plane.cluster === cluster)) continue
    for (const plane of managersOf(inventory, cluster, planes)) managed.get(plane)?.push(cluster)
  }
  return managed
}

function managersOf(inventory: Inventory, cluster: ClusterName, planes: readonly Found[]): readonly Found[] {
  const outside = planes.find((plane) => plane.external && plane.id === cluster)
  if (outside !== undefined) return [outside]
  for (const { annotations } of inventory.all('namespaces', cluster)) {
    const ids = annotations['topology.istio.io/controlPlaneClusters']
    if (ids === undefined) continue
    const named = ids.split(',')
    return planes.filter((plane) => plane.managesExternal && (ids === '*' || named.includes(plane.id)))
  }
  return []
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
