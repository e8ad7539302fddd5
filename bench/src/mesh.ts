/** One size of mesh, measured from outside: the simulated mesh and the console are processes of their own. */
import { once } from 'node:events'
import { Agent, get, type IncomingMessage } from 'node:http'
import type { ClustersAnswer } from '@binocle/api/multicluster'
import { figuresOf, type Started, startProgram } from './processes.ts'
import { measureRequests } from './requests.ts'
import { type Figure, percentile } from './table.ts'

export type Size = 'L' | 'M' | 'S'

/** The design's numbers. */
const design = {
  S: { syncedMs: 1_000, rssMB: 110, coldMs: 25 },
  M: { syncedMs: 5_000, rssMB: 180, coldMs: 250 },
  L: { syncedMs: 20_000, rssMB: 350, coldMs: 1_300 },
} as const

/** How often a graph is asked for. */
const coldRounds = 12
const warmRounds = 60

export async function measureMesh(size: Size): Promise<Figure[]> {
  // It shares the processors with the console, which no API server or Prometheus does: it shall collect little garbage.
  const simulator = await startProgram(['simulate', '--size', size], /^simulated-mesh (.*)$/, [
    '--max-semi-space-size=64',
  ])
  try {
    const { kubeconfigFile, prometheusUrl, clusters } = JSON.parse(simulator.line[1] ?? '{}')
    const words = ['--kubeconfig', kubeconfigFile, '--context', '*', '--prometheus', prometheusUrl]
    const server = await startProgram(
      ['serve', '--address', '127.0.0.1', '--port', '0', '--log-level', 'error', ...words],
      /listens on (\S+)/,
    )
    try {
      return await measureServer(size, server, clusters)
    } finally {
      await server.stop()
    }
  } finally {
    await simulator.stop()
  }
}

async function measureServer(size: Size, server: Started, clusters: readonly string[]): Promise<Figure[]> {
  const [, url = ''] = server.line
  await fetch(`${url}healthz`)
  const listenerMs = performance.now() - server.startedAtMs
  const syncedMs = await whenSynced(url, server, clusters.length)
  const sync = await ownMetrics(url)
  const synced = figuresOf(server.pid)

  const namespaces = await namespacesOf(url)
  // Not the window of health, whose tables may be there already.
  const queryTime = Math.floor(Date.now() / 1000) - 15
  const graph = (names: readonly string[]) =>
    `${url}api/namespaces/graph?graphType=versionedApp&boxBy=cluster,namespace,app&duration=240s&queryTime=${queryTime}` +
    `&appenders=deadNode,istio,serviceEntry,meshCheck,workloadEntry,health&namespaces=${names.join(',')}`
  const before = sync.queries
  // The first brings the window's snapshot from Prometheus: left out of the times.
  await body(graph(namespaces))
  const queriesPerWindow = (await ownMetrics(url)).queries - before

  // Each leaves out another namespace, so that none is answered from what is kept.
  const cold = await timed(server.pid, coldRounds, (round) => graph(namespaces.filter((_, index) => index !== round)))
  const warm = await timed(server.pid, warmRounds, () => graph(namespaces))
  const settled = figuresOf(server.pid)
  const target = design[size]
  return [
    { what: 'listener answers after start', measured: listenerMs, unit: 'ms', design: 300 },
    { what: 'every cluster in step', measured: syncedMs, unit: 'ms', design: target.syncedMs },
    { what: 'event loop delay p99.9 during first sync', measured: sync.delayMs, unit: 'ms', design: 20 },
    { what: 'RSS after first sync', measured: synced.rssMB, unit: 'MB', design: target.rssMB },
    { what: 'RSS after the graphs below', measured: settled.rssMB, unit: 'MB', design: target.rssMB },
    {
      what: 'peak of the first sync / RSS after it',
      measured: synced.peakRssMB / synced.rssMB,
      unit: 'x',
      design: 1.3,
    },
    { what: 'Prometheus queries for a window of the whole mesh', measured: queriesPerWindow, unit: '', design: 8 },
    { what: 'graph of all namespaces, cold, p50', measured: cold.p50Ms, unit: 'ms', design: target.coldMs },
    { what: 'graph of all namespaces, cold, p99', measured: cold.p99Ms, unit: 'ms' },
    { what: 'graph of all namespaces, cold, CPU each', measured: cold.cpuMs, unit: 'ms' },
    { what: 'graph of all namespaces, warm, p50', measured: warm.p50Ms, unit: 'ms', design: 2 },
    { what: 'graph of all namespaces, warm, p99', measured: warm.p99Ms, unit: 'ms' },
    {
      what: 'graph of all namespaces, warm, compressed, p50',
      measured: await compressedMs(graph(namespaces)),
      unit: 'ms',
      design: 2,
    },
    {
      what: 'graph of all namespaces, not modified, p50',
      measured: await notModifiedMs(graph(namespaces)),
      unit: 'ms',
      design: 0.5,
    },
    ...(size === 'S' ? await measureRequests(url, clusters, namespaces) : []),
  ]
}

