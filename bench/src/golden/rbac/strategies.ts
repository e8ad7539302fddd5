/** The console of each strategy, as a Kiali with the same strategy would be configured. */
import type { HostileIssuer } from '@binocle/server/auth/openid/hostileIssuer'
import type { RecordedStrategy } from './recorded.ts'

/** Keys of the configuration. `folder`: where files of credentials lie; `port`: the console's own. */
export function configurationOf(
  strategy: RecordedStrategy,
  { folder, issuer, port }: { readonly folder: string; readonly issuer: HostileIssuer; readonly port: number },
): Readonly<Record<string, unknown>> {
  return {
    auth: { strategy, ...keysOf(strategy, issuer) },
    login_token: { signing_key: signingKey },
    credentials: { ca_directory: folder, directories: [folder] },
    server: { web_fqdn: '127.0.0.1', web_port: port, web_schema: 'http' },
  }
}

function keysOf(strategy: RecordedStrategy, { clientId, issuer }: HostileIssuer): Readonly<Record<string, unknown>> {
  if (strategy === 'header') return { header: { trusted_proxies: ['127.0.0.1'] } }
  if (strategy === 'token') return {}
  return { openid: { issuer_uri: issuer, client_id: clientId, scopes: ['openid', 'profile', 'email'] } }
}

/** Of sessions that end with the replay. */
const signingKey = 'Tn4Wq8Zs1Xk6Vb9LmR3cYd7EfG2hJ5Pa'
