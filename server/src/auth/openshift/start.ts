/** Starts the openshift strategy: finds the OAuth servers in the background, and says aloud what is trusted. */
import { existsSync } from 'node:fs'
import { rootCertificates } from 'node:tls'
import type { Config } from '../../config/config.ts'
import { BinocleError } from '../../errors.ts'
import type { Strategy } from '../auth.ts'
import { tellTrust } from '../impersonation.ts'
import type { StrategyParts } from '../parts.ts'
import { watchAuthorizationServers } from './authorizationServers.ts'
import type { Trust } from './exchange.ts'
import { createOpenShift } from './openshift.ts'

/** Throws BIN-CONFIG-KEY. */
export function startOpenShift(parts: StrategyParts): Strategy {
  const { cas, clusters, config, log, surroundings } = parts
  const { impersonation, insecureSkipVerifyTls } = config.auth.openshift
  if (impersonation.enabled) {
    requireAccount(config)
    tellTrust(impersonation, { authority: 'the home cluster', key: 'auth.openshift.impersonation', log })
  }
  const { instanceName = 'kiali', namespace = 'istio-system' } = config.deployment
  const servers = watchAuthorizationServers({
    clusters,
    clientId: `${instanceName}-${namespace}`,
    homeOnly: impersonation.enabled,
    plainHttp: config.auth.development,
    surroundings,
  })
  const trustOf = (cluster: string): Trust => {
    const spec = clusters.spec(cluster)
    const ofCluster = spec !== undefined && 'access' in spec ? spec.access.tls.ca : undefined
    const ca = [...(cas.pool('openshift') ?? rootCertificates), ...(ofCluster === undefined ? [] : [ofCluster])]
    return { ca, insecureSkipVerify: insecureSkipVerifyTls }
  }
  return createOpenShift({ ...parts, servers, trustOf })
}

/** Other people are impersonated by the account of our pod, whose token is renewed; any other may be a person's. */
function requireAccount({ kubernetes: { inCluster } }: Config): void {
  if (inCluster !== undefined && existsSync(`${inCluster.folder}/token`)) return
  throw new BinocleError(
    'BIN-CONFIG-KEY',
    'auth.openshift.impersonation.enabled needs the service account of our pod, and there is none.',
    { remedy: 'Run in the home cluster with a mounted service account token, or switch impersonation off.' },
  )
}
