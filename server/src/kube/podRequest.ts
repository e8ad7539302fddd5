/**
 * HTTP to one port of a pod, over a port-forward: a connection is opened when it is needed and kept for the next
 * request, answers are bounded, and every request has a limit of time that covers all of it.
 */
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Duplex } from 'node:stream'

export interface PodRequest {
  readonly path: string
  /** GET unless told. */
  readonly method?: 'GET' | 'POST'
  /** From the first byte to the last. */
  readonly timeoutMs: number
  /** 16 MiB unless told. */
  readonly maxBytes?: number
}

/** One after the other: a pod's requests share a connection. */
export interface PodHttp {
  /** The body as text. Rejects with `PodStatus` on any status but 2xx, with another error when there is no answer. */
  text(request: PodRequest): Promise<string>
  /** Hands over the body as it comes; what `take` throws or rejects with ends the request. */
  read(request: PodRequest, take: (chunk: Buffer) => Promise<void> | void): Promise<void>
  close(): void
}

/** The pod answered, but no 2xx. */
export class PodStatus extends Error {
  readonly status: number

  constructor(path: string, status: number) {
    super(`${path} answered ${status}`)
    this.name = 'PodStatus'
    this.status = status
  }
}

const defaultMaxBytes = 16 << 20

/** `connect` opens a connection to the port and has a limit of time of its own. */
export function createPodHttp(connect: () => Promise<Duplex>): PodHttp {
  const agent = new ForwardAgent(connect)
  const read: PodHttp['read'] = (request, take) =>
    exchange(agent, request, async (response) => {
      const { maxBytes = defaultMaxBytes, path } = request
      const { statusCode = 0 } = response
      if (statusCode < 200 || statusCode > 299) {
        response.resume()
        throw new PodStatus(path, statusCode)
      }
      let bytes = 0
      for await (const chunk of response) {
        if (!Buffer.isBuffer(chunk)) continue
        bytes += chunk.length
        if (bytes > maxBytes) throw new Error(`${path} answered more than ${maxBytes} bytes`)
        await take(chunk)
      }
    })
  return {
    read,
    text: async (request) => {
      const parts: Buffer[] = []
      await read(request, (chunk) => void parts.push(chunk))
      return Buffer.concat(parts).toString('utf8')
    },
    close: () => agent.destroy(),
  }
}

/** Keeps at most one connection. */
class ForwardAgent extends Agent {
  readonly #connect: () => Promise<Duplex>
  #closed = false

  constructor(connect: () => Promise<Duplex>) {
    super({ keepAlive: true, maxSockets: 1 })
    this.#connect = connect
  }

  override createConnection(_options: object, opened?: (error: Error | null, connection: Duplex) => void): undefined {
    this.#connect().then(
      (connection) => {
        // The agent would keep it for a next request that never comes.
        if (this.#closed) opened?.(new Error('the connection is no longer wanted'), connection.destroy())
        else opened?.(null, connection)
      },
      (error: Error) => opened?.(error, noConnection),
    )
  }

  override destroy(): void {
    this.#closed = true
    super.destroy()
  }
}

/** Agents report failure with a stream beside the error, and look at the error alone. */
const noConnection = new Duplex().destroy()

function exchange(
  agent: Agent,
  { method = 'GET', path, timeoutMs }: PodRequest,
  take: (response: IncomingMessage) => Promise<void>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let late: Error | undefined
    // What a destroyed request says of itself is less than why it was destroyed.
    const fail = (error: Error): void => reject(late ?? error)
    const request = httpRequest({ agent, host: 'localhost', path, method }, (response) => {
      take(response).then(resolve, fail)
    })
    const timer = setTimeout(() => {
      late = new Error(`${path} took longer than ${timeoutMs} ms`)
      request.destroy(late)
    }, timeoutMs)
    request.once('close', () => clearTimeout(timer))
    request.on('error', fail)
    request.end()
  })
}
