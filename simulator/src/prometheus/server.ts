/** The query API on a loopback port, with the ways in which a Prometheus can be sick. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { closeServer, listenLocally, readBody } from '../local.ts'
import type { SeriesSource } from '../metrics/series.ts'
import { type Answer, jsonOf, type PrometheusApi, prometheusApi } from './api.ts'

/** `down`: connections are refused; `reset`: taken and cut; `error`: a proxy's 503; `garbage`: JSON that is none. */
export type PrometheusFault = 'down' | 'empty' | 'error' | 'garbage' | 'html' | 'none' | 'reset' | 'slow'

export interface SimulatedPrometheus {
  readonly url: string
  readonly port: number
  fault(): PrometheusFault
  /** Resolves when it is in force. */
  setFault(fault: PrometheusFault): Promise<void>
  /** Requests answered since the start, by path: how many queries a console sends is something to test. */
  requests(): Readonly<Record<string, number>>
  close(): Promise<void>
}

export interface PrometheusOptions {
  readonly source: SeriesSource
  readonly clock: () => number
  /** 0 or absent: any free port. */
  readonly port?: number
  /** How long a slow Prometheus takes. */
  readonly slowMs?: number
}

export async function startPrometheusApi(options: PrometheusOptions): Promise<SimulatedPrometheus> {
  const api = prometheusApi(options.source, options.clock)
  const empty = prometheusApi(
    { ...options.source, names: () => [], series: () => [], metadata: () => [] },
    options.clock,
  )
  const counts = new Map<string, number>()
  let fault: PrometheusFault = 'none'
  const server = createServer((request, response) => {
    if (fault === 'reset') {
      request.socket.destroy()
      return
    }
    const wait = fault === 'slow' ? (options.slowMs ?? 60_000) : 0
    const respond = () => {
      respondTo(request, response, fault === 'empty' ? empty : api, broken[fault], counts).catch(() =>
        response.destroy(),
      )
    }
    if (wait === 0) respond()
    else setTimeout(respond, wait).unref()
  })
  const port = await listenLocally(server, options.port ?? 0)
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    fault: () => fault,
    setFault: async (next) => {
      const before = fault
      fault = next
      if (next === 'down' && before !== 'down') await closeServer(server)
      if (next !== 'down' && before === 'down') await listenLocally(server, port)
      if (next === 'reset') server.closeAllConnections()
    },
    requests: () => Object.fromEntries(counts),
    close: async () => {
      if (fault !== 'down') await closeServer(server)
    },
  }
}

type Broken = Answer & { readonly contentType: string }

/** What comes instead of an answer. */
const broken: Readonly<Partial<Record<PrometheusFault, Broken>>> = {
  html: {
    status: 200,
    contentType: 'text/html; charset=utf-8',
    body: '<!doctype html><title>Sign in</title><p>Please sign in to continue.</p>',
  },
  error: { status: 503, contentType: 'text/html; charset=utf-8', body: '<h1>503 Service Unavailable</h1>' },
  garbage: { status: 200, contentType: 'application/json', body: '{"status":"success","data":{"resultType":"vec' },
}

const LARGEST_QUERY_BYTES = 10_000_000
const zipped = promisify(gzip)

async function respondTo(
  request: IncomingMessage,
  response: ServerResponse,
  api: PrometheusApi,
  instead: Broken | undefined,
  counts: Map<string, number>,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1')
  counts.set(url.pathname, (counts.get(url.pathname) ?? 0) + 1)
  const params = new URLSearchParams(url.search)
  if (request.method === 'POST') {
    for (const [name, value] of new URLSearchParams(await readBody(request, LARGEST_QUERY_BYTES)))
      params.append(name, value)
  }
  const answer: Answer = instead ?? answered(api, url.pathname, params)
  const bytes = typeof answer.body === 'string' ? Buffer.from(answer.body) : jsonOf(answer.body)
  const compress = bytes.length > 1024 && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '')
  const body = compress ? await zipped(bytes, { level: 1 }) : bytes
  response.writeHead(answer.status, {
    'content-type': instead?.contentType ?? (typeof answer.body === 'string' ? 'text/plain' : 'application/json'),
    ...(compress ? { 'content-encoding': 'gzip' } : {}),
    'content-length': body.length,
  })
  response.end(body)
}

function answered(api: PrometheusApi, path: string, params: URLSearchParams): Answer {
  try {
    return api(path, params)
  } catch (error) {
    return { status: 500, body: { status: 'error', errorType: 'internal', error: String(error) } }
  }
}
