/**
 * Facts that other parts of the server bring to lists and details when they are there. Each is optional: without it the
 * documents say what Kiali says when it does not know.
 */
import type { ObjectValidation, ProxyStatus, Runtime, ValidationSummary, Validations } from '@binocle/api/catalog'
import type { ClusterName, NamespaceRef } from '@binocle/api/identity'
import type { IstioReferences } from '@binocle/api/istioConfig'
import type { SendChange } from '../access/change.ts'
import type { Scope } from '../access/scope.ts'
import type { ConfigObject } from '../inventory/objects.ts'
import type { Rights } from '../istioconfig/rights.ts'
import type { IstiodFactsSource } from '../istiod/facts.ts'
import type { SeriesSource } from '../telemetry/series.ts'
import type { Workload } from './workload.ts'

/** What the istiods say of proxies. */
export interface ProxyStatuses {
  /** Grows with every change, so that projections know when to be made anew. */
  readonly version: number
  /** The same for the proxies of one cluster, or of one of its namespaces. */
  versionIn?(cluster: ClusterName, namespace?: string): number
  /** undefined: no istiod knows the pod. */
  proxyStatus(at: NamespaceRef, pod: string): ProxyStatus | undefined
  /** As ztunnel sees the pod: `HBONE` or `TCP`; undefined when it does not say. */
  protocol?(at: NamespaceRef, pod: string): string | undefined
}

/** What is asked for of a cluster's validations; absent = everything. */
export interface WantedValidations {
  readonly namespaces?: readonly string[]
  /** `type`: `networking.istio.io/v1, Kind=Gateway`, or `service`, `workload`. */
  readonly keep?: (type: string, name: string) => boolean
}

/** Verdicts on the configuration, of what a viewer may see. What has no entry is not validated (yet). */
export interface ValidationSource {
  one(scope: Scope, at: NamespaceRef, type: string, name: string): ObjectValidation | undefined
  of(scope: Scope, cluster: string, wanted?: WantedValidations): Validations
  summary(scope: Scope, at: NamespaceRef): ValidationSummary
  /** What the object is about; null when objects of its kind refer to nothing, or its cluster is not judged yet. */
  references(scope: Scope, object: ConfigObject): IstioReferences | null
  /** Everything of a cluster, but of the pseudo kind only what has this name: for details with `validate=true`. */
  details(scope: Scope, cluster: string, kind: 'service' | 'workload', name: string): Validations
  /** Only the entries of a pseudo kind in these namespaces, which the viewer sees, for lists. */
  list(scope: Scope, kind: 'service' | 'workload', namespaces: readonly NamespaceRef[]): Validations
  /** Some PeerAuthentication of the whole namespace is not valid. */
  brokenPeerAuthentication(at: NamespaceRef): boolean
}

/** Which dashboards fit the metrics of some workloads. */
export type RuntimeSource = (at: NamespaceRef, workloads: readonly Workload[]) => Promise<Runtime[]>

/** All that `Mesh` may carry for the catalog. */
export interface Providers {
  readonly istiod?: ProxyStatuses
  /** What istiods say of themselves and of the clusters that they read. */
  readonly istiodFacts?: IstiodFactsSource
  readonly validations?: ValidationSource
  readonly runtimes?: RuntimeSource
  /** What may be written of any type; without it the API server decides when it is tried. */
  readonly rights?: Rights
  /** How a person changes something; absent where nothing can be changed. */
  readonly change?: SendChange
  /** Values over time; absent where no Prometheus is configured. */
  readonly series?: SeriesSource
}
