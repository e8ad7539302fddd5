/** Where a forwarded connection ends: in the HTTP backend that stands for a pod's port. */
import { createServer, type RequestListener, type Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Api } from './api.ts'

export interface ForwardedPod {
  readonly namespace: string
  readonly name: string
}

/** One server for each handler, however many connections it has. */
const servers = new WeakMap<object, Server>()

/** Hands the connection to the backend of a pod's port; false when nothing listens there. */
export function connectBackend(api: Api, pod: ForwardedPod, port: number, connection: Duplex): boolean {
  const healthy = api.backend(pod.namespace, pod.name, port)
  const listener = healthy && brokenBy(api, healthy)
  if (!listener) return false
  const server = servers.get(listener) ?? createServer(listener)
  servers.set(listener, server)
  connection.on('error', () => connection.destroy())
  server.emit('connection', connection)
  return true
}

/** Longer than anybody waits. */
const slowMs = 30_000

/** What answers in place of `listener` while pods are broken; undefined: nothing. */
function brokenBy(api: Api, listener: RequestListener): RequestListener | undefined {
  switch (api.faults.state.istiod) {
    case 'ok':
      return listener
    case 'down':
      return undefined
    case 'slow':
      return (request, response) => {
        const cancel = api.schedule(slowMs, () => listener(request, response))
        response.once('close', cancel)
      }
    case 'garbage':
      return (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/html' })
        response.end('<html><body>It works!</body></html>')
      }
  }
}

/** Kubelets copy through a buffer of this size: no frame of theirs is longer. */
const pieceBytes = 32 << 10

export function* inPieces(bytes: Buffer): Iterable<Buffer> {
  for (let from = 0; from < bytes.length; from += pieceBytes) yield bytes.subarray(from, from + pieceBytes)
}

/** What a kubelet says of a port on which nothing listens. */
export const refusedConnection = (pod: ForwardedPod, port: number): string =>
  `error forwarding port ${port} to pod ${pod.name}: dial tcp4 127.0.0.1:${port}: connect: connection refused`
