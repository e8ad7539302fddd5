/**
 * What the control planes say about a cluster or a namespace: discovery of the mesh, made anew only when an object that it
 * rests on changed.
 */
import type { ClusterName, NamespaceRef } from '@binocle/api/identity'
import type { Config } from '../config/config.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { Labels, Namespace } from '../inventory/objects.ts'
import { type Clusters, type ControlPlane, discoverControlPlanes } from './controlPlanes.ts'
import { evidenceOf } from './evidence.ts'
import { membership, namespacesOf, revisionNames } from './managedNamespaces.ts'

export interface MeshFacts {
  /** In order of cluster, namespace and name. */
  readonly controlPlanes: readonly ControlPlane[]
  /** Deployed in the cluster. */
  controlPlanesIn(cluster: ClusterName): readonly ControlPlane[]
  /** Those whose configuration counts for workloads of the cluster: its own, else the ones that manage it. */
  managersOf(cluster: ClusterName): readonly ControlPlane[]
  /** Deployed in this very namespace. */
  controlPlanesAt(at: NamespaceRef): readonly ControlPlane[]
  /** Namespaces that follow the control plane, in order of its clusters, then of name. */
  namespacesOf(plane: ControlPlane): readonly Namespace[]
  /** The control plane whose configuration counts for a namespace; of a namespace that follows none, for its cluster. */
  managerOf(at: NamespaceRef): ControlPlane | undefined
  /** A DaemonSet labelled `app=ztunnel` exists. */
  isAmbient(cluster: ClusterName): boolean
}

interface Kept {
  generation: number
  readonly clusters: Clusters
  readonly configMaps: string
  readonly facts: MeshFacts
}

const kept = new WeakMap<Inventory, Kept>()

export function meshFactsOf(inventory: Inventory): MeshFacts {
  const last = kept.get(inventory)
  if (last !== undefined && last.generation === inventory.generation) return last.facts
  const names = inventory.clusters()
  const clusters: Clusters = new Map(names.map((cluster) => [cluster, evidenceOf(inventory, cluster)]))
  const configMaps = names.map((cluster) => inventory.kindVersion('configmaps', cluster)).join()
  if (last !== undefined && last.configMaps === configMaps && sameClusters(last.clusters, clusters)) {
    last.generation = inventory.generation
    return last.facts
  }
  const facts = gather(inventory, clusters)
  kept.set(inventory, { generation: inventory.generation, clusters, configMaps, facts })
  return facts
}

/** The same lists: `evidenceOf` keeps them while nothing in them changed. */
function sameClusters(a: Clusters, b: Clusters): boolean {
  if (a.size !== b.size) return false
  for (const [cluster, { istiods, namespaces, tags, ztunnels }] of a) {
    const other = b.get(cluster)
    if (other?.istiods !== istiods || other.namespaces !== namespaces) return false
    if (other.tags !== tags || other.ztunnels !== ztunnels) return false
  }
  return true
}

function gather(inventory: Inventory, clusters: Clusters): MeshFacts {
  const controlPlanes = discoverControlPlanes(inventory, clusters)
  const here = new Map<ClusterName, ControlPlane[]>()
  const managers = new Map<ClusterName, ControlPlane[]>()
  for (const plane of controlPlanes) {
    add(here, plane.cluster, plane)
    for (const cluster of plane.managedClusters) add(managers, cluster, plane)
  }
  const namespaces = new Map<ControlPlane, readonly Namespace[]>()
  const managed = (plane: ControlPlane): readonly Namespace[] => {
    let known = namespaces.get(plane)
    if (known === undefined) {
      known = namespacesOf(plane, clusters)
      namespaces.set(plane, known)
    }
    return known
  }
  let followed: ReadonlyMap<string, ControlPlane> | undefined
  return {
    controlPlanes,
    controlPlanesIn: (cluster) => here.get(cluster) ?? none,
    managersOf: (cluster) => managers.get(cluster) ?? none,
    controlPlanesAt: ({ cluster, namespace }) =>
      (here.get(cluster) ?? none).filter((plane) => plane.namespace === namespace),
    namespacesOf: managed,
    managerOf({ cluster, namespace }) {
      followed ??= new Map(
        [...controlPlanes]
          .reverse()
          .flatMap((plane) => managed(plane).map((of): [string, ControlPlane] => [`${of.cluster}/${of.name}`, plane])),
      )
      return followed.get(`${cluster}/${namespace}`) ?? managers.get(cluster)?.[0]
    },
    isAmbient: (cluster) => (clusters.get(cluster)?.ztunnels.length ?? 0) > 0,
  }
}

const none: readonly ControlPlane[] = []

function add(map: Map<ClusterName, ControlPlane[]>, cluster: ClusterName, plane: ControlPlane): void {
  const planes = map.get(cluster)
  if (planes === undefined) map.set(cluster, [plane])
  else planes.push(plane)
}

/** The domain of services' full names in a cluster, e.g. `svc.cluster.local` (multicluster.md 9.3). */
export function identityDomain(facts: MeshFacts, cluster: ClusterName, config: Config['istio']): string {
  if (config.identityDomain !== '') return config.identityDomain
  const trustDomain = facts.controlPlanesIn(cluster)[0]?.config.trustDomain ?? ''
  return `svc.${trustDomain === '' ? 'cluster.local' : trustDomain}`
}

/** The revision a namespace's labels ask for, as Kiali's document of it says (api.md 7.1); undefined = none. */
export function namespaceRevision(facts: MeshFacts, at: NamespaceRef, labels: Labels): string | undefined {
  const planes = facts.controlPlanesAt(at)
  if (planes.length > 0) {
    return [...new Set(planes.map(({ revision }) => revision || 'default'))].sort().join(',')
  }
  if (labels['istio-injection'] === 'disabled') return undefined
  if (labels['istio-injection'] === 'enabled') return 'default'
  return labels['istio.io/rev']
}

/** Ambient as Kiali's document says: the label, but of a control plane's namespace in an ambient cluster its istiod. */
export function isAmbientNamespace(facts: MeshFacts, at: NamespaceRef, labels: Labels): boolean {
  const planes = facts.controlPlanesAt(at)
  if (planes.length > 0 && facts.isAmbient(at.cluster)) return planes.some(({ ambient }) => ambient)
  return labels['istio.io/dataplane-mode'] === 'ambient'
}

/** The control plane that decides for a namespace: the one that lives there, else the first that manages its cluster. */
export function controlPlaneOf(facts: MeshFacts, at: NamespaceRef, labels: Labels): ControlPlane | undefined {
  const own = facts
    .controlPlanesIn(at.cluster)
    .find((plane) => [plane.namespace, plane.rootNamespace].includes(at.namespace))
  if (own !== undefined) return own
  const revision = membership(labels)
  return facts.managersOf(at.cluster).find((plane) => revisionNames(plane, at.cluster).has(revision))
}
