/** What stands behind an object, by logical name: which cluster has it, and a short note on it there. */
import type { AppDetails, PodDocument, ServiceDetails, WorkloadDetails } from '@binocle/api/catalog'
import type { ClusterName, LogicalKind } from '@binocle/api/identity'
import { counted } from '../../components/format.ts'

export interface Related {
  readonly kind: LogicalKind
  readonly name: string
  readonly namespace: string
  /** A note for each cluster that has it. */
  readonly notes: ReadonlyMap<ClusterName, string>
}

type Documents<Document> = Readonly<Record<ClusterName, Document>>

export const relatedToService = (documents: Documents<ServiceDetails>): Related[] =>
  gathered(documents, ({ service, workloads }) => [
    ...(workloads ?? []).map((workload) => ({
      kind: 'workload' as const,
      name: workload.name,
      namespace: workload.namespace,
      note: [workload.labels.version, counted(workload.podCount, 'pod')].filter(Boolean).join(', '),
    })),
    ...appsOf(workloads ?? []).map((name) => ({ kind: 'app' as const, name, namespace: service.namespace, note: '' })),
  ])

export const relatedToWorkload = (documents: Documents<WorkloadDetails>): Related[] =>
  gathered(documents, (workload) => [
    ...(workload.services ?? []).map(({ name, namespace }) => ({
      kind: 'service' as const,
      name,
      namespace,
      note: '',
    })),
    ...appsOf([workload]).map((name) => ({ kind: 'app' as const, name, namespace: workload.namespace, note: '' })),
  ])

export const relatedToApp = (documents: Documents<AppDetails>): Related[] =>
  gathered(documents, ({ namespace, workloads, serviceNames }) => [
    ...workloads.map(({ workloadName, namespace: own, labels, gvk }) => ({
      kind: 'workload' as const,
      name: workloadName,
      namespace: own,
      note: [labels.version, gvk.Kind].filter(Boolean).join(', '),
    })),
    ...serviceNames.map((name) => ({ kind: 'service' as const, name, namespace: namespace.name, note: '' })),
  ])

export interface PodRow {
  readonly cluster: ClusterName
  readonly pod: PodDocument
}

/** Pods that are not running first, then by cluster and name. */
export const podsOf = (documents: Documents<WorkloadDetails>): PodRow[] =>
  Object.entries(documents)
    .flatMap(([cluster, { pods }]) => pods.map((pod) => ({ cluster, pod })))
    .toSorted((a, b) => Number(isWell(a.pod)) - Number(isWell(b.pod)))

/** Running, and every container ready. */
export const isWell = ({ status, containers, istioContainers }: PodDocument): boolean =>
  status === 'Running' && [...(containers ?? []), ...(istioContainers ?? [])].every(({ isReady }) => isReady)

/** `2 of 2`: containers that are ready, the proxy included. */
export function readyContainers({ containers, istioContainers }: PodDocument): string {
  const all = [...(containers ?? []), ...(istioContainers ?? [])]
  return `${all.filter(({ isReady }) => isReady).length} of ${all.length}`
}

/** What istiod says of the proxy: `synced`, or what is not. */
export function proxyWords({ proxyStatus }: PodDocument): string {
  if (proxyStatus === null || proxyStatus === undefined) return 'unknown'
  const behind = Object.entries(proxyStatus).filter(([, state]) => state !== 'Synced' && state !== 'IGNORED')
  return behind.length === 0 ? 'synced' : behind.map(([type, state]) => `${type} ${state.toLowerCase()}`).join(', ')
}

const appsOf = (workloads: readonly { labels: Record<string, string> }[]): string[] => [
  ...new Set(
    workloads.flatMap(
      ({ labels }) => labels['service.istio.io/canonical-name'] ?? labels['app.kubernetes.io/name'] ?? labels.app ?? [],
    ),
  ),
]

type Sighting = { kind: LogicalKind; name: string; namespace: string; note: string }

function gathered<Document>(documents: Documents<Document>, seenIn: (document: Document) => Sighting[]): Related[] {
  const found = new Map<string, { kind: LogicalKind; name: string; namespace: string; notes: Map<string, string> }>()
  for (const [cluster, document] of Object.entries(documents)) {
    for (const { kind, name, namespace, note } of seenIn(document)) {
      const key = `${kind}/${namespace}/${name}`
      const one = found.get(key) ?? { kind, name, namespace, notes: new Map<string, string>() }
      one.notes.set(cluster, note)
      found.set(key, one)
    }
  }
  return [...found.values()]
}
