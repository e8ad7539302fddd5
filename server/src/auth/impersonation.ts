/**
 * One login for all clusters: who is known, at home or by a provider, is impersonated by the console's account of each
 * cluster. RBAC knows no denial, hence guard and lists (reference: auth.md 7.4).
 */
import type { ClusterName } from '@binocle/api/identity'
import type { ClusterCredential, Impersonation } from '../access/login.ts'
import type { ImpersonationConfig } from '../config/impersonation.ts'
import type { Log } from '../kube/surroundings.ts'
import { mayNotUse } from './parts.ts'
import { impersonationRefusal } from './privileged.ts'
import type { Identified } from './reviews.ts'

/** Somebody as the clusters know them, in readable names. */
export interface Named {
  readonly name: string
  readonly groups: readonly string[]
}

interface Mask {
  readonly impersonate: Impersonation
  /** Groups that are not passed on. */
  readonly dropped: readonly string[]
}

/** `unlisted`: not among the users that are allowed. */
type Masked = Mask | { readonly refused: 'malformed' | 'privileged' | 'unlisted' }

/** What a cluster itself gives to everybody who logged in. */
export const authenticatedGroup = 'system:authenticated'
/** The same, of an OpenShift to who logged in by its OAuth server. */
export const oauthGroup = 'system:authenticated:oauth'

type Lists = Pick<ImpersonationConfig, 'allowedGroups' | 'allowedUsers'>

/**
 * Lists are compared byte by byte; an empty one allows everybody. `automatic`: groups of the system that the person has
 * in any case, and that no list takes away.
 */
export function maskOf(person: Named, { allowedUsers, allowedGroups }: Lists, automatic: readonly string[]): Masked {
  const own = person.groups.filter((group) => !automatic.includes(group))
  const refusal = impersonationRefusal({ user: person.name, groups: own }, [])
  if (refusal !== undefined) return { refused: refusal.why }
  if (allowedUsers.length > 0 && !allowedUsers.includes(person.name)) return { refused: 'unlisted' }
  const kept = allowedGroups.length === 0 ? own : own.filter((group) => allowedGroups.includes(group))
  const groups = [...new Set([...kept, ...automatic])]
  return {
    impersonate: { user: onTheWire(person.name), groups: groups.map(onTheWire) },
    dropped: own.filter((group) => !kept.includes(group)),
  }
}

/** As whom clusters are asked for the person. Throws BIN-AUTH-FORBIDDEN, as if home did not let them in; the log says why. */
export function worn(
  person: Named,
  lists: Lists,
  automatic: readonly string[],
  { home, log }: { readonly home: ClusterName; readonly log: Log },
): Impersonation {
  const mask = maskOf(person, lists, automatic)
  if ('refused' in mask) {
    log('warn', 'somebody may not be impersonated', { user: person.name, reason: mask.refused })
    throw mayNotUse(home)
  }
  const { dropped, impersonate } = mask
  if (dropped.length > 0) log('debug', 'groups are not passed on', { user: person.name, groups: dropped.length })
  return impersonate
}

/**
 * The same for who the home cluster says it is. A token that may do less than its owner is nobody's mask: it would do
 * more behind it.
 */
export function wornAtHome(
  { groups, restricted, user }: Identified,
  lists: Lists,
  { home, log }: { readonly home: ClusterName; readonly log: Log },
): Impersonation {
  if (restricted === true) {
    log('warn', 'somebody may not be impersonated', { user, reason: 'restricted' })
    throw mayNotUse(home)
  }
  const automatic = [authenticatedGroup, ...groups.filter((group) => group === oauthGroup)]
  return worn({ name: user, groups }, lists, automatic, { home, log })
}

/** Of any cluster: no token of the person is in it. */
export const wornIn =
  (impersonate: Impersonation) =>
  (cluster: ClusterName): ClusterCredential => ({ cluster, kind: 'impersonated', impersonate })

/** Says aloud at the start what is trusted. `authority`: who decides who people are, e.g. `the home cluster`. */
export function tellTrust(
  { allowedGroups, allowedUsers }: Lists,
  { authority, key, log }: { readonly authority: string; readonly key: string; readonly log: Log },
): void {
  log('warn', 'whoever may create people or groups there can act as anybody in all clusters', {
    there: authority,
    allowedUsers,
    allowedGroups,
  })
  if (allowedUsers.length === 0 && allowedGroups.length === 0)
    log('warn', 'every user and group is passed on', {
      from: authority,
      remedy: `Set ${key}.allowed_users or ${key}.allowed_groups.`,
    })
}

/** A header line is bytes, one a character; Kubernetes reads them as UTF-8. */
const onTheWire = (name: string): string => Buffer.from(name).toString('latin1')
