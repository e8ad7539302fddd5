/**
 * A whole simulated mesh in this process: an API server for each cluster, one Prometheus, the istiods behind
 * port-forward, and a control to break it with. Clients reach all of it over the network, as they reach a real mesh.
 */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Control, startControl } from './control.ts'
import { istiodBackend } from './istiod/istiod.ts'
import { type ApiServer, type ApiServerOptions, startApiServer } from './kube/apiServer.ts'
import type { Identity } from './kube/identities.ts'
import { kubeconfigOf } from './kube/kubeconfig.ts'
import type { OidcIssuer } from './kube/oidcTokens.ts'
import { everyMs, live } from './living.ts'
import { podLogs } from './logs.ts'
import { exposition } from './metrics/exposition.ts'
import { scenarioSeries } from './metrics/scenarioSeries.ts'
import type { SeriesSource } from './metrics/series.ts'
import { objectsOf } from './objects/objects.ts'
import { rootCertificate } from './objects/rootCertificate.ts'
import { type SimulatedPrometheus, startPrometheusApi } from './prometheus/server.ts'
import { proxyBackend } from './proxies/admin.ts'
import { recordedBackend } from './recording/istiods.ts'
import type { Recording } from './recording/load.ts'
import type { Scenario } from './scenario.ts'
import { type Topology, topologyOf } from './topology.ts'

export type MeshOptions = MeshSource & {
  /** Absent or 0: any free port. */
  readonly ports?: {
    readonly control?: number
    readonly prometheus?: number
    readonly clusters?: Readonly<Record<string, number>>
  }
  /** Unix ms; real time unless told otherwise. */
  readonly clock?: () => number
  /** The history that is there at the start; absent: one hour. */
  readonly historyS?: number
  /** The scrape interval; absent: 5 s. */
  readonly stepS?: number
  /** Further users of every cluster, by their tokens. */
  readonly identities?: readonly Identity[]
  /** Every cluster takes the tokens of this identity provider. */
  readonly oidc?: OidcIssuer
  /** Makes every cluster an OpenShift where the same people sign in. */
  readonly openShift?: ApiServerOptions['openShift']
  /** Kubernetes objects beside the scenario's, such as roles. */
  readonly extraObjects?: (cluster: string) => ApiServerOptions['objects']
  /** False: nothing restarts by itself. */
  readonly living?: boolean
  /** See `ApiServerOptions`. */
  readonly warm?: boolean
  /** Clusters that run and are not in the kubeconfig: the console has no access to them. */
  readonly hidden?: readonly string[]
  /** How long a slow Prometheus takes. */
  readonly slowPrometheusMs?: number
}

type MeshSource =
  | { readonly scenario: Scenario; readonly recording?: undefined }
  | { readonly recording: Recording; readonly scenario?: undefined }

export interface SimulatedMesh {
  /** Absent for a recording. */
  readonly topology: Topology | undefined
  readonly clusters: ReadonlyMap<string, ApiServer>
  readonly prometheus: SimulatedPrometheus
  readonly series: SeriesSource
  readonly control: Control
  /** A kubeconfig with one context for each cluster, named as it is; the token may do anything. */
  readonly kubeconfig: string
  /** The same in a file that only its owner can read; gone after `close`. */
  readonly kubeconfigFile: string
  /** The console's token by cluster. */
  readonly tokens: Readonly<Record<string, string>>
  close(): Promise<void>
}

