/**
 * `pods/portforward` in the three ways that clients ask for it: WebSocket channels, SPDY, and SPDY inside a WebSocket
 * (kubectl). Each forwarded connection ends in an HTTP backend of this process, as if a pod listened there.
 */
import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Server as HttpsServer } from 'node:https'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Api } from './api.ts'
import type { FaultState } from './faults.ts'
import { channelProtocol, serveChannels } from './forwardChannels.ts'
import { connectBackend, type ForwardedPod, refusedConnection } from './forwarded.ts'
import { exchangeOf, faultOf, permit, viewerOf } from './handle.ts'
import { textAt } from './json.ts'
import { requestInfo } from './requestInfo.ts'
import { serveSpdy } from './spdy.ts'
import { badRequest, noSuchResource, notFound, StatusError, statusOf } from './status.ts'
import { webSocketStream } from './webSocketStream.ts'

const streamProtocol = 'portforward.k8s.io'
const tunnelProtocol = `SPDY/3.1+${streamProtocol}`
const protocols = [tunnelProtocol, channelProtocol]

/** Answers upgrades on the listener, and tells `note` the status of each; returns how to cut the open ones. */
export function acceptForwards(
  api: Api,
  https: HttpsServer,
  note: (request: IncomingMessage, status: number) => void,
): () => void {
  const open = new Set<Duplex>()
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    handleProtocols: (offered) => protocols.find((protocol) => offered.has(protocol)) ?? false,
  })
  https.on('upgrade', (request, socket, head) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    socket.on('error', () => socket.destroy())
    accept(api, request)
      .then(({ pod, ports, spdy }) => {
        note(request, 101)
        if (spdy) {
          socket.write(
            `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: ${streamProtocol}\r\n\r\n`,
          )
          socket.unshift(head)
          serveStreams(api, socket, pod)
          return
        }
        sockets.handleUpgrade(request, socket, head, (opened) => {
          if (opened.protocol === channelProtocol) serveChannels(api, opened, pod, ports)
          else serveStreams(api, webSocketStream(opened), pod)
        })
      })
      .catch((error: unknown) => note(request, refuse(socket, error)))
  })
  return () => {
    for (const socket of open) socket.destroy()
  }
}

interface Accepted {
  readonly pod: ForwardedPod
  /** Of the channel protocol; in the others each stream names its own. */
  readonly ports: readonly number[]
  /** SPDY on the connection itself, without a WebSocket around it. */
  readonly spdy: boolean
}

/** Throws a StatusError when the upgrade is not to be had. */
async function accept(api: Api, request: IncomingMessage): Promise<Accepted> {
  await api.faults.moving()
  const fault = faultOf(api)
  if (fault) throw fault
  const url = new URL(request.url ?? '/', 'https://127.0.0.1')
  const info = requestInfo(request.method ?? 'GET', url)
  const viewer = await viewerOf(api, request)
  permit(api, viewer, info)
  if (info.about !== 'resource' || info.plural !== 'pods' || info.subresource !== 'portforward') throw noSuchResource()
  if (asksForCreate(api)) permit(api, viewer, { ...info, verb: 'create' })
  const { type } = exchangeOf(api, info, viewer, url.searchParams, request, new ServerResponse(request))
  const pod = api.store.get(type, info.namespace, info.name)
  if (!pod) throw notFound(type, info.name)
  const spdy = (request.headers.upgrade ?? '').toLowerCase() === 'spdy/3.1'
  const offered = listed(request, spdy ? 'x-stream-protocol-version' : 'sec-websocket-protocol')
  const accepted = acceptedBy(api.faults.state.forwards, spdy)
  if (!accepted.some((protocol) => offered.includes(protocol))) {
    throw badRequest(
      `unable to upgrade: unable to negotiate protocol: client supports [${offered.join(' ')}], server accepts [${accepted.join(' ')}]`,
    )
  }
  const phase = textAt(pod.fields, 'status', 'phase')
  if (phase !== 'Running')
    throw badRequest(`unable to forward port because pod is not running. Current status=${phase}`)
  const channels = !spdy && !offered.includes(tunnelProtocol)
  return { pod: { namespace: info.namespace, name: info.name }, ports: channels ? portsOf(url) : [], spdy }
}

/** Since 1.35 a WebSocket upgrade, being a GET, needs the verb of the POST as well. */
const asksForCreate = ({ documents }: Api): boolean => Number.parseInt(textAt(documents.version, 'minor'), 10) >= 35

function acceptedBy(forwards: FaultState['forwards'], spdy: boolean): readonly string[] {
  if (spdy) return forwards === 'webSocket' ? [] : [streamProtocol]
  return forwards === 'spdy' ? [] : protocols
}

const listed = (request: IncomingMessage, header: string): string[] =>
  (request.headersDistinct[header] ?? []).flatMap((value) => value.split(',')).map((one) => one.trim())

function portsOf(url: URL): number[] {
  const lists = url.searchParams.getAll('ports')
  const ports = lists.flatMap((list) => list.split(',')).map(Number)
  if (ports.length === 0 || ports.some((port) => !Number.isInteger(port) || port < 1 || port > 65_535)) {
    throw badRequest('query parameter "port" is required')
  }
  return ports
}

/** Answers the status whose code it returns. */
function refuse(socket: Duplex, error: unknown): number {
  const status = error instanceof StatusError ? error : new StatusError(500, 'InternalError', String(error))
  const body = JSON.stringify(statusOf(status))
  socket.end(
    `HTTP/1.1 ${status.code} ${status.reason}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
  return status.code
}

/** SPDY: a client opens an error and a data stream for each connection, and pairs them by `requestid`. */
function serveStreams(api: Api, transport: Duplex, pod: ForwardedPod): void {
  const errors = new Map<string, Duplex>()
  serveSpdy(transport, (stream, headers) => {
    const { streamtype, requestid = '', port = '' } = headers
    if (streamtype === 'error') {
      errors.set(requestid, stream)
      return
    }
    const error = errors.get(requestid)
    errors.delete(requestid)
    // The client waits for the end of the error stream before it takes the connection for finished.
    stream.once('close', () => error?.end())
    if (connectBackend(api, pod, Number(port), stream)) return
    error?.write(refusedConnection(pod, Number(port)))
    stream.end()
  })
}
