/** Where a forwarded connection ends: in the HTTP backend that stands for a pod's port. */
import { createServer, type Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Backend } from './api.ts'

export interface ForwardedPod {
  readonly namespace: string
  readonly name: string
}

/** One server for each handler, however many connections it has. */
const servers = new WeakMap<object, Server>()

/** Hands the connection to the backend of a pod's port; false when nothing listens there. */
export function connectBackend(backend: Backend, pod: ForwardedPod, port: number, connection: Duplex): boolean {
  const listener = backend(pod.namespace, pod.name, port)
  if (!listener) return false
  const server = servers.get(listener) ?? createServer(listener)
  servers.set(listener, server)
  connection.on('error', () => connection.destroy())
  server.emit('connection', connection)
  return true
}

/** What a kubelet says of a port on which nothing listens. */
export const refusedConnection = (pod: ForwardedPod, port: number): string =>
  `error forwarding port ${port} to pod ${pod.name}: dial tcp4 127.0.0.1:${port}: connect: connection refused`
