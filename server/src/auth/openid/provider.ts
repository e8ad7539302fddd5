/** One OpenID provider, as this console's client: what is asked of it, and what its answers are worth. */
import * as client from 'openid-client'
import type { AuthConfig } from '../../config/auth.ts'
import { clientProof } from './clientProof.ts'
import { OpenIdError } from './failure.ts'
import { type Expected, type IdToken, validateIdToken } from './idToken.ts'
import { createKeys } from './keys.ts'
import { createMetadata, type Metadata } from './metadata.ts'
import type { ProviderHttp } from './providerHttp.ts'

export interface Provider {
  metadata(): Promise<Metadata>
  /** Where the browser is sent to log in; the endpoint's own query stays. */
  authorizationUrl(parameters: Readonly<Record<string, string>>): Promise<string>
  /** Tokens for a code. Rejects with OpenIdError `idp` or `token`. */
  redeem(login: { readonly code: string; readonly redirectUri: string; readonly verifier: string }): Promise<Tokens>
  /** Rejects with OpenIdError `token`, or `idp` where its keys cannot be had. */
  validate(idToken: string, login: Pick<Expected, 'accessToken' | 'nonce'>): Promise<IdToken>
  /** A token for another audience in exchange for `token` (RFC 8693). Rejects with OpenIdError `idp`. */
  exchange(token: string, type: 'access_token' | 'id_token', audience: string): Promise<ExchangedToken>
  /** Where the browser is sent to log out; undefined, and nothing asked: nowhere that may be trusted with the token. */
  logoutUrl(parameters: () => Readonly<Record<string, string>>): Promise<string | undefined>
}

export interface Tokens {
  readonly idToken: string
  readonly accessToken: string
}

export interface ExchangedToken {
  readonly token: string
  /** Unix ms; absent: the provider does not say. */
  readonly expiresAtMs?: number
}

export interface ProviderSurroundings {
  readonly auth: Pick<AuthConfig, 'development' | 'openid'>
  readonly http: ProviderHttp
  /** See `clientProof`. Asked for at each use. */
  readonly clientSecret: () => string
  /** Unix ms. */
  readonly clock: () => number
}

export function createProvider({ auth, http, clientSecret, clock }: ProviderSurroundings): Provider {
  const settings = auth.openid
  const metadata = createMetadata(settings, http.text, clock)
  const keys = createKeys(async () => http.text((await metadata()).jwksUri), clock)

  const configuration = async (): Promise<client.Configuration> => {
    const proof = await clientProof(clientSecret())
    const configured = new client.Configuration(
      serverOf(await metadata(), settings.signingAlgs),
      settings.clientId,
      // It reads the machine's clock: ours is the one that is given.
      { [client.clockTolerance]: 60, [client.clockSkew]: Math.round((clock() - Date.now()) / 1000) },
      proof,
    )
    configured[client.customFetch] = (url, { body, headers, method }) => http.fetch(url, { body, headers, method })
    // Whether plain http may be spoken at all, `http` decides.
    if (auth.development) client.allowInsecureRequests(configured)
    return configured
  }
  const granted = async (type: string, parameters: Record<string, string>) => {
    const configured = await configuration()
    try {
      return await client.genericGrantRequest(configured, type, parameters)
    } catch (error) {
      throw refused(error)
    }
  }

  return {
    metadata,
    authorizationUrl: async (parameters) => client.buildAuthorizationUrl(await configuration(), { ...parameters }).href,
    redeem: async ({ code, redirectUri, verifier }) => {
      const tokens = await granted('authorization_code', {
        code,
        redirect_uri: redirectUri,
        code_verifier: verifier,
      })
      if (tokens.id_token === undefined) throw new OpenIdError('token', 'the provider issued no id_token')
      return { idToken: tokens.id_token, accessToken: tokens.access_token }
    },
    validate: async (idToken, login) => {
      const { issuer } = await metadata()
      const { clientId, signingAlgs, usernameClaim, additionalRequestParams } = settings
      const expected = { issuer, clientId, signingAlgs, usernameClaim, ...login, ...demanded(additionalRequestParams) }
      return await validateIdToken(idToken, expected, keys, clock())
    },
    exchange: async (token, type, audience) => {
      const { access_token, expires_in } = await granted('urn:ietf:params:oauth:grant-type:token-exchange', {
        subject_token: token,
        subject_token_type: `urn:ietf:params:oauth:token-type:${type}`,
        audience,
      })
      return {
        token: access_token,
        ...(expires_in === undefined ? {} : { expiresAtMs: clock() + expires_in * 1000 }),
      }
    },
    logoutUrl: async (parameters) => {
      const { endSessionEndpoint, issuer } = await metadata()
      const stated = settings.discoveryOverride.endSessionEndpoint
      if (endSessionEndpoint === undefined || !mayEndSession(endSessionEndpoint, issuer, stated, auth.development))
        return undefined
      return client.buildEndSessionUrl(await configuration(), { ...parameters() }).href
    },
  }
}

const serverOf = (metadata: Metadata, signingAlgs: readonly string[]): client.ServerMetadata => ({
  issuer: metadata.issuer,
  authorization_endpoint: metadata.authorizationEndpoint,
  token_endpoint: metadata.tokenEndpoint,
  jwks_uri: metadata.jwksUri,
  ...(metadata.endSessionEndpoint === undefined ? {} : { end_session_endpoint: metadata.endSessionEndpoint }),
  id_token_signing_alg_values_supported: [...signingAlgs],
})

/** What was asked for in the authorization request has to be in the answer. */
function demanded(parameters: Readonly<Record<string, string>>): Pick<Expected, 'acrValues' | 'maxAgeS'> {
  const { acr_values: classes, max_age: age } = parameters
  return {
    ...(age === undefined ? {} : { maxAgeS: Number(age) }),
    ...(classes === undefined ? {} : { acrValues: classes.split(' ') }),
  }
}

/** The token goes along as a hint: to the provider, or to where the configuration says, and never in the open. */
function mayEndSession(endpoint: string, issuer: string, stated: string, plainHttp: boolean): boolean {
  const [at, home] = [originOf(endpoint), originOf(issuer)]
  if (at === undefined || !(at.startsWith('https:') || (plainHttp && at.startsWith('http:')))) return false
  return at === home || endpoint === stated
}

function originOf(url: string): string | undefined {
  try {
    return new URL(url).origin
  } catch {
    return undefined
  }
}

/** Only the protocol's own words are passed on: descriptions may hold anything. */
function refused(error: unknown): OpenIdError {
  if (error instanceof OpenIdError) return error
  const inner = error instanceof Error && error.cause instanceof OpenIdError ? error.cause : undefined
  if (inner !== undefined) return inner
  if (error instanceof client.ResponseBodyError && /^[a-z_]{1,64}$/.test(error.error))
    return new OpenIdError('idp', `the provider refused the code or the client (${error.error})`, error)
  const code = error instanceof client.ClientError ? error.code : undefined
  return tokenCodes.has(code ?? '')
    ? new OpenIdError('token', `what the provider issued is refused (${code})`, error)
    : new OpenIdError('idp', `the provider's answer is none that we understand (${code ?? 'unknown'})`, error)
}

/** What the provider issued cannot be used; every other failure is about the provider itself. */
const tokenCodes = new Set([
  'OAUTH_INVALID_RESPONSE',
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
  'OAUTH_UNSUPPORTED_OPERATION',
])
