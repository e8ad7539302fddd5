/**
 * Pages of other origins that may read answers. Nobody, unless named; and never with what a browser adds by itself:
 * `Access-Control-Allow-Credentials` is not sent.
 */
import type { ServerConfig } from '../config/server.ts'
import type { Incoming } from './incoming.ts'

export interface Cors {
  /** Lines of an answer to this request. */
  headers(incoming: Incoming): Readonly<Record<string, string>>
  /** Lines of the answer to a browser that asks beforehand; undefined = it is no such question, or may not. */
  preflight(incoming: Incoming): Readonly<Record<string, string>> | undefined
}

/** undefined = off. */
export function corsOf({ corsAllowAll, corsOrigins = [] }: ServerConfig): Cors | undefined {
  if (corsAllowAll !== true && corsOrigins.length === 0) return undefined
  const named = new Set(corsOrigins)
  const allowedOrigin = ({ headers: { cookie, authorization, origin } }: Incoming, asksBefore: boolean) => {
    if (origin !== undefined && named.has(origin)) return origin
    const isOwnToken = asksBefore || (authorization !== undefined && cookie === undefined)
    return corsAllowAll === true && isOwnToken ? '*' : undefined
  }
  return {
    headers: (incoming) => {
      const origin = allowedOrigin(incoming, false)
      return origin === undefined ? {} : { 'access-control-allow-origin': origin }
    },
    preflight: (incoming) => {
      const { headers, method } = incoming
      const origin = allowedOrigin(incoming, true)
      if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined || origin === undefined)
        return undefined
      return {
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
        'access-control-allow-headers': 'Authorization, Content-Type, X-Request-Id, Kiali-UI, X-Auth-Type-Kiali-UI',
        'access-control-max-age': '600',
      }
    },
  }
}
