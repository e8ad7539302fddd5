/** How people log in and how long a login lasts: `auth.*` and `login_token.*` (reference: auth.md 2). */
import type { AuthStrategy } from '@binocle/api/auth'
import type { ClusterName } from '@binocle/api/identity'
import { BinocleError } from '../errors.ts'
import { type CredentialSource, credentialSource } from './credential.ts'
import { type ImpersonationConfig, impersonationOf } from './impersonation.ts'
import { type OpenShiftConfig, openShiftOf } from './openshift.ts'
import { isAddressRange } from './server.ts'
import { isTree, type Settings } from './settings.ts'

export interface AuthConfig {
  readonly strategy: AuthStrategy
  /** A bearer header is a login under `token` and `openid` too. */
  readonly acceptBearer: boolean
  /** For trying out: weak keys, plain HTTP and unverified peers are accepted, and warned about. */
  readonly development: boolean
  readonly anonymous: { readonly allowWrites: boolean }
  readonly header: {
    readonly clusters: 'all' | 'home'
    /** CIDRs, or single addresses. */
    readonly trustedProxies: readonly string[]
  }
  /** Of every strategy but `openshift`, which has its own. */
  readonly impersonation: ImpersonationConfig
  readonly openid: OpenIdConfig
  readonly openshift: OpenShiftConfig
  readonly session: SessionConfig
  readonly loginToken: LoginTokenConfig
}

/** '' = not set, for every text. */
export interface OpenIdConfig {
  readonly issuerUri: string
  readonly clientId: string
  /** Path; the file may be absent. */
  readonly clientSecretFile: string
  /** `openid` is always among them. */
  readonly scopes: readonly string[]
  readonly usernameClaim: string
  /** Under impersonation only; as kube-apiserver's `--oidc-groups-claim`, `--oidc-username-prefix`, `--oidc-groups-prefix`. */
  readonly groupsClaim: string
  readonly usernamePrefix: string
  readonly groupsPrefix: string
  readonly apiToken: 'access_token' | 'id_token'
  readonly disableRbac: boolean
  readonly additionalRequestParams: Readonly<Record<string, string>>
  readonly allowedDomains: readonly string[]
  readonly apiProxy: string
  /** Base64 of PEM. */
  readonly apiProxyCaData: string
  readonly authenticationTimeoutS: number
  readonly authorizationEndpoint: string
  readonly discoveryOverride: {
    readonly authorizationEndpoint: string
    readonly tokenEndpoint: string
    readonly jwksUri: string
    readonly userinfoEndpoint: string
    readonly endSessionEndpoint: string
  }
  readonly httpProxy: string
  readonly httpsProxy: string
  readonly insecureSkipVerifyTls: boolean
  readonly postLogoutRedirectUri: string
  readonly allowRequestDerivedRedirectUri: boolean
  readonly clusterAudience: Readonly<Record<ClusterName, string>>
  /** Providers of single clusters. */
  readonly clusters: Readonly<Record<ClusterName, OpenIdOfCluster>>
  readonly signingAlgs: readonly string[]
}

export interface OpenIdOfCluster {
  readonly issuerUri: string
  readonly clientId: string
  readonly clientSecretFile: string
  readonly scopes: readonly string[]
}

export interface SessionConfig {
  readonly idleTimeoutMs: number
  readonly maxChunks: number
  readonly cookiePrefix: '' | '__Host-' | '__Secure-'
  readonly allowInsecureCookies: boolean
}

export interface LoginTokenConfig {
  readonly expirationS: number
  /** Of a key, or of `base64:` and a key. */
  readonly signingKey: CredentialSource
  readonly previousSigningKeys: readonly CredentialSource[]
  readonly keyOverlapMs: number
}

/**
 * `address` is what the server listens on: who is not told how people log in is open to this machine at most. Throws
 * BIN-CONFIG-KEY.
 */
export function authOf(settings: Settings, address: string): AuthConfig {
  const strategy = strategyOf(settings.text('auth.strategy'), address)
  const development = settings.boolean('auth.development')
  return {
    strategy,
    acceptBearer: settings.boolean('auth.accept_bearer'),
    development,
    anonymous: { allowWrites: settings.boolean('auth.anonymous.allow_writes') },
    header: headerOf(settings, strategy === 'header' && !development),
    impersonation: impersonationOf(settings, strategy),
    openid: openIdOf(settings),
    openshift: openShiftOf(settings),
    session: sessionOf(settings),
    loginToken: loginTokenOf(settings),
  }
}

/** Whoever is not told apart by address could say who they are. */
function headerOf(settings: Settings, needsProxies: boolean): AuthConfig['header'] {
  const trustedProxies = rangesOf(settings, 'auth.header.trusted_proxies')
  if (needsProxies && trustedProxies.length === 0)
    throw new BinocleError('BIN-CONFIG-KEY', 'auth.header.trusted_proxies is empty: anybody could say who they are.', {
      remedy: 'Name the networks of the proxy, e.g. `[10.1.0.0/16]`.',
    })
  return { clusters: settings.text('auth.header.clusters') === 'all' ? 'all' : 'home', trustedProxies }
}

function rangesOf(settings: Settings, key: string): readonly string[] {
  const ranges = settings.texts(key)
  const wrong = ranges.find((range) => !isAddressRange(range))
  if (wrong === undefined) return ranges
  throw new BinocleError('BIN-CONFIG-KEY', `${key}: ${JSON.stringify(wrong)} is not an address or a CIDR.`, {
    remedy: `See ${key} in docs/configuration.md.`,
  })
}

