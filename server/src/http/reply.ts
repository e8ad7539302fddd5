/** Replies as bytes: JSON compressed and revalidated where it pays, streams with heartbeat and bounded buffers. */
import { pipeline, Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { chooseEncoding, type Encoded, encode, encodeShared } from './encode.ts'
import type { Reply, StreamSink } from './route.ts'

export async function sendReply(
  answer: Reply,
  request: FastifyRequest,
  reply: FastifyReply,
  compress: boolean,
): Promise<FastifyReply> {
  switch (answer.kind) {
    case 'json':
      for (const name in answer.headers) reply.header(name, answer.headers[name])
      return sendJson(encode(answer.body), answer.status, false, request, reply, compress)
    case 'document':
      return sendJson(encodeShared(answer.document), 200, true, request, reply, compress)
    case 'jsonText':
      return sendParts(answer.parts, request, reply, compress)
    case 'text':
      return reply.code(answer.status).type(answer.type).header('cache-control', 'no-store').send(answer.body)
    case 'empty':
      if (answer.type !== undefined) reply.type(answer.type)
      for (const name in answer.headers) reply.header(name, answer.headers[name])
      return reply.code(answer.status).header('cache-control', 'no-store').send()
    case 'redirect':
      return reply
        .code(302)
        .header('location', answer.location)
        .header('cache-control', 'no-store')
        .header('referrer-policy', 'no-referrer')
        .send()
    case 'stream':
      return sendStream(answer.open, request, reply)
  }
}

async function sendJson(
  encoded: Encoded,
  status: number,
  keeps: boolean,
  request: FastifyRequest,
  reply: FastifyReply,
  compress: boolean,
): Promise<FastifyReply> {
  reply.code(status).type('application/json')
  // A shared document may be kept by the browser, but never used without asking.
  reply.header('cache-control', keeps ? 'private, no-cache' : 'no-store')
  if (status === 200) {
    reply.header('etag', encoded.etag)
    if (matches(request.headers['if-none-match'], encoded.etag))
      return reply.code(304).removeHeader('content-type').send()
  }
  const encoding = compress ? chooseEncoding(acceptedBy(request), encoded.bytes, keeps) : 'identity'
  const packed = await encoded.as(encoding)
  // Not before it is packed: if that takes too long, a refusal goes out instead, and is plain.
  if (reply.sent) return reply
  if (encoding !== 'identity') reply.header('content-encoding', encoding)
  return reply.send(packed)
}

function sendParts(
  parts: Iterable<string>,
  request: FastifyRequest,
  reply: FastifyReply,
  compress: boolean,
): FastifyReply {
  reply.code(200).type('application/json').header('cache-control', 'no-store')
  const plain = Readable.from(parts, { objectMode: false })
  if (!compress || chooseEncoding(acceptedBy(request), Number.POSITIVE_INFINITY, false) !== 'gzip')
    return reply.send(plain)
  const packed = createGzip({ level: 4 })
  // Whichever of both ends early takes the other along.
  pipeline(plain, packed, () => {})
  return reply.header('content-encoding', 'gzip').send(packed)
}

const acceptedBy = (request: FastifyRequest): string | undefined => {
  const accepted = request.headers['accept-encoding']
  return Array.isArray(accepted) ? accepted.join(',') : accepted
}

const matches = (header: string | undefined, etag: string): boolean =>
  (header ?? '').split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)

/** What a slow client may leave unread before its stream is ended; it reconnects and asks for all. */
const maxBufferedBytes = 256 * 1024

function sendStream(
  open: (sink: StreamSink) => () => void,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  reply.hijack()
  const { raw } = reply
  raw.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
  })
  request.raw.socket.setTimeout(0)
  const sink: StreamSink = {
    write: (text) => {
      if (raw.destroyed || raw.writableLength > maxBufferedBytes) {
        raw.destroy()
        return false
      }
      raw.write(text)
      return true
    },
    close: () => raw.end(),
  }
  const stop = open(sink)
  raw.on('close', stop)
  return reply
}
