/** The control of a simulated mesh over HTTP: what is broken now, and how to break or heal it. Loopback only. */
import { createServer } from 'node:http'
import type { ApiServer } from './kube/apiServer.ts'
import { CERTIFICATE_STATES, type FaultState, healthy } from './kube/faults.ts'
import { closeServer, listenLocally } from './local.ts'
import { writeExposition } from './metrics/target.ts'
import type { PrometheusFault, SimulatedPrometheus } from './prometheus/server.ts'

export interface Control {
  readonly url: string
  close(): Promise<void>
}

export interface Controlled {
  readonly clusters: ReadonlyMap<string, ApiServer>
  readonly prometheus: SimulatedPrometheus
  /** The mesh's series as they stand now, as a scrape target shows them. */
  readonly exposition: () => Iterable<string>
}

export async function startControl(mesh: Controlled, port: number): Promise<Control> {
  const server = createServer((request, response) => {
    const answer = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(`${JSON.stringify(body, null, 2)}\n`)
    }
    if (request.method === 'GET' && request.url === '/') {
      response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' })
      response.end(`${controlHelp(`http://${request.headers.host ?? '127.0.0.1'}`, [...mesh.clusters.keys()])}\n`)
      return
    }
    if (request.url === '/metrics') {
      writeExposition(response, mesh.exposition())
      return
    }
    controlled(mesh, request.method ?? 'GET', new URL(request.url ?? '/', 'http://127.0.0.1'))
      .then(({ status, body }) => answer(status, body))
      .catch((error) => answer(500, problem('BIN-SIM-CONTROL', String(error), 'Restart the simulator.')))
  })
  const taken = await listenLocally(server, port)
  return { url: `http://127.0.0.1:${taken}`, close: () => closeServer(server) }
}

/** What may be asked of a cluster, in the words of the control's paths. */
export const CLUSTER_ACTIONS: Readonly<Record<string, (params: URLSearchParams) => Partial<FaultState>>> = {
  down: () => ({ connection: 'down' }),
  up: () => ({ connection: 'ok' }),
  frozen: () => ({ connection: 'frozen' }),
  blackhole: () => ({ connection: 'blackHole' }),
  slow: (params) => ({ slowMs: Number(params.get('ms') ?? 2000) || 2000 }),
  forbidden: (params) => ({ forbidden: (params.get('kinds') ?? '*').split(',') }),
  'token-expired': () => ({ tokenExpired: true }),
  'watch-held': () => ({ watches: 'held' }),
  'watch-silent': () => ({ watches: 'lost' }),
  truncated: () => ({ answer: 'truncated' }),
  html: () => ({ answer: 'html' }),
  garbage: () => ({ answer: 'garbage' }),
  error: (params) => ({ error: Number(params.get('status') ?? 503) || 503 }),
  'gone-storm': () => ({ goneStorm: true }),
  certificate: (params) => ({
    certificate: CERTIFICATE_STATES.find((state) => state === params.get('is')) ?? 'expired',
  }),
  'clock-skew': (params) => ({ clockSkewMs: 1000 * (Number(params.get('s') ?? 600) || 600) }),
  'istiod-down': () => ({ istiod: 'down' }),
  'istiod-slow': () => ({ istiod: 'slow' }),
  'istiod-garbage': () => ({ istiod: 'garbage' }),
  heal: () => healthy,
}

export const PROMETHEUS_ACTIONS: Readonly<Record<string, PrometheusFault>> = {
  down: 'down',
  reset: 'reset',
  error: 'error',
  garbage: 'garbage',
  up: 'none',
  html: 'html',
  slow: 'slow',
  empty: 'empty',
}

/** How to use the control, to be printed: each command, and what it does. */
export function controlHelp(url: string, clusters: readonly string[]): string {
  const lines = [
    [`curl ${url}/state`, 'what is broken now'],
    [`curl ${url}/metrics`, "the mesh's series, to be scraped by a Prometheus of your own"],
    ...clusters.flatMap((cluster) => [
      [`curl -X POST ${url}/clusters/${cluster}/ACTION`, `${Object.keys(CLUSTER_ACTIONS).join(', ')}`],
    ]),
    [
      'with parameters',
      'slow?ms=2000, error?status=503, forbidden?kinds=pods,services, clock-skew?s=600,\n' +
        `    certificate?is=${CERTIFICATE_STATES.join('|')}; any of them with cut=1 ends open connections too`,
    ],
    [`curl -X POST ${url}/prometheus/ACTION`, Object.keys(PROMETHEUS_ACTIONS).join(', ')],
  ]
  return lines.map(([command, effect]) => `${command}\n    ${effect}`).join('\n')
}

async function controlled(mesh: Controlled, method: string, url: URL): Promise<{ status: number; body: unknown }> {
  const path = url.pathname.split('/').filter((part) => part !== '')
  if (method === 'GET' && path[0] === 'state') return { status: 200, body: stateOf(mesh) }
  if (method !== 'POST') return unknown(mesh)
  const [what, name = '', action = ''] = path
  if (what === 'prometheus') {
    const fault = PROMETHEUS_ACTIONS[name]
    if (fault === undefined) return unknown(mesh)
    await mesh.prometheus.setFault(fault)
    return { status: 200, body: stateOf(mesh) }
  }
  const cluster = what === 'clusters' ? mesh.clusters.get(decodeURIComponent(name)) : undefined
  const change = CLUSTER_ACTIONS[action]
  if (!cluster || !change) return unknown(mesh)
  if (action === 'heal') await cluster.faults.heal()
  // Whoever is connected would otherwise not notice until its watches end by themselves.
  else if (url.searchParams.has('cut')) await cluster.faults.strike(change(url.searchParams))
  else await cluster.faults.set(change(url.searchParams))
  return { status: 200, body: stateOf(mesh) }
}

const stateOf = ({ clusters, prometheus }: Controlled) => ({
  clusters: Object.fromEntries([...clusters].map(([name, { url, faults }]) => [name, { url, faults: faults.state }])),
  prometheus: { url: prometheus.url, fault: prometheus.fault(), requests: prometheus.requests() },
})

const unknown = (mesh: Controlled) => ({
  status: 404,
  body: problem(
    'BIN-SIM-UNKNOWN',
    'there is no such cluster or action',
    `GET /state, POST /clusters/{${[...mesh.clusters.keys()].join('|')}}/{${Object.keys(CLUSTER_ACTIONS).join('|')}}, POST /prometheus/{${Object.keys(PROMETHEUS_ACTIONS).join('|')}}`,
  ),
})

const problem = (code: string, error: string, remedy: string) => ({ error, code, remedy })
