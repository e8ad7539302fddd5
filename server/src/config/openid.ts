/** What must be right before anybody is sent to an OpenID provider: `auth.openid.*` (reference: auth.md 2.1, 2.2). */
import { BinocleError } from '../errors.ts'
import type { AuthConfig } from './auth.ts'
import type { Config } from './config.ts'
import type { ServerConfig } from './server.ts'

/** Throws BIN-CONFIG-KEY for what would fail at the first login, or would be less safe than it looks. */
export function checkOpenId(auth: AuthConfig, server: Pick<ServerConfig, 'external'>): void {
  if (auth.strategy !== 'openid') return
  const { development, openid } = auth
  for (const key of ['issuerUri', 'clientId'] as const)
    if (openid[key] === '') throw wrong(keys[key], 'must be set.', 'Take it from the registration at your provider.')
  if (server.external?.host === undefined && !openid.allowRequestDerivedRedirectUri)
    throw wrong(
      'server.web_fqdn',
      'must be set for auth.strategy `openid`.',
      'Set it to the name under which browsers reach the console: people are sent back there with their login.',
    )
  checkParameters(openid.additionalRequestParams)
  const unknown = openid.signingAlgs.find((each) => !asymmetric.has(each))
  if (unknown !== undefined || openid.signingAlgs.length === 0)
    throw wrong(
      'auth.openid.signing_algs',
      `holds ${unknown ?? 'nothing'}.`,
      `Choose of ${[...asymmetric].join(', ')}.`,
    )
  checkEndpoints(openid, development)
  if (openid.insecureSkipVerifyTls && !openid.disableRbac && !development)
    throw wrong(
      'auth.openid.insecure_skip_verify_tls',
      'would let anybody on the way choose who people are.',
      'Mount the certificate of the provider as openid-server-ca.crt, or set auth.development to try things out.',
    )
  checkApiProxy(openid)
  checkClusters(auth)
}

/** What takes the place of home's API server for people: only where they are who asks. */
export function apiProxyOf({ openid, strategy }: AuthConfig): Pick<Config['kubernetes'], 'usersServer'> {
  if (strategy !== 'openid' || openid.disableRbac || openid.apiProxy === '') return {}
  const ca = Buffer.from(openid.apiProxyCaData, 'base64').toString('utf8')
  return { usersServer: { server: openid.apiProxy.replace(/\/+$/, ''), ca } }
}

/** A cluster that believes a provider of its own is shown that provider's token: nothing else may be shown to it. */
function checkClusters({ development, impersonation, openid }: AuthConfig): void {
  const key = 'auth.openid.clusters'
  const entries = Object.entries(openid.clusters)
  if (entries.length > 0 && (openid.disableRbac || impersonation.enabled))
    throw wrong(
      key,
      'means nothing where clusters are asked by our own accounts.',
      'Remove it, or let people be themselves.',
    )
  for (const [cluster, { clientId, issuerUri }] of entries) {
    if (clientId === '' || issuerUri === '')
      throw wrong(
        `${key}.${cluster}`,
        'must have `issuer_uri` and `client_id`.',
        'Take them from the registration there.',
      )
    checkUrl(`${key}.${cluster}.issuer_uri`, issuerUri, development ? ['https:', 'http:'] : ['https:'])
    if (Object.hasOwn(openid.clusterAudience, cluster))
      throw wrong(`auth.openid.cluster_audience.${cluster}`, `is of a cluster in ${key}.`, 'Keep one of the two.')
  }
}

type OpenIdConfig = AuthConfig['openid']

const keys = { issuerUri: 'auth.openid.issuer_uri', clientId: 'auth.openid.client_id' } as const

/** A shared secret proves nothing about who signed: no HS*. */
const asymmetric: ReadonlySet<string> = new Set(
  ['RS', 'PS', 'ES'].flatMap((family) => ['256', '384', '512'].map((bits) => `${family}${bits}`)).concat('EdDSA'),
)

const reserved = new Set([
  'client_id',
  'response_type',
  'response_mode',
  'redirect_uri',
  'scope',
  'nonce',
  'state',
  'code_challenge',
  'code_challenge_method',
  'request',
  'request_uri',
])

function checkParameters(parameters: OpenIdConfig['additionalRequestParams']): void {
  const key = 'auth.openid.additional_request_params'
  const taken = Object.keys(parameters).find((name) => reserved.has(name))
  if (taken !== undefined) throw wrong(key, `holds \`${taken}\`, which is ours to set.`, 'Remove it.')
  if (parameters.max_age !== undefined && !/^[0-9]{1,9}$/.test(parameters.max_age))
    throw wrong(key, 'has a `max_age` that is no number of seconds.', 'Use e.g. `3600`.')
}

function checkEndpoints(openid: OpenIdConfig, development: boolean): void {
  const stated = openid.discoveryOverride
  const urls = {
    'auth.openid.issuer_uri': openid.issuerUri,
    'auth.openid.authorization_endpoint': openid.authorizationEndpoint,
    'auth.openid.discovery_override.authorization_endpoint': stated.authorizationEndpoint,
    'auth.openid.discovery_override.token_endpoint': stated.tokenEndpoint,
    'auth.openid.discovery_override.jwks_uri': stated.jwksUri,
    'auth.openid.discovery_override.end_session_endpoint': stated.endSessionEndpoint,
  }
  for (const [key, url] of Object.entries(urls)) checkUrl(key, url, development ? ['https:', 'http:'] : ['https:'])
  checkUrl('auth.openid.http_proxy', openid.httpProxy, ['http:', 'https:'])
  checkUrl('auth.openid.https_proxy', openid.httpsProxy, ['http:', 'https:'])
  checkUrl('auth.openid.post_logout_redirect_uri', openid.postLogoutRedirectUri, ['http:', 'https:'])
  if (stated.authorizationEndpoint !== '' && stated.tokenEndpoint !== '' && stated.jwksUri === '')
    throw wrong(
      'auth.openid.discovery_override.jwks_uri',
      'must be set where the other endpoints are: without keys no login can be verified.',
      'Take it from the metadata of your provider.',
    )
}

function checkUrl(key: string, url: string, schemes: readonly string[]): void {
  if (url === '') return
  const known = URL.canParse(url) && schemes.includes(new URL(url).protocol)
  if (!known) throw wrong(key, `is no URL of ${schemes.map((each) => `${each}//`).join(' or ')}.`, 'Correct it.')
}

/** It is shown the tokens of people: only over TLS, and only where we know whom we talk to. */
function checkApiProxy({ apiProxy, apiProxyCaData }: OpenIdConfig): void {
  if (apiProxy === '') return
  checkUrl('auth.openid.api_proxy', apiProxy, ['https:'])
  if (apiProxyCaData === '')
    throw wrong(
      'auth.openid.api_proxy_ca_data',
      'must be set where api_proxy is: nothing else may vouch for the proxy.',
      'Give the certificate of its authority: PEM, base64-encoded.',
    )
  if (!/-----BEGIN CERTIFICATE-----/.test(Buffer.from(apiProxyCaData, 'base64').toString('latin1')))
    throw wrong('auth.openid.api_proxy_ca_data', 'is not the base64 of a PEM certificate.', 'Encode the PEM file.')
}

/** Never the value: a proxy's URL may hold a password. */
const wrong = (key: string, what: string, remedy: string): BinocleError =>
  new BinocleError('BIN-CONFIG-KEY', `${key} ${what}`, { remedy })
