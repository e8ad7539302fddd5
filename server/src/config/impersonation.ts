/**
 * Asking clusters with the console's own accounts, acting as the person who logged in: who may be acted as, and with
 * which ways to log in it goes together. OpenShift has keys of its own for it, as Kiali has.
 */
import type { AuthStrategy } from '@binocle/api/auth'
import { BinocleError } from '../errors.ts'
import type { Settings } from './settings.ts'

export interface ImpersonationConfig {
  readonly enabled: boolean
  /** Exact names; empty = everybody. */
  readonly allowedUsers: readonly string[]
  readonly allowedGroups: readonly string[]
}

/** `auth.impersonation.*`. Throws BIN-CONFIG-KEY. */
export function impersonationOf(settings: Settings, strategy: AuthStrategy): ImpersonationConfig {
  const impersonation = impersonationUnder(settings, 'auth.impersonation')
  if (impersonation.enabled) refuseContradictions(settings, strategy)
  return impersonation
}

/** Those of the keys under `path`. A name of the system would be refused all the same: who writes it means something that will not happen. */
export const impersonationUnder = (settings: Settings, path: string): ImpersonationConfig => ({
  enabled: settings.boolean(`${path}.enabled`),
  allowedUsers: names(settings, `${path}.allowed_users`),
  allowedGroups: names(settings, `${path}.allowed_groups`),
})

function names(settings: Settings, key: string): readonly string[] {
  const listed = settings.texts(key)
  const wrong = listed.find((name) => name === '' || name.startsWith('system:'))
  if (wrong === undefined) return listed
  throw new BinocleError(
    'BIN-CONFIG-KEY',
    `${key} holds ${wrong === '' ? 'an empty name' : `\`${wrong}\`, a name of the system`}.`,
    { remedy: 'Name people and groups as the clusters do; identities of the system are never impersonated.' },
  )
}

function refuseContradictions(settings: Settings, strategy: AuthStrategy): void {
  if (strategy === 'openshift')
    throw refused('has no part in the strategy openshift.', 'Use auth.openshift.impersonation instead.')
  if (strategy === 'anonymous')
    throw refused('needs people who log in.', 'Set auth.strategy to `token`, `header` or `openid`.')
  if (strategy === 'header' && settings.text('auth.header.clusters') === 'all')
    throw refused(
      'does not go with auth.header.clusters `all`.',
      'Leave it `home`: every cluster is asked, and none but home is shown the token.',
    )
  if (strategy !== 'openid') return
  if (settings.boolean('auth.openid.disable_rbac'))
    throw refused('does not go with auth.openid.disable_rbac.', 'Choose one: as themselves, or as the console.')
  if (Object.keys(settings.map('auth.openid.cluster_audience')).length > 0)
    throw refused('does not go with auth.openid.cluster_audience.', 'Remove it: no cluster is shown a token.')
  if (settings.text('auth.openid.api_proxy') !== '')
    throw refused('does not go with auth.openid.api_proxy.', 'Remove it: no cluster is shown a token.')
}

const refused = (why: string, remedy: string): BinocleError =>
  new BinocleError('BIN-CONFIG-KEY', `auth.impersonation.enabled ${why}`, { remedy })
