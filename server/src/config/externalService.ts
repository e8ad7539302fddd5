/** How we prove who we are to a service that the configuration names: `external_services.<name>.auth` (reference: auth.md 9.1). */
import { BinocleError } from '../errors.ts'
import { type CredentialSource, credentialSource } from './credential.ts'
import { Secret } from './secret.ts'
import type { Settings } from './settings.ts'

export interface ServiceConfig {
  /** Without a trailing slash. What we send of ourselves goes to its origin only. */
  readonly url: string
  readonly timeoutMs: number
  /** Trusted beside the usual authorities. */
  readonly caFile: string | undefined
  readonly insecureSkipVerify: boolean
  /** Absent = nothing. */
  readonly auth?: ServiceAuth
  /** Sent with every request. Often a tenant, or a token of a gateway. */
  readonly customHeaders?: Readonly<Record<string, Secret>>
}

export type ServiceAuth = Proof & {
  /** Of a client certificate; none where neither is given. */
  readonly cert: CredentialSource
  readonly key: CredentialSource
}

type Proof =
  | { readonly type: 'none' }
  | { readonly type: 'basic'; readonly username: CredentialSource; readonly password: CredentialSource }
  | { readonly type: 'bearer'; readonly token: CredentialSource }
  | ({ readonly type: 'oauth2' } & OAuth2)

/** Client credentials (RFC 6749 4.4). */
export interface OAuth2 {
  readonly tokenUrl: string
  readonly clientId: string
  readonly clientSecret: CredentialSource
  readonly scopes: readonly string[]
  readonly audience: string
  readonly authStyle: 'header' | 'params'
}

/** Of the console's own service account. */
const ownToken = '/var/run/secrets/kubernetes.io/serviceaccount/token'

/** `name`: of the service below `external_services`, and the prefix of its overrides. Throws BIN-CONFIG-KEY. */
export function serviceAuthOf(settings: Settings, name: string, overrideFolder: string): ServiceAuth {
  const at = `external_services.${name}.auth`
  const source = (key: string, override: string): CredentialSource =>
    credentialSource(`${at}.${key}`, settings.text(`${at}.${key}`), {
      folder: overrideFolder,
      name: `${name}-${override}`,
    })
  const cert = { cert: source('cert_file', 'cert'), key: source('key_file', 'key') }
  const useOwnToken = settings.boolean(`${at}.use_kiali_token`)
  switch (settings.text(`${at}.type`)) {
    case 'basic':
      return {
        ...cert,
        type: 'basic',
        username: source('username', 'username'),
        password: source('password', 'password'),
      }
    case 'bearer': {
      const own = { key: `${at}.use_kiali_token`, files: [ownToken], mustExist: true }
      return { ...cert, type: 'bearer', token: useOwnToken ? own : source('token', 'token') }
    }
    case 'oauth2': {
      if (useOwnToken) throw wrong(`${at}.use_kiali_token`, 'cannot be combined with oauth2', 'Choose one of them.')
      const clientSecret = source('oauth2.client_secret', 'oauth2-client-secret')
      return { ...cert, type: 'oauth2', ...oauth2Of(settings, at), clientSecret }
    }
    default:
      return { ...cert, ...(inUrl(settings.text(`external_services.${name}.url`)) ?? { type: 'none' }) }
  }
}

/** Without the name and the password that it may hold: those become a credential like any other. */
export function urlOf(settings: Settings, name: string): string {
  const text = settings.text(`external_services.${name}.url`).replace(/\/+$/, '')
  if (!URL.canParse(text) || inUrl(text) === undefined) return text
  const url = new URL(text)
  url.username = ''
  url.password = ''
  return url.href.replace(/\/+$/, '')
}

/** As Kiali has it: `https://me:password@prometheus` is basic authentication. */
function inUrl(text: string): Extract<Proof, { type: 'basic' }> | undefined {
  const { username, password } = URL.canParse(text) ? new URL(text) : { username: '', password: '' }
  if (username === '') return undefined
  const source = (value: string): CredentialSource => ({
    key: 'the credential in the URL',
    literal: new Secret(decoded(value)),
    files: [],
    mustExist: false,
  })
  return { type: 'basic', username: source(username), password: source(password) }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function oauth2Of(settings: Settings, at: string): Omit<OAuth2, 'clientSecret'> {
  const tokenUrl = settings.text(`${at}.oauth2.token_url`)
  const clientId = settings.text(`${at}.oauth2.client_id`)
  const protocol = URL.canParse(tokenUrl) ? new URL(tokenUrl).protocol : ''
  if (protocol !== 'https:' && !(protocol === 'http:' && settings.boolean(`${at}.insecure_skip_verify`))) {
    throw wrong(`${at}.oauth2.token_url`, 'must be an https URL', 'Our secret is sent there.')
  }
  if (clientId === '') throw wrong(`${at}.oauth2.client_id`, 'is missing', 'Give the id that the issuer knows us by.')
  return {
    tokenUrl,
    clientId,
    scopes: settings.texts(`${at}.oauth2.scopes`),
    audience: settings.text(`${at}.oauth2.audience`),
    authStyle: settings.text(`${at}.oauth2.auth_style`) === 'params' ? 'params' : 'header',
  }
}

/** Throws BIN-CONFIG-KEY, which repeats no value. */
export function customHeadersOf(settings: Settings, key: string): Readonly<Record<string, Secret>> {
  return Object.fromEntries(
    Object.entries(settings.map(key)).map(([name, value]) => {
      if (!/^[A-Za-z0-9-]+$/.test(name) || !/^[\t\x20-\x7e]*$/.test(value)) {
        throw wrong(key, 'holds what is no header', 'Names have letters, digits and `-`; values are one line of ASCII.')
      }
      if (ours.has(name.toLowerCase())) throw wrong(key, `may not set ${name}`, 'It is set by auth, or by us.')
      return [name.toLowerCase(), new Secret(value)]
    }),
  )
}

/** What decides how a request is read, and by whom. */
const ours = new Set(['authorization', 'host', 'content-length', 'content-type', 'transfer-encoding', 'connection'])

const wrong = (key: string, what: string, remedy: string): BinocleError =>
  new BinocleError('BIN-CONFIG-KEY', `${key} ${what}.`, { remedy })
