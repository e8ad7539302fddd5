import { describe, expect, it } from 'vitest'
import { loadConfig } from './load.ts'

const minimal = { issuer_uri: 'https://idp.example', client_id: 'console' }

/** The message of the refusal; '' when it starts. */
function refusal(
  openid: object,
  { auth = {}, server = { web_fqdn: 'mesh.example' } }: { auth?: object; server?: object } = {},
) {
  const signing = { login_token: { signing_key: 'q7Zr1nXk0Vb3LmT9sWc5YdEf8GhJ2PaU' } }
  const document = { auth: { strategy: 'openid', openid: { ...minimal, ...openid }, ...auth }, server, ...signing }
  try {
    loadConfig({ file: { name: 'test', text: JSON.stringify(document) } })
    return ''
  } catch (error) {
    return error instanceof Error ? error.message : 'unknown'
  }
}

describe('the configuration of OpenID', () => {
  it('starts with a provider, a client and a name of our own', () => {
    expect(refusal({})).toBe('')
  })

  it.each([
    ['the provider', { issuer_uri: '' }, 'auth.openid.issuer_uri must be set'],
    ['the client', { client_id: '' }, 'auth.openid.client_id must be set'],
  ])('needs %s', (_what, openid, why) => {
    expect(refusal(openid)).toContain(why)
  })

  it('AUTH-11: without a pinned name it is refused, unless that is wanted', () => {
    expect(refusal({}, { server: {} })).toContain('server.web_fqdn must be set')
    expect(refusal({ allow_request_derived_redirect_uri: true }, { server: {} })).toBe('')
  })

  it.each([
    'client_id',
    'response_type',
    'redirect_uri',
    'scope',
    'nonce',
    'state',
    'code_challenge',
    'code_challenge_method',
    'request',
  ])('AUTH-12: the further parameter %s is refused', (name) => {
    expect(refusal({ additional_request_params: { [name]: 'x' } })).toContain(`holds \`${name}\``)
  })

  it('AUTH-12: other further parameters are taken', () => {
    expect(refusal({ additional_request_params: { prompt: 'login', max_age: '300' } })).toBe('')
  })

  it.each([
    ['access_token', true],
    ['id_token', true],
    ['Access_Token', false],
    ['token', false],
    ['', false],
  ])('AUTH-15: api_token %j starts: %s', (value, starts) => {
    const why = refusal({ api_token: value })
    expect(why === '').toBe(starts)
    if (!starts) expect(why).toContain('auth.openid.api_token')
  })

  it.each([
    ['plain http', { issuer_uri: 'http://idp.example' }, 'auth.openid.issuer_uri is no URL of https://'],
    ['no URL', { issuer_uri: 'idp.example' }, 'auth.openid.issuer_uri is no URL'],
    [
      'endpoints without keys',
      { discovery_override: { authorization_endpoint: 'https://a.example', token_endpoint: 'https://a.example/t' } },
      'discovery_override.jwks_uri must be set',
    ],
    ['shared secrets', { signing_algs: ['RS256', 'HS256'] }, 'signing_algs holds HS256'],
    ['no signature', { signing_algs: ['none'] }, 'signing_algs holds none'],
    ['unverified TLS with RBAC', { insecure_skip_verify_tls: true }, 'insecure_skip_verify_tls would let anybody'],
    ['a proxy in the open', { api_proxy: 'http://p.example', api_proxy_ca_data: 'x' }, 'api_proxy is no URL of https'],
    ['a proxy that nothing vouches for', { api_proxy: 'https://p.example' }, 'api_proxy_ca_data must be set'],
    ['no certificate', { api_proxy: 'https://p.example', api_proxy_ca_data: 'eA==' }, 'not the base64 of a PEM'],
    ['max_age in words', { additional_request_params: { max_age: 'soon' } }, 'no number of seconds'],
  ])('refuses %s', (_what, openid, why) => {
    expect(refusal(openid)).toContain(why)
  })

  it.each([
    ['plain http', { issuer_uri: 'http://127.0.0.1:1' }],
    ['unverified TLS', { insecure_skip_verify_tls: true }],
  ])('takes %s in development', (_what, openid) => {
    expect(refusal(openid, { auth: { development: true } })).toBe('')
  })

  it('never prints what may hold a password', () => {
    expect(refusal({ https_proxy: 'ftp://me:hunter2@proxy.example' })).not.toContain('hunter2')
  })

  it('matters to nobody under another strategy', () => {
    expect(refusal({ api_proxy: 'http://p.example' }, { auth: { strategy: 'anonymous' } })).toBe('')
  })
})
