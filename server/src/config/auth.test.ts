import { describe, expect, it } from 'vitest'
import { BinocleError } from '../errors.ts'
import { keys } from './keys.ts'
import { loadConfig } from './load.ts'

const authOf = (text: string, address?: string) =>
  loadConfig({ file: { name: 'x', text }, flags: address === undefined ? {} : { address } }).config.auth

function refusalOf(text: string): string {
  try {
    authOf(text)
  } catch (error) {
    return error instanceof BinocleError ? `${error.code}: ${error.message}` : String(error)
  }
  return 'none'
}

describe('how people log in', () => {
  it.each(['none', 'login', 'oauth', 'ldap', 'Token', 'token '])('AUTH-1: is none that is called %j', (strategy) => {
    expect(refusalOf(`auth: {strategy: "${strategy}"}`)).toBe(
      `BIN-CONFIG-KEY: auth.strategy is ${JSON.stringify(strategy)} but must be one of anonymous, header, openid, openshift, token.`,
    )
  })

  it.each([
    ['127.0.0.1', 'anonymous'],
    ['localhost', 'anonymous'],
    ['::1', 'anonymous'],
    ['', 'token'],
    ['0.0.0.0', 'token'],
    ['::', 'token'],
    ['10.1.2.3', 'token'],
    ['127.example.com', 'token'],
  ])('where nobody says how, and it listens on %j, is %s', (address, strategy) => {
    expect(authOf(`server: {address: "${address}"}`).strategy).toBe(strategy)
  })

  it('is as told, wherever it listens', () => {
    expect(authOf('auth: {strategy: anonymous}', '0.0.0.0').strategy).toBe('anonymous')
  })

  it('keeps cookies of the whole host where the console is all of it', () => {
    const text = (webRoot: string) => `auth: {session: {cookie_prefix: __Host-}}\nserver: {web_root: ${webRoot}}`
    expect(authOf(text('/')).session.cookiePrefix).toBe('__Host-')
    expect(refusalOf(text('/kiali'))).toBe(
      'BIN-CONFIG-KEY: auth.session.cookie_prefix `__Host-` needs the web root `/`.',
    )
  })

  it('always asks a provider for `openid`', () => {
    expect(authOf('auth: {openid: {scopes: [email]}}').openid.scopes).toEqual(['openid', 'email'])
  })
})

describe('keys of login', () => {
  const kialis: readonly (readonly [path: string, byDefault: string])[] = [
    ['auth.openid.additional_request_params', '{}'],
    ['auth.openid.allowed_domains', '[]'],
    ['auth.openid.api_proxy', ''],
    ['auth.openid.api_proxy_ca_data', ''],
    ['auth.openid.api_token', 'id_token'],
    ['auth.openid.authentication_timeout', '300'],
    ['auth.openid.authorization_endpoint', ''],
    ['auth.openid.client_id', ''],
    ['auth.openid.disable_rbac', 'false'],
    ['auth.openid.discovery_override.authorization_endpoint', ''],
    ['auth.openid.discovery_override.token_endpoint', ''],
    ['auth.openid.discovery_override.jwks_uri', ''],
    ['auth.openid.discovery_override.userinfo_endpoint', ''],
    ['auth.openid.discovery_override.end_session_endpoint', ''],
    ['auth.openid.http_proxy', ''],
    ['auth.openid.https_proxy', ''],
    ['auth.openid.insecure_skip_verify_tls', 'false'],
    ['auth.openid.issuer_uri', ''],
    ['auth.openid.post_logout_redirect_uri', ''],
    ['auth.openid.scopes', '[openid, profile, email]'],
    ['auth.openid.username_claim', 'sub'],
    ['auth.openshift.insecure_skip_verify_tls', 'false'],
    ['auth.openshift.impersonation.enabled', 'false'],
    ['auth.openshift.impersonation.allowed_users', '[]'],
    ['auth.openshift.impersonation.allowed_groups', '[]'],
    ['login_token.expiration_seconds', '86400'],
    ['server.port', '20001'],
    ['server.audit_log', 'true'],
    ['server.cors_allow_all', 'false'],
    ['server.gzip_enabled', 'true'],
    ['server.require_auth', 'false'],
    ['server.web_root', '/'],
    ['server.web_fqdn', ''],
    ['server.web_port', ''],
    ['server.web_schema', ''],
    ['server.web_history_mode', 'browser'],
    ['server.observability.metrics.enabled', 'true'],
    ['identity.cert_file', ''],
    ['identity.private_key_file', ''],
    ['deployment.cluster_wide_access', 'true'],
    ['deployment.view_only_mode', 'false'],
    ['deployment.tls_config.source', 'config'],
    ['deployment.tls_config.min_version', ''],
    ['deployment.tls_config.max_version', ''],
    ['deployment.tls_config.cipher_suites', '[]'],
    ['deployment.tls_config.groups', '[]'],
    ['clustering.enable_exec_provider', 'false'],
    ['clustering.ignore_home_cluster', 'false'],
  ]
  /** Ours is stricter, or says the same in another way; docs/security.md has the reasons. */
  const ours: typeof kialis = [
    ['auth.strategy', ''],
    ['login_token.signing_key', ''],
    ['server.address', '127.0.0.1'],
    ['server.write_timeout', '30s'],
    ['server.observability.metrics.port', '0'],
    ['kubernetes_config.cluster_name', ''],
  ]

  it.each([...kialis, ...ours])('AUTH-16: %s is %j by default', (path, byDefault) => {
    expect(keys.find((key) => key.path === path)).toMatchObject({ default: byDefault })
  })

  it.each([
    ['auth.anonymous.allow_writes', 'false'],
    ['auth.header.trusted_proxies', '[]'],
    ['auth.header.clusters', 'home'],
    ['auth.openid.allow_request_derived_redirect_uri', 'false'],
    ['auth.openid.cluster_audience', '{}'],
    ['auth.openid.clusters', '{}'],
    ['auth.openid.signing_algs', '[RS256, PS256, ES256, ES384, EdDSA]'],
    ['auth.openshift.accept_oauth_token_query', 'false'],
    ['auth.accept_bearer', 'false'],
    ['auth.development', 'false'],
    ['auth.session.store', 'cookie'],
    ['auth.session.idle_timeout', '30m'],
    ['auth.session.max_chunks', '16'],
    ['auth.session.cookie_prefix', ''],
    ['auth.session.allow_insecure_cookies', 'false'],
    ['login_token.previous_signing_keys', '[]'],
    ['login_token.key_overlap', '1h'],
  ])('of our own: %s is %j by default', (path, byDefault) => {
    expect(keys.find((key) => key.path === path)).toMatchObject({ default: byDefault, honoured: 'ours' })
  })
})
