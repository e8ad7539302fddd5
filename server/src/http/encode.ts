/**
 * JSON bodies as bytes: text, entity tag, and compressed forms. Compression runs in zlib's threads, not in the event
 * loop. What is encoded from a shared document is kept as long as the document lives.
 */
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

export type Encoding = 'br' | 'gzip' | 'identity'

export interface Encoded {
  readonly etag: string
  readonly bytes: number
  as(encoding: Encoding): Promise<Buffer>
}

/** JSON that is kept as bytes, in UTF-8, e.g. a cached graph. */
export interface JsonDocument {
  readonly json: Buffer
}

const kept = new WeakMap<JsonDocument, Encoded>()

/** Compressed and hashed once for as long as `document` is alive. */
export function encodeShared(document: JsonDocument): Encoded {
  const known = kept.get(document)
  if (known) return known
  const encoded = encodedBytes(document.json)
  kept.set(document, encoded)
  return encoded
}

export const encode = (value: unknown): Encoded => encodedBytes(Buffer.from(JSON.stringify(value)))

function encodedBytes(plain: Buffer): Encoded {
  const made = new Map<Encoding, Promise<Buffer>>([['identity', Promise.resolve(plain)]])
  return {
    etag: `"${createHash('sha1').update(plain).digest('base64url')}"`,
    bytes: plain.length,
    as: (encoding) => {
      const known = made.get(encoding)
      if (known) return known
      const making = encoding === 'br' ? toBrotli(plain) : toGzip(plain)
      made.set(encoding, making)
      return making
    },
  }
}

/** Below this a compressed body is hardly smaller than its own headers. */
const worthCompressing = 1024

/** The best encoding that the client accepts. Brotli only where the result is kept: it costs more to make. */
export function chooseEncoding(accepted: string | undefined, bytes: number, isKept: boolean): Encoding {
  if (accepted === undefined || bytes < worthCompressing) return 'identity'
  const offers = accepted.toLowerCase().split(',')
  const accepts = (name: string) =>
    offers.some((offer) => {
      const [coding, quality] = offer.split(';').map((part) => part.trim())
      return coding === name && !(quality !== undefined && /^q=0(\.0*)?$/.test(quality))
    })
  if (isKept && accepts('br')) return 'br'
  return accepts('gzip') ? 'gzip' : 'identity'
}

const gzipAsync = promisify(gzip)
const brotliAsync = promisify(brotliCompress)

const toGzip = (plain: Buffer): Promise<Buffer> => gzipAsync(plain, { level: 4 })

const toBrotli = (plain: Buffer): Promise<Buffer> =>
  brotliAsync(plain, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length },
  })
