/**
 * The audit: one JSON object a line for every login, logout, refusal and write, whatever the level of the log. A line
 * names who, what and where, never a credential, a body or anything that could end the line or colour a terminal.
 */
import type { ClusterName } from '@binocle/api/identity'
import type { Login } from './access/login.ts'
import type { External } from './http/external.ts'
import type { Incoming } from './http/incoming.ts'
import { fingerprint, redactText } from './redact.ts'

/** What happened; who asked and from where comes from the request and the login. */
export interface AuditEvent {
  /** `read`: of what is nearly a secret, such as a pod's log; `rotation`: a credential was replaced. */
  readonly type: 'login' | 'logout' | 'read' | 'rotation' | 'write'
  readonly outcome: 'denied' | 'failure' | 'success'
  /** `create`, `update`, `delete`, `login`, ... */
  readonly verb: string
  /** Absent = it concerns no cluster in particular, or all of the login. */
  readonly cluster?: ClusterName
  readonly namespace?: string
  /** `networking.istio.io/v1, Kind=VirtualService` */
  readonly gvk?: string
  readonly name?: string
  /** HTTP status of the answer, or that of the API server. */
  readonly status?: number
  /** A code of the catalogue, or a fixed word: why it was refused. Never a text of a client or an upstream. */
  readonly reason?: string
  /** Path of a file that was rotated. */
  readonly path?: string
  /** SHA-256 of the body, in hex, and its length: never the body. */
  readonly bodySha256?: string
  readonly bodyBytes?: number
  /** Whom a failed login claimed to be, where there is no login. */
  readonly user?: string
}

export interface Audit {
  /** Never throws. `login`: absent = nobody has logged in. `incoming`: absent = it was not asked for by a request. */
  record(event: AuditEvent, incoming?: Incoming, login?: Login): void
}

export const noAudit: Audit = { record: () => {} }

export function createAudit(options: {
  readonly strategy: Login['strategy']
  /** One line, without its end. */
  readonly write: (line: string) => void
  readonly external: Pick<External, 'address'>
  /** Unix ms. */
  readonly clock: () => number
}): Audit {
  return {
    record: (event, incoming, login) => {
      const actor = login?.actor
      const user = login?.user ?? event.user ?? ''
      const { bodyBytes, bodySha256, cluster, gvk, name, namespace, outcome, path, reason, status, type, verb } = event
      const record = {
        audit: true,
        ts: new Date(options.clock()).toISOString(),
        type,
        outcome,
        user: actor ?? user,
        impersonatedUser: actor === undefined ? undefined : user,
        strategy: options.strategy,
        cluster: cluster ?? '',
        namespace,
        gvk,
        name,
        verb,
        requestId: incoming?.requestId,
        client: incoming === undefined ? undefined : options.external.address(incoming),
        sessionFp: login === undefined ? undefined : fingerprint(login.sessionId),
        status,
        reason,
        path,
        bodySha256,
        bodyBytes,
      }
      options.write(encodeLine(record))
    },
  }
}

const maxTextLength = 512

/** JSON whose texts are short, redacted and ASCII: nothing in it can end a line, colour it or turn its direction. */
export const encodeLine = (record: Readonly<Record<string, unknown>>): string =>
  JSON.stringify(record, (_name, value: unknown) =>
    typeof value === 'string' ? shortened(redactText(value)) : value,
  ).replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)

const shortened = (text: string): string => (text.length <= maxTextLength ? text : `${text.slice(0, maxTextLength)}...`)