export async function startMesh(options: MeshOptions): Promise<SimulatedMesh> {
  const clock = options.clock ?? Date.now
  const parts = options.recording
    ? recordedParts(options.recording)
    : await scenarioParts(options.scenario, options, clock)
  const tokens = Object.fromEntries(
    parts.clusters.map(({ cluster }) => [cluster, randomBytes(24).toString('base64url')]),
  )
  const servers = await Promise.all(
    parts.clusters.map((cluster) =>
      startApiServer({
        ...cluster,
        clock,
        port: options.ports?.clusters?.[cluster.cluster] ?? 0,
        ...(options.warm === undefined ? {} : { warm: options.warm }),
        objects: joined(cluster.objects, options.extraObjects?.(cluster.cluster) ?? []),
        identities: [consoleIdentity(tokens[cluster.cluster] ?? ''), ...(options.identities ?? [])],
        ...(options.openShift === undefined ? {} : { openShift: options.openShift }),
        ...(options.oidc === undefined ? {} : { oidc: options.oidc }),
      }),
    ),
  )
  const clusters = new Map(servers.map((server) => [server.cluster, server]))
  const prometheus = await startPrometheusApi({
    source: parts.series,
    clock,
    port: options.ports?.prometheus ?? 0,
    ...(options.slowPrometheusMs === undefined ? {} : { slowMs: options.slowPrometheusMs }),
  })
  const control = await startControl(
    { clusters, prometheus, exposition: () => exposition(parts.series, clock()) },
    options.ports?.control ?? 0,
  )
  const stopLiving = parts.topology && options.living !== false ? live(parts.topology, clusters, clock) : () => {}
  const kubeconfig = kubeconfigOf(
    servers.filter(({ cluster }) => options.hidden?.includes(cluster) !== true),
    tokens,
  )
  const folder = await mkdtemp(join(tmpdir(), 'binocle-mesh-'))
  const kubeconfigFile = join(folder, 'kubeconfig.yaml')
  await writeFile(kubeconfigFile, kubeconfig, { mode: 0o600 })
  return {
    topology: parts.topology,
    clusters,
    prometheus,
    series: parts.series,
    control,
    kubeconfig,
    kubeconfigFile,
    tokens,
    async close() {
      stopLiving()
      await Promise.all([...servers.map((server) => server.close()), prometheus.close(), control.close()])
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** What differs between a scenario and a recording. */
interface Parts {
  readonly topology: Topology | undefined
  readonly series: SeriesSource
  readonly clusters: readonly Pick<
    ApiServerOptions,
    'backend' | 'cluster' | 'discovery' | 'kubernetesVersion' | 'logs' | 'objects'
  >[]
}

async function scenarioParts(scenario: Scenario, options: MeshOptions, clock: () => number): Promise<Parts> {
  const topology = topologyOf(scenario)
  const certificate = await rootCertificate(scenario.meshId, clock())
  const istiods = istiodBackend(topology, clock)
  const proxies = proxyBackend(topology)
  const logs = podLogs(topology, clock, everyMs)
  return {
    topology,
    series: scenarioSeries(topology, { clock, historyS: options.historyS ?? 3600, stepS: options.stepS ?? 5 }),
    clusters: scenario.clusters.map(({ name, kubernetesVersion }) => ({
      cluster: name,
      kubernetesVersion,
      objects: objectsOf(topology, name, { createdMs: clock() - AGE_MS, rootCertificate: certificate }),
      backend: either(istiods(name), proxies(name)),
      logs: logs(name),
    })),
  }
}

type Backend = NonNullable<ApiServerOptions['backend']>

const either =
  (first: Backend, second: Backend): Backend =>
  (namespace, pod, port) =>
    first(namespace, pod, port) ?? second(namespace, pod, port)

/** Older than any window: consoles shorten windows to the age of a namespace. */
const AGE_MS = 12 * 86_400_000

const recordedParts = (recording: Recording): Parts => ({
  topology: undefined,
  series: recording.series,
  clusters: recording.clusters.map((cluster) => ({
    cluster: cluster.name,
    discovery: cluster.discovery,
    objects: cluster.objects,
    backend: recordedBackend(recording, cluster),
  })),
})

/** The console's own identity. A simulated mesh has no secrets: it may do everything. */
const consoleIdentity = (token: string): Identity => ({
  token,
  user: 'system:serviceaccount:binocle:binocle',
  groups: ['system:masters'],
})

function* joined<T>(...lists: readonly Iterable<T>[]): Iterable<T> {
  for (const list of lists) yield* list
}
