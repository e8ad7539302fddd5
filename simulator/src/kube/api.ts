/** What the handlers of one simulated API server share, and what a request and an answer are to them. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { OpenShift } from '../openshift/openshift.ts'
import type { DiscoveryDocuments } from './discovery.ts'
import type { Faults } from './faults.ts'
import type { Identities, Viewer } from './identities.ts'
import type { Fields } from './json.ts'
import type { LogSource } from './logs.ts'
import type { AdmitToken } from './oidcTokens.ts'
import type { Authorizer } from './rbac.ts'
import type { Representation, Serialiser } from './representation.ts'
import type { ResourceInfo } from './requestInfo.ts'
import type { ResourceTable, ResourceType } from './resources.ts'
import type { Store } from './store.ts'

/** Calls `then` once after `ms`; returns how to call it off. */
export type Schedule = (ms: number, then: () => void) => () => void

/** Answers HTTP in place of a pod's port; undefined: nothing listens there. */
export type Backend = (namespace: string, pod: string, port: number) => RequestListener | undefined

export interface Api {
  readonly cluster: string
  readonly resources: ResourceTable
  readonly documents: DiscoveryDocuments
  readonly store: Store
  readonly serialiser: Serialiser
  readonly identities: Identities
  readonly authorizer: Authorizer
  readonly faults: Faults
  readonly clock: () => number
  readonly schedule: Schedule
  readonly logs: LogSource
  readonly backend: Backend
  /** Between bookmarks of a watch. */
  readonly bookmarkMs: number
  /** Takes tokens of an identity provider, so that `identities` knows them; absent: it trusts none. */
  readonly admit?: AdmitToken
  /** Absent: it is no OpenShift. */
  readonly openShift?: OpenShift
}

/** One request about a resource, allowed and ready to be handled. */
export interface Exchange {
  readonly info: ResourceInfo
  readonly type: ResourceType
  readonly viewer: Viewer
  readonly query: URLSearchParams
  readonly representation: Representation
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/** What a handler answers; `body` in pieces may be long. */
export interface Answer {
  readonly status: number
  readonly contentType: string
  readonly body: string | Iterable<string>
  readonly headers?: Readonly<Record<string, string>>
}

export const json = (status: number, body: Fields): Answer => ({
  status,
  contentType: 'application/json',
  body: `${JSON.stringify(body)}\n`,
})

export const plainText = (status: number, body: string): Answer => ({
  status,
  contentType: 'text/plain; charset=utf-8',
  body,
})
