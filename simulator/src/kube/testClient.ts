/** For tests: a small HTTPS client of a simulated API server, objects to put into it, and timers that tests turn. */
import type { IncomingMessage } from 'node:http'
import { Agent, request as httpsRequest } from 'node:https'
import { createInterface } from 'node:readline'
import type { KubernetesJson } from '../scenario.ts'
import type { Schedule } from './api.ts'
import type { ApiServer } from './apiServer.ts'
import { type Fields, isFields, parsedJson } from './json.ts'

export interface Reply {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly text: string
  /** `{}` when the text is no JSON object. */
  readonly body: Fields
}

export interface Sending {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

export interface WatchLine {
  readonly type: string
  readonly object: Fields
}

export interface TestClient {
  send(method: string, path: string, sending?: Sending): Promise<Reply>
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Reply>
  /** The answer itself, still open. */
  open(path: string): Promise<IncomingMessage>
  /** Lines as they come; ends with the stream. */
  watch(path: string, headers?: Readonly<Record<string, string>>): Promise<LineReader>
}

export interface LineReader {
  readonly status: number
  /** The next `count` lines; fewer when the stream ends before. */
  next(count: number): Promise<WatchLine[]>
  close(): void
}

/** Without a token: an anonymous client. */
export function clientOf(server: Pick<ApiServer, 'url' | 'caPem'>, token?: string): TestClient {
  const agent = new Agent({ ca: server.caPem, keepAlive: true })
  const open = (method: string, path: string, { body, headers, signal }: Sending = {}): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
      const sent = httpsRequest(
        new URL(path, server.url),
        {
          method,
          agent,
          ...(signal === undefined ? {} : { signal }),
          headers: {
            ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
            ...(body === undefined
              ? {}
              : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
            ...headers,
          },
        },
        resolve,
      )
      sent.on('error', reject)
      sent.end(text)
    })
  const send: TestClient['send'] = async (method, path, sending) => {
    const response = await open(method, path, sending)
    const text = await textOf(response)
    const parsed = parsedJson(text)
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      text,
      body: isFields(parsed) ? parsed : {},
    }
  }
  return {
    send,
    open: (path) => open('GET', path),
    get: (path, headers = {}) => send('GET', path, { headers }),
    async watch(path, headers = {}) {
      const response = await open('GET', path, { headers })
      // Cutting a watch is how it ends.
      response.on('error', () => {})
      const lines = createInterface({ input: response })[Symbol.asyncIterator]()
      return {
        status: response.statusCode ?? 0,
        async next(count) {
          const read: WatchLine[] = []
          while (read.length < count) {
            const { done, value } = await lines.next()
            if (done) break
            read.push(watchLine(value))
          }
          return read
        },
        close: () => response.destroy(),
      }
    },
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of response) if (Buffer.isBuffer(piece)) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}

function watchLine(text: string): WatchLine {
  const parsed = parsedJson(text)
  if (!isFields(parsed) || typeof parsed.type !== 'string' || !isFields(parsed.object)) {
    throw new Error(`not a watch event: ${text.slice(0, 200)}`)
  }
  return { type: parsed.type, object: parsed.object }
}

export const namespace = (name: string): KubernetesJson => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name },
  status: { phase: 'Active' },
})

/** `labels` as `app=web,version=v1`. */
export const pod = (at: string, name: string, labels = ''): KubernetesJson => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: at, labels: Object.fromEntries(labels.split(',').filter(Boolean).map(pair)) },
  spec: { nodeName: 'node-1', containers: [{ name: 'main', image: 'main:1' }] },
  status: { phase: 'Running' },
})

function pair(text: string): [string, string] {
  const [key = '', value = ''] = text.split('=')
  return [key, value]
}

/** Timers that fire when told. */
export interface ManualTimers {
  readonly schedule: Schedule
  /** Fires the pending timers of exactly this length. */
  fire(ms: number): void
}

export function manualTimers(): ManualTimers {
  const pending = new Set<{ readonly ms: number; readonly then: () => void }>()
  return {
    schedule(ms, then) {
      const timer = { ms, then }
      pending.add(timer)
      return () => void pending.delete(timer)
    },
    fire(ms) {
      for (const timer of [...pending].filter((one) => one.ms === ms)) {
        pending.delete(timer)
        timer.then()
      }
    },
  }
}