async function whenSynced(url: string, server: Started, clusterCount: number): Promise<number> {
  for (;;) {
    const askedMs = performance.now()
    const { clusters }: ClustersAnswer = JSON.parse(await body(`${url}api/multicluster/clusters`))
    const settled = clusters.filter(({ state }) => state === 'reachable' || state === 'degraded')
    const answeredMs = performance.now()
    if (settled.length === clusterCount) return answeredMs - server.startedAtMs
    // Looking must not be what takes the time: of a big mesh that changes, the answer is made anew each time.
    await new Promise((resolve) => setTimeout(resolve, Math.max(20, 10 * (answeredMs - askedMs))))
  }
}

async function namespacesOf(url: string): Promise<string[]> {
  const namespaces: { name: string }[] = JSON.parse(await body(`${url}api/namespaces`))
  return [...new Set(namespaces.map(({ name }) => name))].sort()
}

async function timed(pid: number, rounds: number, urlOf: (round: number) => string) {
  const times: number[] = []
  const before = figuresOf(pid).cpuMs
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now()
    await body(urlOf(round))
    times.push(performance.now() - start)
  }
  const cpuMs = (figuresOf(pid).cpuMs - before) / rounds
  return { p50Ms: percentile(times, 0.5), p99Ms: percentile(times, 0.99), cpuMs }
}

async function notModifiedMs(url: string): Promise<number> {
  const first = await fetch(url, { headers: { 'accept-encoding': 'identity' } })
  await first.arrayBuffer()
  const etag = first.headers.get('etag') ?? ''
  const times: number[] = []
  for (let round = 0; round < warmRounds; round += 1) {
    const start = performance.now()
    const answer = await fetch(url, { headers: { 'if-none-match': etag, 'accept-encoding': 'identity' } })
    await answer.arrayBuffer()
    times.push(performance.now() - start)
    if (answer.status !== 304) return Number.NaN
  }
  return percentile(times, 0.5)
}

/** As a browser asks, but without the unpacking, which is the browser's work. */
async function compressedMs(url: string): Promise<number> {
  const agent = new Agent({ keepAlive: true })
  const times: number[] = []
  for (let round = 0; round <= warmRounds; round += 1) {
    const start = performance.now()
    const [answer]: IncomingMessage[] = await once(
      get(url, { agent, headers: { 'accept-encoding': 'gzip' } }),
      'response',
    )
    if (answer === undefined) return Number.NaN
    await once(answer.resume(), 'end')
    // The first packs it.
    if (round > 0) times.push(performance.now() - start)
  }
  agent.destroy()
  return percentile(times, 0.5)
}

async function body(url: string): Promise<string> {
  const answer = await fetch(url, { headers: { 'accept-encoding': 'identity' } })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${url.slice(0, 200)}: ${answer.status} ${text.slice(0, 200)}`)
  return text
}

async function ownMetrics(url: string): Promise<{ queries: number; delayMs: number }> {
  const text = await body(`${url}metrics`)
  const value = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN)
  return {
    queries: value('binocle_prometheus_queries_total'),
    delayMs: value('binocle_event_loop_delay_seconds\\{quantile="0.999"\\}') * 1000,
  }
}
