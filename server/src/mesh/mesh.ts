/**
 * What the control planes say about a cluster or a namespace. Made once for a state of the objects it depends on, and
 * kept until one of them changes.
 */
import type { ClusterName, NamespaceRef } from '@binocle/api/identity'
import type { Config } from '../config/config.ts'
import type { Inventory, Kind } from '../inventory/inventory.ts'
import type { Labels } from '../inventory/objects.ts'
import { type ControlPlane, discoverControlPlanes } from './controlPlanes.ts'

export interface MeshFacts {
  readonly controlPlanes: readonly ControlPlane[]
  /** Deployed in the cluster. */
  controlPlanesIn(cluster: ClusterName): readonly ControlPlane[]
  /** Those whose configuration counts for workloads of the cluster: its own, else the ones that manage it. */
  managersOf(cluster: ClusterName): readonly ControlPlane[]
  /** Deployed in this very namespace. */
  controlPlanesAt(at: NamespaceRef): readonly ControlPlane[]
  /** A DaemonSet labelled `app=ztunnel` exists. */
  isAmbient(cluster: ClusterName): boolean
}

const dependsOn: readonly Kind[] = [
  'deployments.apps',
  'daemonsets.apps',
  'configmaps',
  'namespaces',
  'mutatingwebhookconfigurations.admissionregistration.k8s.io',
]

const kept = new WeakMap<Inventory, { generation: number; readonly versions: string; readonly facts: MeshFacts }>()

export function meshFactsOf(inventory: Inventory): MeshFacts {
  const last = kept.get(inventory)
  if (last !== undefined && last.generation === inventory.generation) return last.facts
  const versions = inventory
    .clusters()
    .map((cluster) => `${cluster}:${dependsOn.map((kind) => inventory.kindVersion(kind, cluster)).join()}`)
    .join(' ')
  if (last?.versions === versions) {
    last.generation = inventory.generation
    return last.facts
  }
  const facts = gather(inventory)
  kept.set(inventory, { generation: inventory.generation, versions, facts })
  return facts
}

function gather(inventory: Inventory): MeshFacts {
  const controlPlanes = discoverControlPlanes(inventory)
  const here = new Map(
    inventory.clusters().map((cluster) => [cluster, controlPlanes.filter((plane) => plane.cluster === cluster)]),
  )
  const managers = new Map(
    inventory
      .clusters()
      .map((cluster) => [cluster, controlPlanes.filter((plane) => plane.managedClusters.includes(cluster))]),
  )
  const ambient = new Map<ClusterName, boolean>()
  return {
    controlPlanes,
    controlPlanesIn: (cluster) => here.get(cluster) ?? [],
    managersOf: (cluster) => managers.get(cluster) ?? [],
    controlPlanesAt: ({ cluster, namespace }) =>
      (here.get(cluster) ?? []).filter((plane) => plane.namespace === namespace),
    isAmbient(cluster) {
      let known = ambient.get(cluster)
      if (known === undefined) {
        known = hasZtunnel(inventory, cluster)
        ambient.set(cluster, known)
      }
      return known
    },
  }
}

function hasZtunnel(inventory: Inventory, cluster: ClusterName): boolean {
  for (const { labels } of inventory.all('daemonsets.apps', cluster)) if (labels.app === 'ztunnel') return true
  return false
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
  return facts
    .managersOf(at.cluster)
    .find((plane) => (plane.tag?.cluster === at.cluster ? plane.tag.name : plane.revision) === revision)
}

function membership(labels: Labels): string {
  if (labels['istio-injection'] === 'enabled') return 'default'
  const revision = labels['istio.io/rev']
  if (revision !== undefined) return revision
  return labels['istio.io/dataplane-mode'] === 'ambient' ? 'default' : ''
}
