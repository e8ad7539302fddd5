/** One replay from beginning to end: the recorded mesh, the console before it, the requests, the verdicts. */
import { loadConfig } from '@binocle/server/config/load'
import { type RunningServer, startServer } from '@binocle/server/main'
import { type Recorded, type RecordedRequest, readRecorded } from './answers.ts'
import { startBed, type WhichPrometheus } from './bed.ts'
import type { RecordedMesh } from './listing.ts'
import { replay } from './replay.ts'
import type { Verdict } from './verdict.ts'

export interface RunOptions {
  readonly folder: string
  /** Which requests; all when absent. */
  readonly wants?: (request: RecordedRequest) => boolean
  readonly webDir?: string
  /** The simulated one when absent. */
  readonly prometheus?: WhichPrometheus
  /** Hears of defects of the server. */
  readonly onLog?: (level: string, message: string, fields?: Readonly<Record<string, unknown>>) => void
}

export async function runGolden(options: RunOptions): Promise<Verdict[]> {
  const recorded = await readRecorded(options.folder)
  const requests = recorded.requests.filter(options.wants ?? (() => true))
  return await withConsole(options, recorded, (url, mesh) => replay(options.folder, recorded, requests, url, mesh))
}

/** The console of somebody who may do everything, before the recorded mesh. `url`: with the web root, without a final slash. */
export async function withConsole<T>(
  options: Omit<RunOptions, 'wants'>,
  recorded: Recorded,
  use: (url: string, mesh: RecordedMesh) => Promise<T>,
): Promise<T> {
  const nowMs = recorded.queryTime * 1000
  const bed = await startBed(options.folder, nowMs, options.prometheus ?? 'simulated')
  try {
    const { config } = loadConfig({
      // As Kiali, which has neither switch. Limits of rates would never end: the clock stands.
      file: {
        name: 'replay.yaml',
        text: 'auth: {anonymous: {allow_writes: true}}\nserver: {rate_limits: {enabled: false}}',
      },
      flags: {
        port: 0,
        webRoot: recorded.webRoot,
        homeCluster: recorded.homeCluster,
        kubeconfigs: [bed.kubeconfigFile],
        contexts: ['*'],
        prometheusUrl: bed.prometheusUrl,
      },
    })
    const server = await startServer(config, {
      clock: () => nowMs,
      ...(options.webDir === undefined ? {} : { webDir: options.webDir }),
      ...(options.onLog === undefined ? {} : { log: options.onLog }),
    })
    try {
      await ready(server, bed.clusters)
      return await use(server.url.slice(0, -1), {
        namespaces: bed.namespaces,
        homeCluster: recorded.homeCluster,
        proxies: new Set(bed.recording.proxies.keys()),
      })
    } finally {
      await server.close()
    }
  } finally {
    await bed.close()
  }
}

const readyWithinMs = 60_000
/** Istiods are found in what clusters listed: a cluster may be in step before anybody looked for its istiod. */
const steadyLooks = 15

/** Waits until every cluster is in step and the health window is there. */
export async function ready(
  { istiodSettled, mesh, url, validated }: RunningServer,
  clusters: readonly string[],
): Promise<void> {
  const until = Date.now() + readyWithinMs
  const missing = () => [
    ...clusters
      .filter((name) => mesh.clusters.get(name)?.state !== 'reachable')
      .map((name) => `${name}: ${mesh.clusters.get(name)?.state}`),
    ...(mesh.traffic.current().state === 'known' ? [] : ['traffic']),
    ...(istiodSettled() ? [] : ['istiod']),
    ...(validated() ? [] : ['validations']),
  ]
  for (let looks = 0; looks < steadyLooks; looks = missing().length > 0 ? 0 : looks + 1) {
    if (Date.now() > until) throw new Error(`The console at ${url} is not ready: ${missing().join(', ')}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
