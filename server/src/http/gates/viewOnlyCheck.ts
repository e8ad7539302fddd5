/** `deployment.view_only_mode`: nothing that changes something gets as far as its body, whoever asks. */
import type { Audit } from '../../audit.ts'
import { BinocleError } from '../../errors.ts'
import { type Check, isChange } from '../incoming.ts'

/** Logging in and out, and asking a cluster again, change nothing of the mesh. */
const always = ['/api/authenticate', '/api/logout', '/api/multicluster/clusters/:cluster/retry']

export const viewOnlyCheck =
  (audit: Audit): Check =>
  (incoming, route, viewer) => {
    if (!isChange(incoming) || always.includes(route.path)) return
    const refusal = new BinocleError('BIN-VIEW-ONLY', 'The console is in view-only mode.', {
      remedy: 'Set deployment.view_only_mode to false to allow changes.',
    })
    const { code, status } = refusal
    const verb = incoming.method.toLowerCase()
    audit.record({ type: 'write', outcome: 'denied', verb, status, reason: code }, incoming, viewer.login)
    throw refusal
  }
