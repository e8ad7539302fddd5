/**
 * The live inventory: the slim objects of all clusters, indexed by kind, cluster and namespace, and who changed last.
 * It holds unfiltered facts: what leaves the server passes through a viewer's scope (`access/`).
 */
import type { ClusterName, NamespaceRef } from '@binocle/api/identity'
import type { Problem } from '@binocle/api/problem'
import type { ConfigMap, ConfigObject, Controller, Namespace, Node, Pod, Service, Webhook } from './objects.ts'

/** What can be looked up, by the plural and group of the Kubernetes API. */
export interface Kinds {
  namespaces: Namespace
  nodes: Node
  pods: Pod
  services: Service
  configmaps: ConfigMap
  'deployments.apps': Controller
  'replicasets.apps': Controller
  'statefulsets.apps': Controller
  'daemonsets.apps': Controller
  'jobs.batch': Controller
  'cronjobs.batch': Controller
  replicationcontrollers: Controller
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': Webhook
  'destinationrules.networking.istio.io': ConfigObject
  'envoyfilters.networking.istio.io': ConfigObject
  'gateways.networking.istio.io': ConfigObject
  'proxyconfigs.networking.istio.io': ConfigObject
  'serviceentries.networking.istio.io': ConfigObject
  'sidecars.networking.istio.io': ConfigObject
  'virtualservices.networking.istio.io': ConfigObject
  'workloadentries.networking.istio.io': ConfigObject
  'workloadgroups.networking.istio.io': ConfigObject
  'telemetries.telemetry.istio.io': ConfigObject
  'trafficextensions.extensions.istio.io': ConfigObject
  'wasmplugins.extensions.istio.io': ConfigObject
  'authorizationpolicies.security.istio.io': ConfigObject
  'peerauthentications.security.istio.io': ConfigObject
  'requestauthentications.security.istio.io': ConfigObject
  'gatewayclasses.gateway.networking.k8s.io': ConfigObject
  'gateways.gateway.networking.k8s.io': ConfigObject
  'grpcroutes.gateway.networking.k8s.io': ConfigObject
  'httproutes.gateway.networking.k8s.io': ConfigObject
  'referencegrants.gateway.networking.k8s.io': ConfigObject
  'tcproutes.gateway.networking.k8s.io': ConfigObject
  'tlsroutes.gateway.networking.k8s.io': ConfigObject
  'udproutes.gateway.networking.k8s.io': ConfigObject
  'inferencepools.inference.networking.k8s.io': ConfigObject
  'serviceexports.multicluster.x-k8s.io': ConfigObject
  'serviceimports.multicluster.x-k8s.io': ConfigObject
}

export type Kind = keyof Kinds

/** How well a kind of a cluster is known. `absent`: the API group does not exist there. Times are Unix ms. */
export type KindState =
  | { readonly state: 'syncing' }
  | { readonly state: 'live'; readonly asOf: number }
  | { readonly state: 'stale'; readonly asOf: number; readonly cause: Problem }
  | { readonly state: 'failed'; readonly cause: Problem }
  | { readonly state: 'forbidden'; readonly cause: Problem }
  | { readonly state: 'absent' }

/** One settled change. `namespace` is '' for cluster-scoped kinds. */
export interface Change {
  readonly kind: Kind
  readonly cluster: ClusterName
  readonly namespace: string
  readonly name: string
  readonly type: 'added' | 'updated' | 'deleted'
}

/** What projections read. Lists are in order of name within a namespace; do not change them. */
export interface Inventory {
  /** Grows with every change. */
  readonly generation: number
  clusters(): readonly ClusterName[]
  /** All objects of a kind in one cluster. */
  all<K extends Kind>(kind: K, cluster: ClusterName): Iterable<Kinds[K]>
  /** Objects of a kind in one namespace of one cluster; empty when there are none. */
  in<K extends Kind>(kind: K, at: NamespaceRef): readonly Kinds[K][]
  /** `namespace` is '' for cluster-scoped kinds. */
  get<K extends Kind>(kind: K, at: NamespaceRef, name: string): Kinds[K] | undefined
  count(kind: Kind, cluster: ClusterName): number
  state(kind: Kind, cluster: ClusterName): KindState
  /** Grows with every change in the namespace ('' = cluster-scoped kinds): a projection of it may be kept as long as this stays. */
  version(at: NamespaceRef): number
  /** Grows with every change of this kind in this cluster. */
  kindVersion(kind: Kind, cluster: ClusterName): number
  /** Calls back after each change; returns how to stop. Never throws into the writer. */
  onChange(listener: (change: Change) => void): () => void
}

/** What reflectors write. */
export interface InventoryWriter {
  /** The whole truth about a kind of a cluster: differences become changes. */
  replace<K extends Kind>(kind: K, cluster: ClusterName, objects: readonly Kinds[K][]): void
  put<K extends Kind>(kind: K, object: Kinds[K]): void
  remove(kind: Kind, at: NamespaceRef, name: string): void
  /** Like `replace`, object by object as they arrive; of one namespace alone where it is given. */
  resync<K extends Kind>(kind: K, cluster: ClusterName, namespace?: string): Resync<K>
  setState(kind: Kind, cluster: ClusterName, state: KindState): void
  /** Forgets all of a cluster that is no longer part of the mesh. */
  dropCluster(cluster: ClusterName): void
}

export interface Resync<K extends Kind> {
  put(object: Kinds[K]): void
  /** Everything was put: what was not is deleted. Without it nothing is. */
  done(): void
}
