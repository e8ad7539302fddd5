/**
 * Facts that other parts of the server bring to lists and details when they are there. Each is optional: without it the
 * documents say what Kiali says when it does not know.
 */
import type { ProxyStatus, ResourcePermissions, Runtime, Validations } from '@binocle/api/catalog'
import type { NamespaceRef } from '@binocle/api/identity'
import type { IstiodFactsSource } from '../istiod/facts.ts'
import type { Workload } from './workload.ts'

/** What the istiods say of proxies. */
export interface ProxyStatuses {
  /** Grows with every change, so that projections know when to be made anew. */
  readonly version: number
  /** undefined: no istiod knows the pod. */
  proxyStatus(at: NamespaceRef, pod: string): ProxyStatus | undefined
  /** As ztunnel sees the pod: `HBONE` or `TCP`; undefined when it does not say. */
  protocol?(at: NamespaceRef, pod: string): string | undefined
}

export interface ValidationSource {
  /** Everything known of a cluster, for details with `validate=true`. */
  cluster(cluster: string): Validations
  /** Only the entries of pseudo kind `service` or `workload` of these namespaces, for lists. */
  list(kind: 'service' | 'workload', namespaces: readonly NamespaceRef[]): Validations
  /** Some namespace-wide PeerAuthentication of the namespace has a validation of severity error. */
  brokenPeerAuthentication(at: NamespaceRef): boolean
}

/** Which dashboards fit the metrics of some workloads. */
export type RuntimeSource = (at: NamespaceRef, workloads: readonly Workload[]) => Promise<Runtime[]>

/** The viewer's rights on VirtualServices of a namespace; they stand for all routing objects. */
export type PermissionSource = (at: NamespaceRef) => Promise<ResourcePermissions>

/** All that `Mesh` may carry for the catalog. */
export interface Providers {
  readonly istiod?: ProxyStatuses
  /** What istiods say of themselves and of the clusters that they read. */
  readonly istiodFacts?: IstiodFactsSource
  readonly validations?: ValidationSource
  readonly runtimes?: RuntimeSource
  readonly permissions?: PermissionSource
}
