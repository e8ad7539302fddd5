/**
 * Where nobody may change anything, nothing that would gets as far as its body: with `deployment.view_only_mode`, and for
 * who is nobody in particular unless `auth.anonymous.allow_writes` is set (reference: auth.md 6.1).
 */
import type { Audit } from '../../audit.ts'
import type { Config } from '../../config/config.ts'
import { BinocleError } from '../../errors.ts'
import { type Check, isChange } from '../incoming.ts'

/** Logging in and out, asking a cluster again, and questions too long for a URL change nothing of the mesh. */
const always = ['/api/authenticate', '/api/logout', '/api/multicluster/clusters/:cluster/retry', '/api/stats/metrics']

/** Why nobody may; undefined: that is for the clusters to say. */
export function viewOnlyReason(config: Pick<Config, 'auth' | 'deployment'>): Reason | undefined {
  if (config.deployment.viewOnlyMode) return viewOnlyMode
  return config.auth.strategy === 'anonymous' && !config.auth.anonymous.allowWrites ? anybody : undefined
}

interface Reason {
  readonly message: string
  readonly remedy: string
}

const viewOnlyMode: Reason = {
  message: 'The console is in view-only mode.',
  remedy: 'Set deployment.view_only_mode to false to allow changes.',
}
const anybody: Reason = {
  message: 'Nobody changes anything where nobody logs in.',
  remedy: 'Choose another auth.strategy, or set auth.anonymous.allow_writes.',
}

export const viewOnlyCheck =
  (audit: Audit, { message, remedy }: Reason): Check =>
  (incoming, route, viewer) => {
    if (!isChange(incoming) || always.includes(route.path)) return
    const refusal = new BinocleError('BIN-VIEW-ONLY', message, { remedy })
    const { code, status } = refusal
    const verb = incoming.method.toLowerCase()
    audit.record({ type: 'write', outcome: 'denied', verb, status, reason: code }, incoming, viewer.login)
    throw refusal
  }
