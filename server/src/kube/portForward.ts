/**
 * One TCP connection to a port of a pod, through the API server: `pods/portforward` over WebSocket, subprotocol
 * `v4.channel.k8s.io`. A frame begins with its channel: 0 carries data, 1 errors; the first frame of each channel only
 * repeats the port (reference: multicluster.md 10.2).
 */
import { Duplex } from 'node:stream'
import { WebSocket } from 'ws'
import type { ClusterAccess } from './access.ts'
import type { Authorization } from './authorization.ts'

export interface ForwardTarget {
  readonly namespace: string
  readonly pod: string
  readonly port: number
}

const protocol = 'v4.channel.k8s.io'

/** The error carries the status of a refused upgrade, never the credential. */
export async function openForward(
  access: Pick<ClusterAccess, 'server' | 'tls'>,
  authorization: Authorization,
  { namespace, pod, port }: ForwardTarget,
  timeoutMs: number,
): Promise<Duplex> {
  const { tls } = access
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/portforward?ports=${port}`
  const socket = new WebSocket(access.server.replace(/^http/, 'ws') + path, [protocol], {
    headers: wireHeaders(await authorization.headers()),
    rejectUnauthorized: !tls.insecureSkipVerify,
    followRedirects: false,
    handshakeTimeout: timeoutMs,
    perMessageDeflate: false,
    maxPayload: 1 << 20,
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
    ...(tls.client === undefined ? {} : { cert: tls.client.cert, key: tls.client.key }),
  })
  // Listens before the socket is open: the first frames may arrive together with the answer to the upgrade.
  const connection = connectionOver(socket)
  await opened(socket)
  return connection
}

const wireHeaders = (headers: Record<string, string | string[]>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))

function opened(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
    socket.once('unexpected-response', (_request, response) => {
      reject(new Error(`the API server answered ${response.statusCode} to the port-forward`))
      response.resume()
      socket.terminate()
    })
  })
}

const dataChannel = 0

function connectionOver(socket: WebSocket): Duplex {
  const greeted = new Set<number>()
  const stream = new Duplex({
    read: () => socket.resume(),
    write: (chunk: Buffer, _encoding, done) => socket.send(Buffer.concat([Buffer.of(dataChannel), chunk]), done),
    final: (done) => done(),
    destroy: (error, done) => {
      socket.terminate()
      done(error)
    },
  })
  // Whoever uses the connection hears of errors; before that there is nobody, and `opened` tells.
  stream.on('error', () => {})
  socket.on('message', (message) => {
    const frame = Buffer.isBuffer(message) ? message : Buffer.alloc(0)
    const channel = frame[0]
    if (channel === undefined) return
    if (!greeted.has(channel)) {
      greeted.add(channel)
      return
    }
    if (channel !== dataChannel) stream.destroy(new Error(frame.subarray(1).toString('utf8').slice(0, 300)))
    else if (!stream.push(frame.subarray(1))) socket.pause()
  })
  socket.on('close', () => stream.push(null))
  socket.on('error', (error) => stream.destroy(error))
  return stream
}
