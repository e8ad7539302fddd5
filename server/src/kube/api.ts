/**
 * One cluster's API server over HTTP, as one identity. A connection of its own per watch, a bounded number of other
 * requests at once, bounded bodies, no redirects (a credential goes to its own server only).
 */
import { createSecureContext } from 'node:tls'
import type { ClusterName } from '@binocle/api/identity'
import { Agent, request as begin, buildConnector, type Dispatcher } from 'undici'
import type { ClusterAccess, Impersonation } from './access.ts'
import { type Authorization, actingAs, authorizationOf } from './authorization.ts'
import { guardedLookup } from './barredHosts.ts'
import { answered, KubeFailure, rejected, thrown } from './failure.ts'
import { openInTurns } from './openInTurns.ts'
import { createForward, type Forward } from './portForward.ts'
import { createSlots, type Slots } from './slots.ts'
import { tunnelConnector } from './tunnel.ts'

/** Every method throws `KubeFailure`. Paths begin with `/`. */
export interface KubeApi {
  readonly cluster: ClusterName
  /** The parsed body of a 2xx answer. */
  get(path: string, options?: RequestOptions): Promise<unknown>
  request(method: Method, path: string, body?: unknown, options?: RequestOptions): Promise<unknown>
  /** The bytes of a 2xx answer as they arrive, for lists, watches and logs. Resolves when the head has arrived. */
  stream(path: string, options: StreamOptions): Promise<AsyncIterable<Uint8Array>>
  /** After a 401: reads the credential anew. False when there is nothing to read. */
  reloadCredential(): boolean
  /** A connection to a port of a pod; absent in twins that only read. */
  readonly forward?: Forward
  /** The same account over the same connections, acting as a person; ends with this one. Absent in twins. */
  actingAs?(impersonate: Impersonation): KubeApi
  /** Ends everything that is under way. */
  close(): Promise<void>
}

export type Method = 'DELETE' | 'GET' | 'PATCH' | 'POST' | 'PUT'

export interface RequestOptions {
  readonly signal?: AbortSignal
  /** Of the whole request; 10 s unless told. */
  readonly timeoutMs?: number
  /** 16 MB unless told. */
  readonly maxBytes?: number
  readonly accept?: string
  /** Of the body; `application/json` unless told. */
  readonly contentType?: string
}

export interface StreamOptions {
  readonly signal: AbortSignal
  /** Until the head of the answer; 30 s unless told. */
  readonly headersTimeoutMs?: number
  /** Longest silence within the body; 0 = no limit. */
  readonly silenceMs: number
  readonly accept?: string
}

/** `requests` is how many ordinary requests run at once; streams are not counted. */
export function createKubeApi(access: ClusterAccess, options: { requests?: number; connectMs?: number } = {}): KubeApi {
  const wire = createWire(access, options.connectMs)
  return { ...kubeApiOver(wire, authorizationOf(access), options.requests), close: () => wire.agent.destroy() }
}

/** Connections to one API server, which several identities may use in turn: whoever asks is said per request. */
export interface Wire {
  readonly access: WireAccess
  readonly agent: Agent
}

/** How it is reached, without as whom; but a client certificate of `tls` is shown on every connection. */
export type WireAccess = Pick<ClusterAccess, 'cluster' | 'guard' | 'proxy' | 'server' | 'tls'>

/** `connections`: at most so many at once; absent = as many as are needed. */
export function createWire(access: WireAccess, connectMs = 5_000, connections?: number): Wire {
  const { tls } = access
  const connection = {
    timeout: connectMs,
    rejectUnauthorized: !tls.insecureSkipVerify,
    // Made once: of its own, each of some forty connections would parse the CA again and keep it.
    secureContext: createSecureContext({ ...(tls.ca === undefined ? {} : { ca: tls.ca }), ...tls.client }),
    ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
    ...(access.guard === undefined ? {} : { lookup: guardedLookup(access.cluster, access.guard) }),
  }
  const agent = new Agent({
    connect: openInTurns(access.proxy === undefined ? buildConnector(connection) : tunnelConnector(access, connection)),
    headersTimeout: 30_000,
    bodyTimeout: 30_000,
    keepAliveTimeout: 30_000,
    ...(connections === undefined ? {} : { connections }),
  })
  return { access, agent }
}

/** One identity's API over a wire that others use too: closing it leaves the wire open. */
export function kubeApiOver({ access, agent }: Wire, authorization: Authorization, requests = 12): KubeApi {
  const { cluster, server } = access
  const rim: Rim = { cluster, server, agent, authorization }
  const slots = createSlots(requests)
  const request: KubeApi['request'] = (method, path, body, requestOptions = {}) =>
    ordinary(rim, slots, method, path, body, requestOptions)
  return {
    cluster,
    get: (path, requestOptions) => request('GET', path, undefined, requestOptions),
    request,
    stream: (path, streamOptions) => stream(rim, path, streamOptions),
    reloadCredential: () => authorization.reload(),
    forward: createForward(access, authorization),
    actingAs: (impersonate) => kubeApiOver({ access, agent }, actingAs(authorization, impersonate), requests),
    close: () => Promise.resolve(),
  }
}

