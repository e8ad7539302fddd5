/**
 * A forward over SPDY/3.1, as kubectl has always done it: `POST` with an upgrade, verb `create` (reference:
 * multicluster.md 10.2). A forwarded connection is a pair of streams that share a `requestid`: one for errors, which we
 * close at once, and one for data.
 */
import type { Duplex } from 'node:stream'
import { ForwardedConnection, type ForwardTarget, podError } from './forwardConnection.ts'
import {
  control,
  controlFrame,
  createFrameReader,
  createStreamOpener,
  dataFrame,
  type Frame,
  uint32,
} from './spdyFrames.ts'

export const spdyUpgrade = {
  upgrade: 'SPDY/3.1',
  'x-stream-protocol-version': 'portforward.k8s.io',
} as const

const errorStream = 1
const dataStream = 3
const maxFrameBytes = 1 << 20
/** Both sides begin with windows of 64 KiB; half of one used up is given back. */
const giveBackBytes = 32 << 10

/**
 * Resolves when the server has accepted the data stream. Takes the transport over: it ends with the connection.
 * Peers in Kubernetes never give back our window, so we keep to none when sending; when receiving we give back what was
 * read, and stop reading the transport while nobody reads us.
 */
export async function forwardOverSpdy(transport: Duplex, { port }: ForwardTarget): Promise<Duplex> {
  const opener = createStreamOpener()
  const read = createFrameReader(maxFrameBytes)
  let accepted: () => void = () => {}
  let refused: (error: Error) => void = () => {}
  const opened = new Promise<void>((resolve, reject) => {
    accepted = resolve
    refused = reject
  })
  let owedBytes = 0
  let isSilent = true
  let isEnded = false
  /** The pod said nothing, and will not. */
  let isOver = false

  const connection = new ForwardedConnection({
    read: () => {
      giveBack()
      transport.resume()
    },
    write: (piece: Buffer, _encoding, done) => void transport.write(dataFrame(dataStream, piece, false), done),
    final: (done) => {
      endOurs()
      done()
    },
    destroy: (error, done) => {
      transport.destroy()
      refused(error ?? new Error('the port-forward was closed'))
      done(error)
    },
  })

  function endOurs(): void {
    if (!isEnded) transport.write(dataFrame(dataStream, Buffer.alloc(0), true))
    isEnded = true
  }

  function giveBack(): void {
    if (owedBytes < giveBackBytes || transport.destroyed) return
    for (const id of [0, dataStream]) {
      transport.write(controlFrame(control.windowUpdate, Buffer.concat([uint32(id), uint32(owedBytes)])))
    }
    owedBytes = 0
  }

  function take({ type, streamId, fin, payload }: Frame): void {
    switch (type) {
      case 'data':
        if (streamId === errorStream) takeError(payload, fin)
        else if (streamId === dataStream) takeData(payload, fin)
        return
      case control.synReply:
        if (streamId === dataStream) accepted()
        return
      case control.rstStream:
        if (streamId === dataStream) connection.destroy(podError('the port-forward was reset'))
        return
      case control.ping:
        // Ours would be odd; the server's are even and want an answer.
        if (streamId % 2 === 0) transport.write(controlFrame(control.ping, payload))
        return
      default:
        // GOAWAY: what is open may go on, and we open nothing more. SETTINGS, HEADERS: nothing we act on.
        return
    }
  }

  function takeError(payload: Buffer, fin: boolean): void {
    if (payload.length > 0) connection.destroy(podError(payload.toString('utf8')))
    else if (fin && isOver) connection.push(null)
  }

  function takeData(payload: Buffer, fin: boolean): void {
    owedBytes += payload.length
    isSilent &&= payload.length === 0
    if (payload.length > 0 && !connection.push(payload)) transport.pause()
    if (!fin) return
    if (!isSilent) {
      connection.push(null)
      return
    }
    // Without a word: the reason may come after it, on the other stream.
    isOver = true
    endOurs()
  }

  transport.on('data', (chunk: Buffer) => {
    try {
      for (const frame of read(chunk)) take(frame)
    } catch (error) {
      connection.destroy(error instanceof Error ? error : new Error(String(error)))
    }
  })
  transport.on('error', (error) => connection.destroy(error))
  const over = (): void => {
    refused(new Error('the API server closed the port-forward'))
    connection.push(null)
  }
  transport.on('end', over)
  transport.on('close', over)

  try {
    const of = { port: String(port), requestid: '0' }
    transport.write(await opener.frame(errorStream, { streamtype: 'error', ...of }))
    transport.write(dataFrame(errorStream, Buffer.alloc(0), true))
    transport.write(await opener.frame(dataStream, { streamtype: 'data', ...of }))
    await opened
    return connection
  } catch (error) {
    connection.destroy()
    throw error
  } finally {
    opener.close()
  }
}
