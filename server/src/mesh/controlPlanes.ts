/** The control planes of the mesh: one per istiod Deployment, and which clusters each manages (multicluster.md 9). */
import type { ClusterName } from '@binocle/api/identity'
import type { Inventory } from '../inventory/inventory.ts'
import type { ConfigMap, Controller, Namespace, Webhook } from '../inventory/objects.ts'
import { fieldsOf, textOf } from '../istioconfig/read.ts'
import type { Evidence } from './evidence.ts'
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
  /** Where `config` comes from; absent ones do not exist, or may not be read. */
  readonly sources: { readonly standard?: ConfigMap; readonly shared?: ConfigMap }
  /** `istio-ca-root-cert` of its namespace: the roots of trust that it gives to workloads. */
  readonly roots?: ConfigMap
  /** Env of istiod, as far as values are literal: what is switched on in it. */
  readonly env: Readonly<Record<string, string>>
  readonly rootNamespace: string
  readonly network: string
  readonly monitoringPort: number
  readonly managedClusters: readonly ClusterName[]
  /** The revision tag that points to it, of one of its managed clusters: Kiali knows one at most. */
  readonly tag?: RevisionTag
  /** All of them, in order of cluster and name. */
  readonly tags: readonly RevisionTag[]
  readonly deployment: Controller
}

export interface RevisionTag {
  readonly cluster: ClusterName
  readonly name: string
  readonly revision: string
}

/** What is known of each cluster, in order of name. */
export type Clusters = ReadonlyMap<ClusterName, Evidence>

/** All control planes, in order of cluster, namespace and name. */
export function discoverControlPlanes(inventory: Inventory, clusters: Clusters): readonly ControlPlane[] {
  const found = [...clusters.values()].flatMap(({ istiods }) => istiods.map((each) => read(inventory, each)))
  const managed = managedClusters(clusters, found)
  const tags = [...clusters].flatMap(([cluster, evidence]) => evidence.tags.map((each) => revisionTag(cluster, each)))
  const firsts = firstOfRevision(tags)
  return found.map((plane) => {
    const managedHere = managed.get(plane) ?? []
    const points = ({ cluster, revision }: RevisionTag) => managedHere.includes(cluster) && revision === plane.revision
    const tag = firsts.findLast(points)
    return {
      ...plane,
      managedClusters: managedHere,
      tags: tags.filter(points),
      ...(tag === undefined ? {} : { tag }),
    }
  })
}

const revisionTag = (cluster: ClusterName, { labels }: Webhook): RevisionTag => ({
  cluster,
  name: labels['istio.io/tag'] ?? '',
  revision: labels['istio.io/rev'] ?? '',
})

/** One tag per cluster and revision; further ones are ignored, as Kiali does. */
function firstOfRevision(tags: readonly RevisionTag[]): readonly RevisionTag[] {
  return tags.filter(
    (tag, i) => tags.findIndex((each) => each.cluster === tag.cluster && each.revision === tag.revision) === i,
  )
}

function read(inventory: Inventory, deployment: Controller): Found {
  const { cluster, namespace, name } = deployment
  const container = deployment.template.containers[0]
  const env = container?.env ?? {}
  const revision = deployment.labels['istio.io/rev'] ?? ''
  const id = env.CLUSTER_ID ?? ''
  const at = { cluster, namespace }
  const suffix = revision === '' || revision === 'default' ? '' : `-${revision}`
  const sharedName = env.SHARED_MESH_CONFIG
  const shared = sharedName !== undefined && id === cluster ? inventory.get('configmaps', at, sharedName) : undefined
  const standard = inventory.get('configmaps', at, `istio${suffix}`)
  const roots = inventory.get('configmaps', at, 'istio-ca-root-cert')
  const config = meshConfigOf(standard, shared)
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
    sources: { ...(standard === undefined ? {} : { standard }), ...(shared === undefined ? {} : { shared }) },
    ...(roots === undefined ? {} : { roots }),
    env,
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
  const stated = injector === undefined ? '' : injectorNetwork(injector)
  if (stated !== '') return stated
  const system = inventory.get('namespaces', { cluster, namespace: '' }, namespace)
  return system?.labels['topology.istio.io/network'] ?? ''
}

const networks = new WeakMap<ConfigMap, string>()

/** The injector's values are long: they are parsed once. */
function injectorNetwork(injector: ConfigMap): string {
  let network = networks.get(injector)
  if (network === undefined) {
    network = textOf(fieldsOf(fieldsOf(json(injector.data.values ?? '')).global).network)
    networks.set(injector, network)
  }
  return network
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

type Found = Omit<ControlPlane, 'tag' | 'tags'>

/** Its own cluster when the id says so; clusters without an istiod by 9.4. */
function managedClusters(clusters: Clusters, planes: readonly Found[]): Map<Found, ClusterName[]> {
  const managed = new Map<Found, ClusterName[]>(planes.map((plane) => [plane, plane.external ? [] : [plane.cluster]]))
  for (const [cluster, { istiods, namespaces }] of clusters) {
    if (istiods.length > 0) continue
    for (const plane of managersOf(cluster, namespaces, planes)) managed.get(plane)?.push(cluster)
  }
  return managed
}

/**
 * An external control plane names the cluster; else the first namespace that names control planes decides. Kiali does
 * not trim the names of the list; istiod does, and so do we.
 */
function managersOf(
  cluster: ClusterName,
  namespaces: readonly Namespace[],
  planes: readonly Found[],
): readonly Found[] {
  const outside = planes.find((plane) => plane.external && plane.id === cluster)
  if (outside !== undefined) return [outside]
  for (const { annotations } of namespaces) {
    const ids = annotations[controlPlaneClusters]
    if (ids === undefined) continue
    const named = ids.split(',').map((id) => id.trim())
    return planes.filter((plane) => plane.managesExternal && (named.includes('*') || named.includes(plane.id)))
  }
  return []
}

/** The annotation by which a remote cluster's system namespace names its control planes. */
export const controlPlaneClusters = 'topology.istio.io/controlPlaneClusters'
