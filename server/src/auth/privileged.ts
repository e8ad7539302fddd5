/**
 * Identities as whom nobody is ever impersonated: RBAC knows no denial, so that what the console's account may wear is
 * limited here too. Names are compared byte by byte, as Kubernetes does; one that only looks like another's is refused
 * (reference: auth.md 7.4).
 */
export interface Identity {
  readonly user: string
  readonly groups: readonly string[]
}

export interface IdentityRefusal {
  /** `malformed`: a name that does not arrive as it is written, or that people take for another. */
  readonly why: 'malformed' | 'privileged'
  readonly what: 'group' | 'user'
}

/** What every user has who is not anonymous; never refused. */
const authenticatedGroup = 'system:authenticated'

/** undefined = may be impersonated. `granted`: groups of the system that are allowed all the same. */
export function impersonationRefusal(
  { user, groups }: Identity,
  granted: readonly string[] = [authenticatedGroup],
): IdentityRefusal | undefined {
  if (user === '' || isMalformed(user)) return { why: 'malformed', what: 'user' }
  if (isOfTheSystem(user)) return { why: 'privileged', what: 'user' }
  for (const group of groups) {
    if (granted.includes(group)) continue
    if (group === '' || isMalformed(group)) return { why: 'malformed', what: 'group' }
    if (isOfTheSystem(group)) return { why: 'privileged', what: 'group' }
  }
  return undefined
}

/**
 * HTTP trims blanks at the ends of a header, so that ` system:x` would arrive as `system:x`. Control and invisible
 * characters and parts of characters are in no honest name; a name has one form (NFC).
 */
const isMalformed = (name: string): boolean =>
  name !== name.trim() || /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(name) || name.normalize('NFC') !== name

/** Kubernetes keeps the prefix for itself. Letters that only look like it, e.g. of full width, are taken for it too. */
const isOfTheSystem = (name: string): boolean => name.normalize('NFKC').toLowerCase().startsWith('system:')
