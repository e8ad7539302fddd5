/** Request bodies: read up to a limit, then parsed as JSON, or as the YAML and protobuf that the API also speaks. */
import type { IncomingMessage } from 'node:http'
import { parse as parseYaml } from 'yaml'
import { type Fields, isFields, parsedJson } from './json.ts'
import { fromProtobuf, protobufType } from './protobuf.ts'
import { badRequest, StatusError } from './status.ts'

/** As a real API server: 3 MiB. */
export const maxBodyBytes = 3 * 1024 * 1024

/** The media type without its parameters. */
export const mediaType = (request: IncomingMessage): string =>
  (request.headers['content-type'] ?? 'application/json').split(';')[0]?.trim() ?? ''

export const readText = async (request: IncomingMessage): Promise<string> => (await readBytes(request)).toString()

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of request) {
    if (!Buffer.isBuffer(piece)) continue
    bytes += piece.length
    if (bytes > maxBodyBytes) {
      throw new StatusError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${maxBodyBytes}`)
    }
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

/** A body that is one object; `kind` is what a refusal calls it. */
export async function readObject(request: IncomingMessage, kind?: string): Promise<Fields> {
  const type = mediaType(request)
  const bytes = await readBytes(request)
  const text = bytes.toString()
  if (type === 'application/json') return asObject(parsedJson(text), kind)
  if (type === 'application/yaml' || type === 'application/x-yaml') return asObject(parsedYaml(text), kind)
  const object = type === protobufType ? fromProtobuf(bytes) : undefined
  if (object) return object
  throw unsupportedMedia(['application/json', 'application/yaml', protobufType])
}

/** Empty: `{}`. */
export async function readOptions(request: IncomingMessage): Promise<Fields> {
  const text = await readText(request)
  return text === '' ? {} : asObject(parsedJson(text))
}

export function asObject(value: unknown, kind = 'object'): Fields {
  if (!isFields(value))
    throw badRequest(
      `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: not a JSON object`,
    )
  return value
}

export function parsedYaml(text: string): unknown {
  try {
    return parseYaml(text)
  } catch (error) {
    throw badRequest(`error decoding YAML: ${error instanceof Error ? error.message : String(error)}`)
  }
}

export const unsupportedMedia = (accepted: readonly string[]): StatusError =>
  new StatusError(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  )
