/**
 * One login for all clusters: who is known at home is impersonated by the console's account of each cluster. RBAC
 * knows no denial, hence guard and lists (reference: auth.md 7.4).
 */
import type { Impersonation } from '../../access/login.ts'
import type { OpenShiftConfig } from '../../config/openshift.ts'
import { impersonationRefusal } from '../privileged.ts'
import type { Person } from './people.ts'

/** What everybody has who logged in through OpenShift. */
const automaticGroups = ['system:authenticated', 'system:authenticated:oauth'] as const

export interface Mask {
  readonly impersonate: Impersonation
  /** Groups that are not passed on. */
  readonly dropped: readonly string[]
}

/** `unlisted`: not among the users that are allowed. */
export type Masked = Mask | { readonly refused: 'malformed' | 'privileged' | 'unlisted' }

/** Lists are compared byte by byte; an empty one allows everybody. */
export function maskOf(person: Person, lists: Omit<OpenShiftConfig['impersonation'], 'enabled'>): Masked {
  const { allowedUsers, allowedGroups } = lists
  const own = person.groups.filter((group) => !isAutomatic(group))
  const refusal = impersonationRefusal({ user: person.name, groups: own })
  if (refusal !== undefined) return { refused: refusal.why }
  if (allowedUsers.length > 0 && !allowedUsers.includes(person.name)) return { refused: 'unlisted' }
  const kept = allowedGroups.length === 0 ? own : own.filter((group) => allowedGroups.includes(group))
  const groups = [...new Set([...kept, ...automaticGroups])]
  return {
    impersonate: { user: onTheWire(person.name), groups: groups.map(onTheWire) },
    dropped: own.filter((group) => !kept.includes(group)),
  }
}

/** A header line is bytes, one a character; Kubernetes reads them as UTF-8. */
const onTheWire = (name: string): string => Buffer.from(name).toString('latin1')

const isAutomatic = (group: string): boolean => automaticGroups.some((automatic) => automatic === group)
