/**
 * `pods/portforward` over WebSocket: each forwarded connection ends in an HTTP backend of this process, as if a pod
 * listened there. In `v4.channel.k8s.io` a frame starts with a channel number: 2i carries the data of the i-th port, 2i+1
 * its errors, and the first frame of each channel repeats the port.
 */
import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http'
import type { Server as HttpsServer } from 'node:https'
import { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Api, Backend } from './api.ts'
import { exchangeOf, permit, viewerOf } from './handle.ts'
import { textAt } from './json.ts'
import { requestInfo } from './requestInfo.ts'
import { badRequest, noSuchResource, notFound, StatusError, statusOf } from './status.ts'

const channelProtocol = 'v4.channel.k8s.io'

/** Answers upgrades on the listener; returns how to cut the open ones. */
export function acceptForwards(api: Api, https: HttpsServer): () => void {
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(channelProtocol) ? channelProtocol : false),
  })
  https.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    void accept(api, request)
      .then((target) => {
        sockets.handleUpgrade(request, socket, head, (opened) => serve(api, opened, target))
      })
      .catch((error: unknown) => refuse(socket, error))
  })
  return () => {
    for (const client of sockets.clients) client.terminate()
  }
}

interface Target {
  readonly namespace: string
  readonly pod: string
  readonly ports: readonly number[]
}

/** Throws a StatusError when the upgrade is not to be had. */
async function accept(api: Api, request: IncomingMessage): Promise<Target> {
  await api.faults.moving()
  const url = new URL(request.url ?? '/', 'https://127.0.0.1')
  const info = requestInfo(request.method ?? 'GET', url)
  const viewer = viewerOf(api, request)
  permit(api, viewer, info)
  if (info.about !== 'resource' || info.plural !== 'pods' || info.subresource !== 'portforward') throw noSuchResource()
  const { type } = exchangeOf(api, info, viewer, url.searchParams, request, new ServerResponse(request))
  const pod = api.store.get(type, info.namespace, info.name)
  if (!pod) throw notFound(type, info.name)
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((one) => one.trim())
  if (!offered.includes(channelProtocol)) {
    throw badRequest(
      `unable to upgrade: unable to negotiate protocol: client supports [${offered.join(' ')}], server accepts [${channelProtocol}]`,
    )
  }
  const ports = url.searchParams
    .getAll('ports')
    .flatMap((list) => list.split(','))
    .map(Number)
  if (ports.length === 0 || ports.some((port) => !Number.isInteger(port) || port < 1 || port > 65_535)) {
    throw badRequest('query parameter "port" is required')
  }
  if (textAt(pod.fields, 'status', 'phase') !== 'Running') {
    throw badRequest(
      `unable to forward port because pod is not running. Current status=${textAt(pod.fields, 'status', 'phase')}`,
    )
  }
  return { namespace: info.namespace, pod: info.name, ports }
}

function refuse(socket: Duplex, error: unknown): void {
  const status = error instanceof StatusError ? error : new StatusError(500, 'InternalError', String(error))
  const body = JSON.stringify(statusOf(status))
  socket.end(
    `HTTP/1.1 ${status.code} ${status.reason}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}

function serve(api: Api, socket: WebSocket, { namespace, pod, ports }: Target): void {
  const channels = ports.map((port, index) => {
    const announce = Buffer.from([0, port & 0xff, port >> 8])
    for (const channel of [2 * index, 2 * index + 1])
      socket.send(Buffer.concat([Buffer.from([channel]), announce.subarray(1)]))
    const stream = channelStream(socket, 2 * index, api)
    if (!connectBackend(api.backend, namespace, pod, port, stream)) {
      const why = `error forwarding port ${port} to pod ${pod}: dial tcp4 127.0.0.1:${port}: connect: connection refused`
      socket.send(Buffer.concat([Buffer.from([2 * index + 1]), Buffer.from(why)]))
      socket.close()
    }
    return stream
  })
  socket.on('message', (message: Buffer) => {
    const channel = message[0] ?? 0
    if (channel % 2 === 0) channels[channel / 2]?.push(message.subarray(1))
  })
  socket.on('close', () => {
    for (const stream of channels) stream.destroy()
  })
  socket.on('error', () => socket.terminate())
}

/** The data of one port as a stream, as an HTTP server wants its connections. */
function channelStream(socket: WebSocket, channel: number, api: Api): Duplex {
  const prefix = Buffer.from([channel])
  return new Duplex({
    read() {},
    write(piece: Buffer, _encoding, done) {
      void Promise.resolve(api.faults.moving()).then(() => socket.send(Buffer.concat([prefix, piece]), done))
    },
    final(done) {
      socket.close()
      done()
    },
  })
}

const servers = new WeakMap<object, Server>()

/** Hands the stream to the backend of a pod's port; false when nothing listens there. */
export function connectBackend(
  backend: Backend,
  namespace: string,
  pod: string,
  port: number,
  stream: Duplex,
): boolean {
  const listener = backend(namespace, pod, port)
  if (!listener) return false
  const server = servers.get(listener) ?? createServer(listener)
  servers.set(listener, server)
  stream.on('error', () => stream.destroy())
  server.emit('connection', stream)
  return true
}
