/** What a route is: one row of a table. Handlers see parsed parameters and a viewer, and return a reply as plain data. */
import type { Viewer } from '../access/scope.ts'
import type { JsonDocument } from './encode.ts'
import type { Incoming } from './incoming.ts'
import type { Parameters } from './parameters.ts'

export interface Route {
  readonly method: 'DELETE' | 'GET' | 'PATCH' | 'POST' | 'PUT'
  /** Below the web root; `:name` is a variable. */
  readonly path: string
  /** Names of the query parameters that are allowed; absent = Kiali does not check here, so neither do we. */
  readonly parameters?: readonly string[]
  /** `none`: answers before and without a login. `optional`: answers without one too, to a viewer without any right. */
  readonly auth?: 'none' | 'optional'
  /** Absent = 1 MiB. */
  readonly maxBodyBytes?: number
  handle(request: Request): Promise<Reply> | Reply
}

export interface Request {
  readonly viewer: Viewer
  /** The same who asks, decided anew, for streams that outlive a decision. Rejects when the login is over. */
  readonly again: () => Promise<Viewer>
  readonly incoming: Incoming
  /** Variables of the path, decoded. */
  readonly path: Readonly<Record<string, string>>
  readonly query: Parameters
  /** Aborted when the client goes away or the time for the answer is over. */
  readonly signal: AbortSignal
}

export type Reply =
  | {
      readonly kind: 'json'
      readonly status: number
      readonly body: unknown
      readonly headers?: Readonly<Record<string, string>>
    }
  /** JSON that is text already, in parts that are made as the client takes them. */
  | { readonly kind: 'jsonText'; readonly parts: Iterable<string> }
  /** One object for as long as it is true: its encoded forms are kept with it, and clients may revalidate. */
  | { readonly kind: 'document'; readonly document: JsonDocument }
  | { readonly kind: 'text'; readonly status: number; readonly type: string; readonly body: string }
  | {
      readonly kind: 'empty'
      readonly status: number
      readonly type?: string
      readonly headers?: Readonly<Record<string, string>>
    }
  /** 302. `location`: absolute, or a path with the web root; never made of what a client sent. */
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'stream'; readonly open: (send: StreamSink) => () => void }

/** One client's end of an event stream. */
export interface StreamSink {
  /** False when the client does not keep up; the stream is ended then. */
  write(text: string): boolean
  close(): void
}

export const json = (body: unknown, headers?: Readonly<Record<string, string>>): Reply => ({
  kind: 'json',
  status: 200,
  body,
  ...(headers ? { headers } : {}),
})

/** 200. For what is too long for one text. */
export const jsonText = (parts: Iterable<string>): Reply => ({ kind: 'jsonText', parts })

/** For what stays the same object while nothing changes, e.g. a cached graph. */
export const sharedJson = (document: JsonDocument): Reply => ({ kind: 'document', document })

export const text = (status: number, type: string, body: string): Reply => ({ kind: 'text', status, type, body })

/** `type` where Kiali names one even of nothing. */
export const empty = (status: number, type?: string): Reply => ({ kind: 'empty', status, ...(type ? { type } : {}) })

export const redirect = (location: string): Reply => ({ kind: 'redirect', location })

/** The variable `name` of the path. */
export const variable = (request: Request, name: string): string => request.path[name] ?? ''
