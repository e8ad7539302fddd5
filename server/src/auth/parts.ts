/** What every strategy is given. */
import type { AuthInfo } from '@binocle/api/auth'
import type { ClusterName } from '@binocle/api/identity'
import type { Access } from '../access/access.ts'
import type { Login } from '../access/login.ts'
import type { Audit, AuditEvent } from '../audit.ts'
import type { CredentialKey } from '../clusters/credentialKey.ts'
import type { ClusterConnections } from '../clusters/start.ts'
import type { Config } from '../config/config.ts'
import { BinocleError } from '../errors.ts'
import type { External } from '../http/external.ts'
import type { Log, Surroundings } from '../kube/surroundings.ts'
import type { CaPools } from '../outbound/caPools.ts'
import type { Credentials } from '../outbound/credentials.ts'
import type { Sessions } from './sessions.ts'
import { rfc1123 } from './times.ts'

export interface StrategyParts {
  readonly config: Config
  readonly sessions: Sessions
  readonly clusters: Pick<ClusterConnections, 'api' | 'apiAs' | 'get' | 'list' | 'onChange' | 'spec'>
  readonly access: Pick<Access, 'forget' | 'visible'>
  readonly external: External
  readonly audit: Audit
  /** Of this process. */
  readonly keyOf: CredentialKey
  readonly credentials: Credentials
  /** For what is looked at again in the background. */
  readonly surroundings: Surroundings
  readonly cas: CaPools
  /** Unix ms. */
  readonly clock: () => number
  readonly log: Log
}

/** Enough for strategies that ask nobody but clusters. */
export type ClusterParts = Omit<StrategyParts, 'cas' | 'clusters' | 'credentials' | 'surroundings'> & {
  readonly clusters: Pick<ClusterConnections, 'api' | 'apiAs' | 'get' | 'list'>
}

/** How long an API server may take to say who somebody is. */
export const identityTimeoutMs = 5_000

/** The cluster whose accounts log in. Throws BIN-AUTH-UNAVAILABLE while it is not known. */
export function homeOf({ clusters }: Pick<ClusterParts, 'clusters'>): ClusterName {
  const home = clusters.list().find((cluster) => cluster.home)?.name
  if (home !== undefined) return home
  throw new BinocleError('BIN-AUTH-UNAVAILABLE', 'The cluster that logins belong to is not known yet.', {
    remedy: 'Try again; if it stays so, set kubernetes_config.cluster_name.',
    retryAfterS: 5,
  })
}

/** Nobody is logged in; `why` never tells more than that. */
export const loginNeeded = (): BinocleError =>
  new BinocleError('BIN-AUTH-LOGIN', 'You are not logged in, or your session is over.', { remedy: 'Log in.' })

/** One text, whatever was wrong with it: who guesses learns nothing. */
export const badToken = (): BinocleError =>
  new BinocleError('BIN-AUTH-TOKEN', 'token is not valid or is expired', {
    remedy: 'Get a new token; it must be of the cluster you log in to, and its account must see a namespace.',
  })

export const cannotConfirm = (cluster: ClusterName): BinocleError =>
  new BinocleError('BIN-AUTH-UNAVAILABLE', `${cluster} cannot confirm the login now.`, {
    remedy: 'Try again; you stay logged in.',
    cluster,
    retryAfterS: 5,
  })

export const mayNotUse = (cluster: ClusterName): BinocleError =>
  new BinocleError('BIN-AUTH-FORBIDDEN', `${cluster} does not let this identity in.`, {
    remedy: 'Ask who runs the cluster.',
    cluster,
  })

/**
 * Judges a login by what one cluster says. Throws what the answer shall be; `onRejected` first ends the session.
 * Returns the namespaces that may be seen there, which may be none.
 */
export async function confirmed(
  { access }: Pick<StrategyParts, 'access'>,
  login: Login,
  cluster: ClusterName,
  onRejected: () => BinocleError,
): Promise<readonly string[]> {
  const seen = await access.visible(login, cluster)
  switch (seen.state) {
    case 'known':
      return seen.namespaces
    case 'rejected':
      throw onRejected()
    case 'forbidden':
      throw mayNotUse(cluster)
    case 'absent':
    case 'unknown':
      throw cannotConfirm(cluster)
  }
}

/**
 * Judges a new login that clusters know by our own accounts: whatever is wrong with those is not the person's fault.
 * Throws what the answer shall be; `nothing` where there is nothing to see in any cluster.
 */
export async function mustSee(
  { access, clusters }: Pick<ClusterParts, 'access' | 'clusters'>,
  login: Login,
  home: ClusterName,
  nothing: () => BinocleError,
): Promise<void> {
  const answers = await Promise.all(clusters.list().map(({ name }) => access.visible(login, name)))
  if (answers.some((each) => each.state === 'known' && each.namespaces.length > 0)) return
  if (answers.some(({ state }) => state === 'unknown' || state === 'rejected')) throw cannotConfirm(home)
  if (answers.some(({ state }) => state === 'known')) throw nothing()
  throw mayNotUse(home)
}

/**
 * The clusters of a login that the page may name: one where the person sees nothing is not there for them, unless it is
 * the one they log in at (`at`). One that cannot say now is named, as everywhere.
 */
export async function toldClusters(
  { access, clusters }: Pick<ClusterParts, 'access' | 'clusters'>,
  login: Login,
  at?: ClusterName,
): Promise<readonly ClusterName[]> {
  const told = clusters.list().map(async ({ accessible, name }): Promise<readonly ClusterName[]> => {
    const credential = login.on(name)
    if (!accessible || credential === undefined) return []
    if (credential.kind === 'console' || name === at) return [name]
    const seen = await access.visible(login, name)
    return seen.state === 'unknown' || (seen.state === 'known' && seen.namespaces.length > 0) ? [name] : []
  })
  return (await Promise.all(told)).flat()
}

/** What the page is told of one login in several clusters, all of which end at once. `expiresAt`: Unix ms. */
export function clusterInfoOf(
  names: readonly ClusterName[],
  expiresAt: number,
): NonNullable<AuthInfo['sessionInfo']['clusterInfo']> {
  const expiresOn = rfc1123(expiresAt)
  return Object.fromEntries(names.map((name) => [name, { name, expiresOn }]))
}

/** What the audit writes of a login that `error` ended. */
export function refusedLogin(error: unknown): AuditEvent {
  const refused = error instanceof BinocleError ? error : undefined
  return {
    type: 'login',
    verb: 'login',
    outcome: refused !== undefined && refused.status < 500 ? 'denied' : 'failure',
    status: refused?.status ?? 500,
    reason: refused?.code ?? 'BIN-INTERNAL',
  }
}
