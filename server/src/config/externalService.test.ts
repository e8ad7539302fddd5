import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { BinocleError } from '../errors.ts'
import { loadConfig } from './load.ts'

const canary = 'c4nary'
const load = (yaml: string) =>
  loadConfig({ file: { name: 'config.yaml', text: `external_services: {prometheus: ${yaml}}` } })
const prometheus = (yaml: string) => load(yaml).config.prometheus

function refusalOf(yaml: string): string {
  try {
    load(yaml)
  } catch (error) {
    return error instanceof BinocleError ? `${error.message} ${error.remedy}` : String(error)
  }
  return 'none'
}

describe('how we prove who we are to a service', () => {
  it.each<[string, string, object]>([
    ['nothing', '{}', { type: 'none' }],
    [
      'a name and a password',
      '{auth: {type: basic, username: me, password: /run/secrets/pw}}',
      {
        type: 'basic',
        username: { key: 'external_services.prometheus.auth.username', mustExist: false },
        password: { files: ['/run/secrets/pw'], mustExist: true },
      },
    ],
    [
      'a token that is mounted',
      '{auth: {type: bearer, token: "secret:store:token"}}',
      {
        type: 'bearer',
        token: {
          files: [
            '/kiali-override-secrets/prometheus-token/token',
            '/kiali-override-secrets/prometheus-token/value.txt',
          ],
          mustExist: true,
        },
      },
    ],
    [
      'the token of our own account',
      '{auth: {type: bearer, use_kiali_token: true, token: x}}',
      { type: 'bearer', token: { files: ['/var/run/secrets/kubernetes.io/serviceaccount/token'], mustExist: true } },
    ],
    [
      'tokens of an issuer',
      '{auth: {type: oauth2, oauth2: {token_url: "https://issuer/token", client_id: me, client_secret: s, scopes: [a], audience: b, auth_style: params}}}',
      {
        type: 'oauth2',
        tokenUrl: 'https://issuer/token',
        clientId: 'me',
        scopes: ['a'],
        audience: 'b',
        authStyle: 'params',
        clientSecret: { files: ['/kiali-override-secrets/prometheus-oauth2-client-secret/value.txt'] },
      },
    ],
    [
      'a certificate',
      '{auth: {cert_file: /kiali-cert/c, key_file: /kiali-cert/k}}',
      { type: 'none', cert: { files: ['/kiali-cert/c'] }, key: { files: ['/kiali-cert/k'] } },
    ],
  ])('may be %s', (_what, yaml, expected) => {
    expect(prometheus(yaml).auth).toMatchObject(expected)
  })

  it('may stand in the URL, from where it is taken', () => {
    const { auth, url } = prometheus('{url: "https://me:pass%3Aword@prometheus.example/path/"}')
    expect(url).toBe('https://prometheus.example/path')
    expect(auth?.type === 'basic' ? [auth.username.literal?.reveal(), auth.password.literal?.reveal()] : auth).toEqual([
      'me',
      'pass:word',
    ])
  })

  it('may be headers', () => {
    const { customHeaders = {} } = prometheus('{custom_headers: {X-Scope-OrgID: shop}}')
    expect(Object.entries(customHeaders).map(([name, value]) => [name, value.reveal()])).toEqual([
      ['x-scope-orgid', 'shop'],
    ])
  })

  it.each([
    ['{auth: {type: oauth2, use_kiali_token: true}}', 'cannot be combined with oauth2'],
    ['{auth: {type: oauth2, oauth2: {token_url: "http://issuer", client_id: me}}}', 'token_url must be an https URL'],
    ['{auth: {type: oauth2, oauth2: {token_url: "https://issuer"}}}', 'client_id is missing'],
    ['{auth: {type: digest}}', 'must be one of none, basic, bearer, oauth2'],
    [`{custom_headers: {Authorization: ${canary}}}`, 'may not set Authorization'],
    [`{custom_headers: {"X:Y": ${canary}}}`, 'holds what is no header'],
    [`{custom_headers: {X: "${canary}\\r\\nHost: evil"}}`, 'holds what is no header'],
    [`{auth: {type: bearer, token: [${canary}]}}`, 'must be a text'],
    [`{auth: {type: bearer, token: {a: ${canary}}}}`, 'must be a text'],
    [`{custom_headers: [${canary}]}`, 'must be a map of texts'],
  ])('may not be %s; what was written is not repeated', (yaml, words) => {
    const refusal = refusalOf(yaml)
    expect(refusal).toContain(words)
    expect(refusal).not.toContain(canary)
  })

  it('may go over plain HTTP to an issuer where nothing is verified anyway', () => {
    const yaml =
      '{auth: {type: oauth2, insecure_skip_verify: true, oauth2: {token_url: "http://issuer", client_id: me}}}'
    expect(prometheus(yaml).auth?.type).toBe('oauth2')
  })
})

describe('a configuration that is printed', () => {
  it.each<[string, (config: unknown) => string]>([
    ['as JSON', (config) => JSON.stringify(config)],
    ['in an inspector', (config) => inspect(config, { depth: 20, showHidden: true })],
  ])('AUTH-T70: shows no secret %s', (_how, print) => {
    const yaml = `{auth: {type: basic, username: ${canary}, password: ${canary}}, custom_headers: {X: ${canary}}}`
    const { config } = loadConfig({
      file: {
        name: 'config.yaml',
        text: `external_services: {prometheus: ${yaml}}\nlogin_token: {signing_key: ${canary}, previous_signing_keys: [${canary}]}`,
      },
    })
    expect(print(config)).not.toContain(canary)
  })
})
