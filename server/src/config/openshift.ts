/** Logging in by OpenShift: `auth.openshift.*` (reference: auth.md 2.1, 2.2). */
import { BinocleError } from '../errors.ts'
import type { Settings } from './settings.ts'

export interface OpenShiftConfig {
  readonly insecureSkipVerifyTls: boolean
  readonly impersonation: {
    readonly enabled: boolean
    /** Exact names; empty = everybody. */
    readonly allowedUsers: readonly string[]
    readonly allowedGroups: readonly string[]
  }
  readonly acceptOauthTokenQuery: boolean
}

/** Throws BIN-CONFIG-KEY. */
export function openShiftOf(settings: Settings): OpenShiftConfig {
  const impersonation = 'auth.openshift.impersonation'
  const enabled = settings.boolean(`${impersonation}.enabled`)
  const strategy = settings.text('auth.strategy')
  if (enabled && strategy !== 'openshift')
    throw new BinocleError('BIN-CONFIG-KEY', `${impersonation}.enabled needs the strategy openshift.`, {
      remedy: `Set auth.strategy to \`openshift\`, or ${impersonation}.enabled to false.`,
    })
  return {
    insecureSkipVerifyTls: settings.boolean('auth.openshift.insecure_skip_verify_tls'),
    impersonation: {
      enabled,
      allowedUsers: names(settings, `${impersonation}.allowed_users`),
      allowedGroups: names(settings, `${impersonation}.allowed_groups`),
    },
    acceptOauthTokenQuery: settings.boolean('auth.openshift.accept_oauth_token_query'),
  }
}

/** A name of the system would be refused all the same: who writes it means something that will not happen. */
function names(settings: Settings, key: string): readonly string[] {
  const listed = settings.texts(key)
  const wrong = listed.find((name) => name === '' || name.startsWith('system:'))
  if (wrong === undefined) return listed
  throw new BinocleError(
    'BIN-CONFIG-KEY',
    `${key} holds ${wrong === '' ? 'an empty name' : `\`${wrong}\`, a name of the system`}.`,
    { remedy: 'Name people and groups as OpenShift does; identities of the system are never impersonated.' },
  )
}
