/** Logging in by OpenShift: `auth.openshift.*` (reference: auth.md 2.1, 2.2). */
import { BinocleError } from '../errors.ts'
import { type ImpersonationConfig, impersonationUnder } from './impersonation.ts'
import type { Settings } from './settings.ts'

export interface OpenShiftConfig {
  readonly insecureSkipVerifyTls: boolean
  readonly impersonation: ImpersonationConfig
  readonly acceptOauthTokenQuery: boolean
}

/** Throws BIN-CONFIG-KEY. */
export function openShiftOf(settings: Settings): OpenShiftConfig {
  const key = 'auth.openshift.impersonation'
  const impersonation = impersonationUnder(settings, key)
  if (impersonation.enabled && settings.text('auth.strategy') !== 'openshift')
    throw new BinocleError('BIN-CONFIG-KEY', `${key}.enabled needs the strategy openshift.`, {
      remedy: 'Set auth.strategy to `openshift`; other strategies have auth.impersonation.',
    })
  return {
    insecureSkipVerifyTls: settings.boolean('auth.openshift.insecure_skip_verify_tls'),
    impersonation,
    acceptOauthTokenQuery: settings.boolean('auth.openshift.accept_oauth_token_query'),
  }
}
