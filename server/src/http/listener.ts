/**
 * The listening server with its limits, and the answers to what never becomes a request: headers that are too long, too
 * slow, or no HTTP at all. Those are written by hand, with the same headers as any other answer.
 */
import { createServer, type RequestListener, type Server, type ServerOptions, STATUS_CODES } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Duplex } from 'node:stream'
import type { Certificate } from './certificate.ts'
import type { Limits } from './limits.ts'

export interface ListenerOptions {
  readonly limits: Limits
  /** undefined = plain HTTP. */
  readonly certificate?: Certificate
  /** Lines besides the length and the type. */
  readonly headers: () => Readonly<Record<string, string>>
  /** `Set-Cookie` lines that make a browser forget sessions too long for a request, so that it is not locked out. */
  readonly forget?: () => readonly string[]
}

export function createListener(handle: RequestListener, options: ListenerOptions): Server {
  const { certificate, limits } = options
  const settings: ServerOptions = {
    // Node counts the URL in.
    maxHeaderSize: limits.maxHeaderBytes + limits.maxUrlBytes,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionsCheckingInterval: limits.checkEveryMs,
  }
  const server =
    certificate === undefined
      ? createServer(settings, handle)
      : createTlsServer({ ...settings, ...certificate.current() }, handle)
  server.maxConnections = limits.maxConnections
  server.maxRequestsPerSocket = limits.maxRequestsPerConnection
  // One more than allowed is enough to know; the rest is not kept.
  server.maxHeadersCount = limits.maxHeaderLines + 1
  server.on('clientError', (error: Error, socket: Duplex) => refuse(socket, statusOf(error), options))
  return server
}

/** Writes the refusal and ends the connection, whatever state the request is in. */
export function refuse(
  socket: Duplex,
  status: 400 | 408 | 431,
  { forget, headers }: Pick<ListenerOptions, 'forget' | 'headers'>,
): void {
  if (socket.destroyed) return
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const body = JSON.stringify({ error: words[status], code: 'BIN-REQUEST', remedy: remedies[status] })
  const cookies = status === 431 ? (forget?.() ?? []) : []
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    ...Object.entries({
      ...headers(),
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      'cache-control': 'no-store',
      connection: 'close',
    }).map(([name, value]) => `${name}: ${value}`),
    ...cookies.map((line) => `set-cookie: ${line}`),
  ]
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
}

const words = {
  400: 'The request cannot be read.',
  408: 'The request took too long.',
  431: 'The headers of the request are too long.',
} as const

const remedies = {
  400: 'Check the path, its encoding and the headers.',
  408: 'Send it faster, or in parts.',
  431: 'Delete the cookies of this site, and log in again.',
} as const

function statusOf(error: Error): 400 | 408 | 431 {
  const code = 'code' in error ? error.code : undefined
  if (code === 'HPE_HEADER_OVERFLOW') return 431
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400
}