function loginTokenOf(settings: Settings): LoginTokenConfig {
  const folder = settings.text('credentials.override_directory').replace(/\/+$/, '')
  // As Kiali's installers mount it.
  const name = 'login-token-signing-key'
  const [current, previous] = ['login_token.signing_key', 'login_token.previous_signing_keys'] as const
  return {
    expirationS: Math.max(1, settings.integer('login_token.expiration_seconds')),
    signingKey: credentialSource(current, settings.text(current), { folder, name }),
    previousSigningKeys: settings
      .texts(previous)
      .map((key) => credentialSource(previous, key, { folder, name: `${name}-previous` })),
    keyOverlapMs: settings.duration('login_token.key_overlap') * 1000,
  }
}

function strategyOf(text: string, address: string): AuthStrategy {
  const strategy = (['anonymous', 'header', 'openid', 'openshift', 'token'] as const).find((known) => known === text)
  return strategy ?? (isLoopback(address) ? 'anonymous' : 'token')
}

/** Reached from this machine only. */
const isLoopback = (address: string): boolean =>
  address === 'localhost' || address === '::1' || /^127(\.\d{1,3}){3}$/.test(address)

function openIdOf(settings: Settings): OpenIdConfig {
  const text = (key: string): string => settings.text(`auth.openid.${key}`)
  const scopes = scopesOf(settings.texts('auth.openid.scopes'))
  const clientSecretFile = text('client_secret_file')
  return {
    issuerUri: text('issuer_uri'),
    clientId: text('client_id'),
    clientSecretFile,
    scopes,
    usernameClaim: text('username_claim'),
    groupsClaim: text('groups_claim'),
    usernamePrefix: text('username_prefix'),
    groupsPrefix: text('groups_prefix'),
    apiToken: text('api_token') === 'access_token' ? 'access_token' : 'id_token',
    disableRbac: settings.boolean('auth.openid.disable_rbac'),
    additionalRequestParams: settings.map('auth.openid.additional_request_params'),
    allowedDomains: settings.texts('auth.openid.allowed_domains'),
    apiProxy: text('api_proxy'),
    apiProxyCaData: text('api_proxy_ca_data'),
    authenticationTimeoutS: Math.max(1, settings.integer('auth.openid.authentication_timeout')),
    authorizationEndpoint: text('authorization_endpoint'),
    discoveryOverride: {
      authorizationEndpoint: text('discovery_override.authorization_endpoint'),
      tokenEndpoint: text('discovery_override.token_endpoint'),
      jwksUri: text('discovery_override.jwks_uri'),
      userinfoEndpoint: text('discovery_override.userinfo_endpoint'),
      endSessionEndpoint: text('discovery_override.end_session_endpoint'),
    },
    httpProxy: text('http_proxy'),
    httpsProxy: text('https_proxy'),
    insecureSkipVerifyTls: settings.boolean('auth.openid.insecure_skip_verify_tls'),
    postLogoutRedirectUri: text('post_logout_redirect_uri'),
    allowRequestDerivedRedirectUri: settings.boolean('auth.openid.allow_request_derived_redirect_uri'),
    clusterAudience: settings.map('auth.openid.cluster_audience'),
    clusters: openIdClustersOf(settings.tree('auth.openid.clusters'), scopes),
    signingAlgs: settings.texts('auth.openid.signing_algs'),
  }
}

const scopesOf = (scopes: readonly string[]): readonly string[] =>
  scopes.includes('openid') ? scopes : ['openid', ...scopes]

function openIdClustersOf(tree: unknown, scopes: readonly string[]): OpenIdConfig['clusters'] {
  if (tree === undefined || tree === null) return {}
  if (!isTree(tree)) throw notAMap('auth.openid.clusters')
  return Object.fromEntries(
    Object.entries(tree).map(([cluster, entry]) => {
      if (!isTree(entry)) throw notAMap(`auth.openid.clusters.${cluster}`)
      const stated = Array.isArray(entry.scopes) ? entry.scopes.map(String) : scopes
      return [
        cluster,
        {
          issuerUri: String(entry.issuer_uri ?? ''),
          clientId: String(entry.client_id ?? ''),
          clientSecretFile: String(entry.client_secret_file ?? ''),
          scopes: scopesOf(stated),
        },
      ]
    }),
  )
}

const notAMap = (key: string): BinocleError =>
  new BinocleError('BIN-CONFIG-KEY', `${key} must be a map.`, { remedy: `See ${key} in docs/configuration.md.` })

function sessionOf(settings: Settings): SessionConfig {
  const prefix = settings.text('auth.session.cookie_prefix')
  if (prefix === '__Host-' && !['', '/'].includes(settings.text('server.web_root')))
    throw new BinocleError('BIN-CONFIG-KEY', 'auth.session.cookie_prefix `__Host-` needs the web root `/`.', {
      remedy: 'Choose `__Secure-`: browsers take `__Host-` for the whole host only.',
    })
  return {
    idleTimeoutMs: Math.max(1, settings.duration('auth.session.idle_timeout')) * 1000,
    maxChunks: Math.max(1, settings.integer('auth.session.max_chunks')),
    cookiePrefix: prefix === '__Host-' || prefix === '__Secure-' ? prefix : '',
    allowInsecureCookies: settings.boolean('auth.session.allow_insecure_cookies'),
  }
}
