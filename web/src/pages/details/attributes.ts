/** Which attributes the three detail pages show side by side, in the order they are read. */
import type {
  AppDetails,
  ConfigDocument,
  MtlsStatus,
  ServiceDetails,
  WorkloadDetails,
  WorkloadOverview,
} from '@binocle/api/catalog'
import { counted } from '../../components/format.ts'
import type { Attribute, Value } from './sideBySide.ts'
import { trafficValue } from './traffic.ts'

export const serviceAttributes: readonly Attribute<ServiceDetails>[] = [
  health(({ health }) => health.status?.status),
  traffic('Requests in', ({ health }) => health.requests.inbound),
  compared('Versions', ({ workloads }) => texts(versionsOf(workloads))),
  compared('Workloads', ({ workloads }) => texts((workloads ?? []).map(({ name }) => name))),
  own('Endpoints', ({ endpoints }) =>
    text(
      counted(
        endpoints.reduce((sum, { addresses }) => sum + addresses.length, 0),
        'address',
        'addresses',
      ),
    ),
  ),
  compared('Type', ({ service }) => text(service.type)),
  compared('Ports', ({ service }) =>
    texts(
      (service.ports ?? []).map(({ name, port, protocol }) => `${port}/${protocol}${name === '' ? '' : ` ${name}`}`),
    ),
  ),
  compared('Selector', ({ service }) => labels(service.selectors)),
  compared('External name', ({ service }) => text(service.externalName)),
  own('Addresses', ({ service }) => texts(service.ips ?? (service.ip === '' ? [] : [service.ip]))),
  compared('Mode', mode),
  compared('mTLS', ({ namespaceMTLS }) => text(mtlsWords[namespaceMTLS.status])),
  compared('Istio config', (details) => texts(configOf(details))),
  compared('Labels', ({ service }) => labels(service.labels)),
  own('Created', ({ service }) => time(service.createdAt)),
]

export const workloadAttributes: readonly Attribute<WorkloadDetails>[] = [
  health(({ health }) => health.status?.status),
  traffic('Requests in', ({ health }) => health.requests.inbound),
  traffic('Requests out', ({ health }) => health.requests.outbound),
  own('Ready', ({ availableReplicas, desiredReplicas }) => ({
    is: 'ready',
    available: availableReplicas,
    desired: desiredReplicas,
  })),
  compared('Replicas', ({ desiredReplicas }) => text(String(desiredReplicas))),
  compared('Kind', ({ gvk }) => text(gvk.Kind)),
  compared('Version', ({ labels: own }) => text(own.version)),
  compared('Images', ({ pods }) =>
    texts(pods.flatMap(({ containers }) => (containers ?? []).map(({ image }) => image))),
  ),
  compared('Proxy images', ({ pods }) =>
    texts(pods.flatMap(({ istioContainers }) => (istioContainers ?? []).map(({ image }) => image))),
  ),
  compared('Service account', ({ serviceAccountNames }) => texts(serviceAccountNames)),
  compared('Services', ({ services }) => texts((services ?? []).map(({ name }) => name))),
  compared('Mode', mode),
  compared('Labels', (workload) => labels(workload.labels)),
  own('Created', ({ createdAt }) => time(createdAt)),
]

export const appAttributes: readonly Attribute<AppDetails>[] = [
  health(({ health }) => health.status?.status),
  traffic('Requests in', ({ health }) => health.requests.inbound),
  traffic('Requests out', ({ health }) => health.requests.outbound),
  own('Ready', ({ health }) => readyOf(health.workloadStatuses)),
  compared('Versions', ({ workloads }) => texts(workloads.flatMap(({ labels: own }) => own.version ?? []))),
  compared('Workloads', ({ workloads }) => texts(workloads.map(({ workloadName }) => workloadName))),
  compared('Services', ({ serviceNames }) => texts(serviceNames)),
  compared('Service accounts', ({ workloads }) =>
    texts(workloads.flatMap(({ serviceAccountNames }) => serviceAccountNames)),
  ),
  compared('Mode', ({ isAmbient, workloads }) =>
    mode({ isAmbient, istioSidecar: workloads.some(({ istioSidecar }) => istioSidecar) }),
  ),
]

function compared<Document>(name: string, value: (document: Document) => Value | undefined): Attribute<Document> {
  return { name, compared: true, value }
}

function own<Document>(name: string, value: (document: Document) => Value | undefined): Attribute<Document> {
  return { name, compared: false, value }
}

function health<Document>(
  statusOf: (document: Document) => 'Failure' | 'Degraded' | 'Not Ready' | 'Healthy' | 'NA' | undefined,
) {
  return own<Document>('Health', (document) => ({ is: 'health', health: statusOf(document) ?? 'NA' }))
}

function traffic<Document>(name: string, ratesOf: (document: Document) => Parameters<typeof trafficValue>[0]) {
  return own<Document>(name, (document) => trafficValue(ratesOf(document)))
}

const mtlsWords: Record<MtlsStatus['status'], string> = {
  MTLS_DISABLED: 'disabled',
  MTLS_ENABLED: 'strict',
  MTLS_NOT_ENABLED: 'not enabled',
  MTLS_PARTIALLY_ENABLED: 'partly: permissive, or rules disagree',
  MTLS_VALIDATION_ERROR: 'its rules contradict each other',
  UNSET: 'no rule: permissive',
  UNSET_INHERITED_DISABLED: 'disabled by the mesh',
  UNSET_INHERITED_STRICT: 'strict, by the mesh',
}

const text = (said: string | undefined): Value | undefined =>
  said === undefined || said === '' ? undefined : { is: 'text', text: said }

const texts = (said: readonly string[]): Value | undefined =>
  said.length === 0 ? undefined : { is: 'texts', texts: [...new Set(said)].toSorted() }

/** Sorted by key: the order in the document means nothing, and equal sets must compare equal. */
function labels(said: Record<string, string> | null): Value | undefined {
  const pairs = Object.entries(said ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return pairs.length === 0 ? undefined : { is: 'labels', labels: Object.fromEntries(pairs) }
}

function time(said: string): Value | undefined {
  const timeMs = Date.parse(said)
  return Number.isNaN(timeMs) ? undefined : { is: 'time', timeMs }
}

function mode({ isAmbient, istioSidecar }: { isAmbient: boolean; istioSidecar: boolean }): Value {
  return { is: 'text', text: isAmbient ? 'ambient' : istioSidecar ? 'sidecar' : 'not in mesh' }
}

const versionsOf = (workloads: readonly WorkloadOverview[] | null): string[] =>
  (workloads ?? []).flatMap(({ labels: own }) => own.version ?? [])

function readyOf(statuses: readonly { availableReplicas: number; desiredReplicas: number }[]): Value {
  const available = statuses.reduce((sum, { availableReplicas }) => sum + availableReplicas, 0)
  const desired = statuses.reduce((sum, { desiredReplicas }) => sum + desiredReplicas, 0)
  return { is: 'ready', available, desired }
}

const configOf = (details: ServiceDetails): string[] =>
  [
    details.virtualServices,
    details.destinationRules,
    details.serviceEntries,
    details.k8sHTTPRoutes,
    details.k8sGRPCRoutes,
  ]
    .flatMap((documents) => documents ?? [])
    .map(configName)

const configName = ({ kind, metadata }: ConfigDocument): string => `${kind} ${String(metadata.name ?? '')}`
