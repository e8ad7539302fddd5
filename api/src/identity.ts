/**
 * How things of the mesh are named. A physical object lives in one cluster; a logical one is what namespace sameness
 * makes of all objects of one kind, namespace and name.
 */

/** The one name of a cluster: Istio's CLUSTER_ID, the metric labels' `source_cluster`, the kubeconfig's cluster. */
export type ClusterName = string

/** A namespace of one cluster. */
export interface NamespaceRef {
  readonly cluster: ClusterName
  readonly namespace: string
}

/** One Kubernetes object. `kind` is the Kubernetes kind, e.g. `Deployment`. */
export interface ObjectRef extends NamespaceRef {
  readonly kind: string
  readonly name: string
}

/** What pages and lists call one thing, however many clusters hold a part of it. */
export interface LogicalRef {
  readonly kind: LogicalKind
  readonly namespace: string
  readonly name: string
}

export type LogicalKind = 'app' | 'service' | 'workload'
