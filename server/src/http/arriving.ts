/**
 * From Node's request to ours: what clients may not say is left out before anything reads it (names that we or
 * Kubernetes give a meaning), and every request has an id that is safe in a log.
 */
import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { Incoming } from './incoming.ts'

/** `keepsImpersonation`: the strategy is `header`, whose proxy says by them who asks. */
export function arriving(
  request: IncomingMessage,
  reply: ServerResponse,
  requestId: string,
  keepsImpersonation: boolean,
): Incoming {
  const url = request.url ?? ''
  const at = url.indexOf('?')
  const { headers, rawHeaders } = withoutReserved(request, keepsImpersonation)
  return {
    method: request.method ?? '',
    path: at < 0 ? url : url.slice(0, at),
    search: at < 0 ? '' : url.slice(at + 1),
    headers,
    rawHeaders,
    address: request.socket.remoteAddress ?? '',
    encrypted: 'encrypted' in request.socket && request.socket.encrypted === true,
    requestId,
    body: '',
    // A stream asks again who is there after its headers have gone: nothing can be added then.
    setCookie: (line) => void (reply.headersSent || reply.appendHeader('set-cookie', line)),
  }
}

/** Of the client, when it can stand in a log as it is. */
export function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && /^[A-Za-z0-9._-]{1,64}$/.test(given) ? given : randomUUID()
}

type Headers = Pick<Incoming, 'headers' | 'rawHeaders'>

function withoutReserved(request: IncomingMessage, keepsImpersonation: boolean): Headers {
  const isReserved = (name: string): boolean =>
    name === 'kiali-user' || (!keepsImpersonation && name.startsWith('impersonate-'))
  if (!Object.keys(request.headers).some(isReserved)) return request
  const headers: IncomingHttpHeaders = Object.fromEntries(
    Object.entries(request.headers).filter(([name]) => !isReserved(name)),
  )
  const rawHeaders = request.rawHeaders.filter((_text, at) => {
    const name = request.rawHeaders[at - (at % 2)]
    return name === undefined || !isReserved(name.toLowerCase())
  })
  return { headers, rawHeaders }
}
