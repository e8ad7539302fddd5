/** One request as it arrived, for what decides before and beside the routes: gates, strategies, audit. */
import type { IncomingHttpHeaders } from 'node:http'

export interface Incoming {
  readonly method: string
  /** As written, with the web root, without the query. */
  readonly path: string
  /** Behind the `?`; '' when there is none. */
  readonly search: string
  readonly headers: IncomingHttpHeaders
  /** Names and values in turn, as they came: what Node joins in `headers` stays apart here. */
  readonly rawHeaders: readonly string[]
  /** Of the peer of the connection, which may be a proxy. */
  readonly address: string
  /** The connection itself is TLS. */
  readonly encrypted: boolean
  readonly requestId: string
  /** '' when there is none; read only for methods that have one. */
  readonly body: string
  /** Adds a `Set-Cookie` line to whatever is answered, errors included. */
  setCookie(line: string): void
}

/** Lets a request through, or throws what the answer shall be. Runs for every request, before the viewer is known. */
export type Gate = (incoming: Incoming, route: { readonly auth?: 'none'; readonly path: string } | undefined) => void
