/**
 * The slim forms in which Kubernetes objects are kept: only what some page or answer shows. Made from the API's JSON by
 * `slim.ts`, at the parser, so that the full object never outlives its line. Equal sub-values are shared: treat all as
 * frozen.
 */
import type { ClusterName } from '@binocle/api/identity'

export type Labels = Readonly<Record<string, string>>

/** What every object has. Empty maps are shared constants, never undefined. */
export interface Meta {
  readonly cluster: ClusterName
  /** `''` for cluster-scoped objects. */
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly resourceVersion: string
  /** As served: RFC 3339, seconds, UTC. */
  readonly createdAt: string
  readonly labels: Labels
  readonly annotations: Labels
  /** Whether `metadata.labels` / `metadata.annotations` were there at all: Kiali tells null from {}. */
  readonly hasLabels: boolean
  readonly hasAnnotations: boolean
}

export interface Owner {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly controller: boolean
}

export interface Namespace extends Meta {}

export interface Service extends Meta {
  readonly type: string
  readonly clusterIP: string
  readonly clusterIPs: readonly string[]
  readonly ipFamilies: readonly string[]
  readonly externalName: string
  readonly selector: Labels
  readonly hasSelector: boolean
  readonly ports: readonly ServicePort[]
  /** From `status.loadBalancer.ingress`: addresses or host names. */
  readonly loadBalancer: readonly string[]
}

export interface ServicePort {
  readonly name: string
  readonly protocol: string
  readonly port: number
  readonly targetPort: string
  readonly appProtocol: string
}

export interface Container {
  readonly name: string
  readonly image: string
  /** From the container's status; false when there is none. */
  readonly ready: boolean
  /** Native sidecars are init containers that restart always. */
  readonly restartPolicy: string
  readonly ports: readonly { readonly name: string; readonly port: number; readonly protocol: string }[]
}

export interface Pod extends Meta {
  readonly owners: readonly Owner[]
  readonly containers: readonly Container[]
  readonly initContainers: readonly Container[]
  readonly serviceAccount: string
  readonly nodeName: string
  readonly hostNetwork: boolean
  readonly phase: string
  readonly message: string
  readonly reason: string
  readonly podIP: string
  /** The `Ready` condition. */
  readonly ready: boolean
}

/** The pod template of a workload's controller. */
export interface PodTemplate {
  readonly labels: Labels
  readonly annotations: Labels
  readonly hasLabels: boolean
  readonly hasAnnotations: boolean
  readonly serviceAccount: string
  readonly containers: readonly TemplateContainer[]
}

export interface TemplateContainer {
  readonly name: string
  readonly image: string
  /** Kept only of control planes (label `app: istiod`, or image `pilot`): CLUSTER_ID, PILOT_ENABLE_AMBIENT and so on. */
  readonly env: Labels
  readonly args: readonly string[]
  /** Container ports; absent = none. */
  readonly ports?: readonly { readonly name: string; readonly port: number }[]
  /** Kubernetes form, as served; kept only of control planes. */
  readonly resources?: unknown
}

export type WorkloadKind =
  | 'CronJob'
  | 'DaemonSet'
  | 'Deployment'
  | 'DeploymentConfig'
  | 'Job'
  | 'ReplicaSet'
  | 'ReplicationController'
  | 'StatefulSet'

/** Any controller of pods. Counts that a kind does not have are 0. */
export interface Controller extends Meta {
  readonly kind: WorkloadKind
  readonly apiVersion: string
  readonly owners: readonly Owner[]
  readonly selector: Labels
  readonly template: PodTemplate
  readonly desiredReplicas: number
  readonly currentReplicas: number
  readonly availableReplicas: number
  readonly readyReplicas: number
}

/** Kept only of the ones that carry mesh configuration, injector values or root certificates; others keep no data. */
export interface ConfigMap extends Meta {
  readonly data: Labels
}

/** Zones and regions come from labels. */
export interface Node extends Meta {
  readonly kubeletVersion: string
  readonly ready: boolean
}

/** Revision tags live in `MutatingWebhookConfiguration`s. Only labels matter. */
export interface Webhook extends Meta {}

/** An object of Istio's or the Gateway API: `resource` is the object as served without `metadata.managedFields`. */
export interface ConfigObject extends Meta {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly resource: KubernetesObject
}

/** Kubernetes JSON. `spec` and `status` are read by the parsers of `istioconfig/`. */
export interface KubernetesObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: Readonly<Record<string, unknown>>
  readonly spec?: Readonly<Record<string, unknown>>
  readonly status?: Readonly<Record<string, unknown>>
}
