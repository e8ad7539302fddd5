/** The TLS policy of the configuration, or of the home cluster's OpenShift, becomes that of this process. */
import type { Config } from '../config/config.ts'
import { type TlsWishes, tlsPolicyOf } from '../config/tlsPolicy.ts'
import { profileWishes } from '../config/tlsProfile.ts'
import { BinocleError } from '../errors.ts'
import type { Log } from '../kube/surroundings.ts'
import { adoptTlsPolicy, groupWorks } from './tlsDefaults.ts'

/**
 * `profile`: the object `APIServer/cluster` of the home cluster; asked for with `source: auto` only. Returns how to lay
 * down what was before. Throws BIN-CONFIG-TLS: without the policy that was asked for there is no start.
 */
export async function layDownTls(
  config: Config['outbound'],
  profile: () => Promise<unknown>,
  log: Log,
): Promise<() => void> {
  if (config === undefined) return () => {}
  const { policy, unknown } = tlsPolicyOf(
    config.tls.source === 'auto' ? await wishesOf(profile) : config.tls.wishes,
    groupWorks,
  )
  if (unknown.length > 0) log('warn', 'deployment.tls_config: names that are not known here are left out', { unknown })
  return adoptTlsPolicy(policy)
}

async function wishesOf(profile: () => Promise<unknown>): Promise<TlsWishes> {
  const remedy =
    'Use `source: config` where the home cluster is no OpenShift, or grant get on apiservers.config.openshift.io.'
  let object: unknown
  try {
    object = await profile()
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'it cannot be read'
    throw new BinocleError('BIN-CONFIG-TLS', `deployment.tls_config.source is \`auto\`, but ${why}.`, { remedy, cause })
  }
  const wishes = profileWishes(object)
  if (wishes !== undefined) return wishes
  throw new BinocleError('BIN-CONFIG-TLS', 'The TLS profile of the home cluster is none that is known.', { remedy })
}
