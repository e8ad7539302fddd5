/** One request as it arrived, for what decides before and beside the routes: gates, strategies, audit. */
import type { IncomingHttpHeaders } from 'node:http'
import type { Viewer } from '../access/scope.ts'

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
  /** '' when there is none, and '' before the route itself: gates and strategies decide before it is read. */
  readonly body: string
  /** Adds a `Set-Cookie` line to whatever is answered, errors included. */
  setCookie(line: string): void
}

/** What gates may know of the route; undefined = the page, its files, or nowhere. */
export interface Asked {
  /** As in the table, below the web root. */
  readonly path: string
  readonly auth?: 'none' | 'optional'
}

/** Lets a request through, or throws what the answer shall be. Runs for every request, before the viewer is known. */
export type Gate = (incoming: Incoming, route: Asked | undefined) => void

/** The same once the viewer is known, for routes alone, and still before the body is read. */
export type Check = (incoming: Incoming, route: Asked, viewer: Viewer) => void

/** The method says whether something may change because of it. */
export const isChange = ({ method }: Pick<Incoming, 'method'>): boolean => !['GET', 'HEAD', 'OPTIONS'].includes(method)
