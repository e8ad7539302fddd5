/** The istiods of a cluster, and what each thinks of the clusters it reads (`/debug/clusterz`). */
import type { DiagnosisFinding } from '@binocle/api/diagnosis'
import { isRecord, type Json, record, records, text } from '../inventory/json.ts'
import type { KubeApi } from '../kube/api.ts'
import { KubeFailure } from '../kube/failure.ts'
import { createPodHttp, PodStatus } from '../kube/podRequest.ts'
import { fromProblem, type Outcome, ok, trouble } from './step.ts'

export interface IstiodPodFacts {
  readonly namespace: string
  readonly name: string
  readonly running: boolean
  /** The environment variable CLUSTER_ID; '' when it is not set. */
  readonly clusterId: string
  /** EXTERNAL_ISTIOD: it serves clusters other than its own. */
  readonly external: boolean
}

export interface ControlPlanesSeen {
  readonly pods: readonly IstiodPodFacts[]
  /** Clusters that a namespace names as its control planes (`topology.istio.io/controlPlaneClusters`). */
  readonly elsewhere: readonly string[]
}

/** Throws `KubeFailure`. */
export async function lookForIstiods(api: KubeApi, signal: AbortSignal): Promise<ControlPlanesSeen> {
  const [pods, namespaces] = await Promise.all([
    api.get('/api/v1/pods?labelSelector=app%3Distiod', { signal }),
    api.get('/api/v1/namespaces', { signal, accept: metadataOnly }),
  ])
  const elsewhere = listed(namespaces).flatMap((namespace) => {
    const named = text(record(record(namespace, 'metadata'), 'annotations'), controlPlaneClusters)
    return named === '' ? [] : named.split(',').map((each) => each.trim())
  })
  return { pods: listed(pods).map(podFacts), elsewhere: [...new Set(elsewhere)] }
}

/** Asks one running istiod through a port-forward. */
export async function istiodOutcome(api: KubeApi, seen: ControlPlanesSeen, timeoutMs: number): Promise<Outcome> {
  if (seen.pods.length === 0) return withoutIstiod(seen.elsewhere)
  const running = seen.pods.filter((pod) => pod.running)
  const found = `${running.length} of ${seen.pods.length} istiod pods run.`
  const [first] = running
  if (first === undefined) {
    return trouble(
      'failed',
      found,
      'No istiod pod is running: proxies get no configuration.',
      `Look at them: kubectl get pods -A -l app=istiod; kubectl describe them.`,
    )
  }
  try {
    const remotes = await clusterz(api, first, timeoutMs)
    const bad = remotes.filter(({ state }) => state !== 'ok')
    if (bad.length === 0) return ok(`${found} ${words(remotes)}`, remotes)
    return trouble(
      'warning',
      found,
      `${first.name} cannot read every cluster it has a remote secret for: it knows no endpoints there.`,
      'Look at the secrets labelled istio/multiCluster=true beside istiod, and renew the one of that cluster with istioctl create-remote-secret.',
      { findings: remotes },
    )
  } catch (error) {
    return unanswered(found, first, error)
  }
}

const controlPlaneClusters = 'topology.istio.io/controlPlaneClusters'
/** Large objects are not sent where only names and labels are read. */
export const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json'

/** The parts of a list's answer; empty when it is none. */
export const listed = (answer: unknown): readonly Json[] => (isRecord(answer) ? records(answer, 'items') : [])

function podFacts(pod: Json): IstiodPodFacts {
  const metadata = record(pod, 'metadata')
  const env = records(record(pod, 'spec'), 'containers').flatMap((container) => records(container, 'env'))
  const envOf = (name: string): string => {
    const found = env.find((each) => each.name === name)
    return found === undefined ? '' : text(found, 'value')
  }
  return {
    namespace: text(metadata, 'namespace'),
    name: text(metadata, 'name'),
    running: text(record(pod, 'status'), 'phase') === 'Running',
    clusterId: envOf('CLUSTER_ID'),
    external: envOf('EXTERNAL_ISTIOD') === 'true',
  }
}

function withoutIstiod(elsewhere: readonly string[]): Outcome {
  if (elsewhere.length > 0) {
    return ok(`No istiod runs here: its control plane is in ${elsewhere.join(', ')}, as a namespace says.`)
  }
  return trouble(
    'warning',
    'No istiod runs here.',
    'No pod is labelled app=istiod, and no namespace names a control plane in another cluster.',
    `If the cluster is served by another one, annotate its system namespace: ${controlPlaneClusters}=<cluster>.`,
  )
}

async function clusterz(
  api: KubeApi,
  { namespace, name }: IstiodPodFacts,
  timeoutMs: number,
): Promise<DiagnosisFinding[]> {
  const { forward } = api
  if (forward === undefined) return []
  const http = createPodHttp(() => forward({ namespace, pod: name, port: monitoringPort }, timeoutMs))
  const answer = await http
    .text({ path: '/debug/clusterz', timeoutMs })
    .then(parsed)
    .finally(() => http.close())
  if (!Array.isArray(answer)) throw new Error('/debug/clusterz did not answer a list')
  return answer.filter(isRecord).map((remote) => {
    const status = text(remote, 'syncStatus')
    const secret = text(remote, 'secretName')
    const from = secret === '' ? '' : ` (secret ${secret})`
    return { state: status === 'synced' ? 'ok' : 'warning', text: `${name}: ${text(remote, 'id')} ${status}${from}` }
  })
}

const monitoringPort = 15014

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

const words = (remotes: readonly DiagnosisFinding[]): string =>
  remotes.length === 0 ? 'It names no clusters.' : `It reads ${remotes.length} cluster${remotes.length > 1 ? 's' : ''}.`

function unanswered(found: string, { name }: IstiodPodFacts, error: unknown): Outcome {
  if (error instanceof KubeFailure) return fromProblem(error.problem, found, 'warning')
  const cause = error instanceof Error ? error.message : String(error)
  if (error instanceof PodStatus && error.status === 404) {
    return trouble(
      'warning',
      found,
      `${name} answers, but not at /debug: its debug endpoints are off (ENABLE_DEBUG_ON_HTTP=false).`,
      'Nothing but the sync state of proxies and its view of other clusters is missing; switch them on to see it.',
    )
  }
  return trouble(
    'warning',
    found,
    `${name} cannot be asked over a port-forward: ${cause}`,
    'Grant get and create on pods/portforward, and let the API server reach pods on port 15014 (firewalls of private nodes).',
  )
}
