/** One replay from beginning to end: the recorded mesh, the console before it, the requests, the verdicts. */
import { loadConfig } from '@binocle/server/config/load'
import { type RunningServer, startServer } from '@binocle/server/main'
import { type RecordedRequest, readRecorded } from './answers.ts'
import { startBed, type WhichPrometheus } from './bed.ts'
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
  const nowMs = recorded.queryTime * 1000
  const bed = await startBed(options.folder, nowMs, options.prometheus ?? 'simulated')
  try {
    const { config } = loadConfig({
      // As Kiali, which has no such switch.
      file: { name: 'replay.yaml', text: 'auth: {anonymous: {allow_writes: true}}' },
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
      const mesh = { namespaces: bed.namespaces, homeCluster: recorded.homeCluster }
      return await replay(
        options.folder,
        recorded,
        recorded.requests.filter(options.wants ?? (() => true)),
        server.url.slice(0, -1),
        mesh,
      )
    } finally {
      await server.close()
    }
  } finally {
    await bed.close()
  }
}

const readyWithinMs = 60_000

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
  while (missing().length > 0) {
    if (Date.now() > until) throw new Error(`The console at ${url} is not ready: ${missing().join(', ')}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