interface Rim {
  readonly cluster: ClusterName
  readonly server: string
  readonly agent: Agent
  readonly authorization: Authorization
}

async function ordinary(
  rim: Rim,
  slots: Slots,
  method: Method,
  path: string,
  body: unknown,
  options: RequestOptions,
): Promise<unknown> {
  const { signal, timedOut, settle } = limited(options.signal, options.timeoutMs ?? 10_000)
  const what = `${method} ${withoutQuery(path)}`
  let release: () => void
  try {
    release = await slots.take(signal)
  } catch {
    settle()
    throw outOfTime(rim, what, options.signal)
  }
  try {
    const answer = await send(rim.server + path, {
      dispatcher: rim.agent,
      method,
      headers: {
        ...(await unlessAborted(rim.authorization.headers(), signal)),
        accept: options.accept ?? 'application/json',
        ...(body === undefined ? {} : { 'content-type': options.contentType ?? 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal,
    })
    const text = await bounded(rim, answer.body, options.maxBytes ?? 16 << 20)
    const parsed = parse(text)
    if (answer.statusCode < 200 || answer.statusCode > 299) {
      throw refusal(rim, answered(rim.cluster, what, answer.statusCode, parsed))
    }
    if (parsed === notJson) throw notKubernetes(rim, what)
    return parsed
  } catch (error) {
    if (timedOut()) throw outOfTime(rim, what, options.signal)
    throw thrown(rim.cluster, what, error)
  } finally {
    settle()
    release()
  }
}

const refusal = ({ authorization }: Rim, failure: KubeFailure): KubeFailure =>
  rejected(failure, authorization.facts?.() ?? {}, Date.now())

/**
 * While its connection is being opened undici hears of no abort: who has given up, or is out of time, would wait for the
 * connection as long as that takes.
 */
const send = (
  url: string,
  options: Parameters<typeof begin>[1] & { readonly signal: AbortSignal },
): Promise<Dispatcher.ResponseData<unknown>> => unlessAborted(begin(url, options), options.signal)

/** A program that makes our credential may hang, and a request's time is limited. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const give = (): void => reject(new DOMException('given up', 'AbortError'))
    if (signal.aborted) give()
    signal.addEventListener('abort', give)
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', give))
  })
}

/**
 * A signal for one request. Not `AbortSignal.any`: on Node 20 every signal made so of one that lives long, such as a
 * connection's, stays in memory for ever.
 */
function limited(callers: AbortSignal | undefined, timeoutMs: number) {
  const controller = new AbortController()
  let late = false
  const give = (): void => controller.abort()
  const timer = setTimeout(() => {
    late = true
    give()
  }, timeoutMs)
  callers?.addEventListener('abort', give)
  if (callers?.aborted === true) give()
  return {
    signal: controller.signal,
    timedOut: () => late,
    settle: () => {
      clearTimeout(timer)
      callers?.removeEventListener('abort', give)
    },
  }
}

async function stream(rim: Rim, path: string, options: StreamOptions): Promise<AsyncIterable<Uint8Array>> {
  const what = `GET ${withoutQuery(path)}`
  try {
    const answer = await send(rim.server + path, {
      dispatcher: rim.agent,
      headers: {
        ...(await unlessAborted(rim.authorization.headers(), options.signal)),
        accept: options.accept ?? 'application/json',
      },
      headersTimeout: options.headersTimeoutMs ?? 30_000,
      bodyTimeout: options.silenceMs,
      signal: options.signal,
    })
    if (answer.statusCode < 200 || answer.statusCode > 299) {
      const body = parse(await bounded(rim, answer.body, 1 << 20))
      throw refusal(rim, answered(rim.cluster, what, answer.statusCode, body))
    }
    return chunks(rim, what, answer.body)
  } catch (error) {
    throw thrown(rim.cluster, what, error)
  }
}

async function* chunks(rim: Rim, what: string, body: AsyncIterable<unknown>): AsyncIterable<Uint8Array> {
  try {
    for await (const chunk of body) if (chunk instanceof Uint8Array) yield chunk
  } catch (error) {
    throw thrown(rim.cluster, what, error)
  }
}

async function bounded({ cluster }: Rim, body: AsyncIterable<unknown>, maxBytes: number): Promise<string> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body) {
    if (!(chunk instanceof Uint8Array)) continue
    bytes += chunk.length
    if (bytes > maxBytes) {
      throw new KubeFailure('answer', cluster, `an answer of ${cluster} is longer than ${maxBytes} bytes`)
    }
    parts.push(chunk)
  }
  return Buffer.concat(parts, bytes).toString('utf8')
}

const notJson = Symbol('not JSON')

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return notJson
  }
}

function notKubernetes({ cluster }: Rim, what: string): KubeFailure {
  return new KubeFailure('answer', cluster, `${cluster} answers ${what} with something that is not JSON`)
}

function outOfTime({ cluster }: Rim, what: string, callers: AbortSignal | undefined): KubeFailure {
  return callers?.aborted === true
    ? new KubeFailure('aborted', cluster, `${cluster}: ${what} was given up`)
    : new KubeFailure('unreachable', cluster, `${cluster} does not answer ${what} within the time limit`)
}

const withoutQuery = (path: string): string => path.split('?', 1)[0] ?? path
