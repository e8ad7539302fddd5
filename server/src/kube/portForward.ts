/**
 * One TCP connection to a port of a pod, through the API server: `pods/portforward`. WebSocket first; SPDY where the
 * server has only that, or where our account has the verb `create` alone, as accounts made for Kiali have (reference:
 * multicluster.md 10.2). Which of both a cluster lets us is remembered.
 */
import { type ClientRequest, request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { LookupFunction } from 'node:net'
import type { Duplex } from 'node:stream'
import type { SecureContextOptions } from 'node:tls'
import type { Problem } from '@binocle/api/problem'
import { WebSocket } from 'ws'
import type { ClusterAccess } from './access.ts'
import type { Authorization } from './authorization.ts'
import { guardedLookup } from './barredHosts.ts'
import { KubeFailure, thrown } from './failure.ts'
import { type ForwardTarget, portForwardPath } from './forwardConnection.ts'
import { ForwardRefused, readRefusal } from './forwardRefusal.ts'
import { forwardOverSpdy, spdyUpgrade } from './forwardSpdy.ts'
import { channelProtocol, forwardOverWebSocket } from './forwardWebSocket.ts'
import { throughProxy } from './tunnel.ts'

export type { ForwardTarget } from './forwardConnection.ts'

/**
 * Opens a connection, or throws: `ForwardDenied` when neither way is allowed, another `KubeFailure` when the API server
 * or the pod is away. That nothing listens on the port shows only when the connection is used. `timeoutMs` is for
 * opening, both ways together.
 */
export type Forward = (target: ForwardTarget, timeoutMs: number) => Promise<Duplex>

/** Neither verb of `pods/portforward` is granted. */
export class ForwardDenied extends KubeFailure {
  readonly namespace: string

  constructor(cluster: string, { namespace, pod }: ForwardTarget, said: string) {
    super(
      'forbidden',
      cluster,
      `${cluster} denies us port-forward to ${namespace}/${pod}${said === '' ? '' : `: ${said}`}`,
      403,
    )
    this.name = 'ForwardDenied'
    this.namespace = namespace
  }

  override get problem(): Problem {
    return {
      code: 'BIN-FORWARD-DENIED',
      message: this.message,
      cluster: this.cluster,
      remedy: `Grant our account the verbs get and create on pods/portforward in namespace ${this.namespace}.`,
    }
  }
}

type Way = (rim: Rim, target: ForwardTarget, timeoutMs: number) => Promise<Duplex>

interface Rim {
  readonly access: ForwardAccess
  readonly authorization: Authorization
}

export type ForwardAccess = Pick<ClusterAccess, 'cluster' | 'guard' | 'proxy' | 'server' | 'tls'>

export function createForward(
  access: ForwardAccess,
  authorization: Authorization,
  clock: () => number = Date.now,
): Forward {
  let ways: readonly [Way, Way] = [overWebSocket, overSpdy]
  const rim = { access, authorization }
  return async (target, timeoutMs) => {
    const untilMs = clock() + timeoutMs
    const [first, second] = ways
    try {
      return await first(rim, target, timeoutMs)
    } catch (error) {
      if (!isAboutTheWay(error)) throw failureOf(access, authorization, target, error)
      try {
        const connection = await second(rim, target, Math.max(1, untilMs - clock()))
        ways = [second, first]
        return connection
      } catch (another) {
        // Of two refusals the verb that is missing says more than a protocol that is.
        const isMissing = isDenied(error) && isAboutTheWay(another)
        throw failureOf(access, authorization, target, isMissing ? error : another)
      }
    }
  }
}

/** Refused in a manner that may be different over the other protocol. */
const isAboutTheWay = (error: unknown): boolean =>
  error instanceof ForwardRefused && ![401, 404, 429].includes(error.status)

const isDenied = (error: unknown): boolean => error instanceof ForwardRefused && error.status === 403

function failureOf(
  { cluster }: ForwardAccess,
  authorization: Authorization,
  target: ForwardTarget,
  error: unknown,
): KubeFailure {
  const what = `port-forward to ${target.namespace}/${target.pod}`
  if (!(error instanceof ForwardRefused)) return thrown(cluster, what, error)
  if (error.status === 403) return new ForwardDenied(cluster, target, error.said)
  if (error.status === 401) authorization.reload()
  const reason =
    refusals.find(([status]) => status === error.status)?.[1] ?? (error.status >= 500 ? 'server' : 'refused')
  const said = error.said === '' ? '' : `: ${error.said}`
  return new KubeFailure(reason, cluster, `${cluster} answers ${error.status} to ${what}${said}`, error.status)
}

const refusals = [
  [401, 'unauthorized'],
  [404, 'absent'],
  [429, 'server'],
] as const

const overWebSocket: Way = async ({ access, authorization }, target, timeoutMs) => {
  const url = `${access.server.replace(/^http/, 'ws')}${portForwardPath(target)}?ports=${target.port}`
  const headers = await authorization.headers()
  const socket = new WebSocket(url, [channelProtocol], {
    ...tlsOptions(access),
    ...(await throughProxy(access, tlsOptions(access), timeoutMs)),
    followRedirects: false,
    handshakeTimeout: timeoutMs,
    perMessageDeflate: false,
    maxPayload: 1 << 20,
    // Here, because some have several values: each group of an impersonation is a header of its own.
    finishRequest: (request) => {
      for (const [name, value] of Object.entries(headers)) request.setHeader(name, value)
      request.end()
    },
  })
  const connection = forwardOverWebSocket(socket)
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve)
      socket.once('error', reject)
      socket.once('unexpected-response', (_request, response) => void readRefusal(response).then(reject))
    })
    return connection
  } catch (error) {
    connection.destroy()
    throw error
  }
}

const overSpdy: Way = async ({ access, authorization }, target, timeoutMs) => {
  const url = new URL(access.server + portForwardPath(target))
  const options = {
    ...tlsOptions(access),
    ...(await throughProxy(access, tlsOptions(access), timeoutMs)),
    method: 'POST',
    agent: false,
    headers: { ...(await authorization.headers()), ...spdyUpgrade, connection: 'Upgrade', 'content-length': 0 },
  }
  const request = url.protocol === 'https:' ? httpsRequest(url, options) : httpRequest(url, options)
  let open: { destroy(error: Error): unknown } = request
  const timer = setTimeout(() => open.destroy(new Error(`no port-forward within ${timeoutMs} ms`)), timeoutMs)
  try {
    const transport = await upgraded(request)
    open = transport
    return await forwardOverSpdy(transport, target)
  } catch (error) {
    request.destroy()
    throw error
  } finally {
    clearTimeout(timer)
  }
}

function upgraded(request: ClientRequest): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    request.once('upgrade', (_response, socket, head) => {
      if (head.length > 0) socket.unshift(head)
      socket.setNoDelay(true)
      resolve(socket)
    })
    request.once('response', (response) => void readRefusal(response).then(reject))
    request.on('error', reject)
    request.end()
  })
}

const tlsOptions = ({
  cluster,
  guard,
  tls,
}: ForwardAccess): SecureContextOptions & {
  servername?: string
  rejectUnauthorized: boolean
  lookup?: LookupFunction
} => ({
  ...(guard === undefined ? {} : { lookup: guardedLookup(cluster, guard) }),
  rejectUnauthorized: !tls.insecureSkipVerify,
  ...(tls.ca === undefined ? {} : { ca: tls.ca }),
  ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
  ...tls.client,
})
