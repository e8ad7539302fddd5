/**
 * The authorization code flow with a cluster's OAuth server: where to send the browser, and the token for the code it
 * comes back with. PKCE and state always. The console has no secret there, but must name itself: OpenShift wants HTTP
 * Basic with an empty one (reference: auth.md 6.5.2).
 */
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type ClientAuth,
  Configuration,
  calculatePKCECodeChallenge,
  customFetch,
  ResponseBodyError,
} from 'openid-client'
import { createProviderHttp } from '../openid/providerHttp.ts'
import type { AuthorizationServer } from './authorizationServer.ts'

/** By whom the certificate of an OAuth server may be signed. */
export interface Trust {
  /** PEM of all authorities that count. */
  readonly ca: readonly string[]
  readonly insecureSkipVerify: boolean
}

export interface IssuedToken {
  readonly token: string
  /** Seconds from now. */
  readonly lifeS: number
}

export type Exchanged =
  | IssuedToken
  /** `refused`: the server did not want the code. `unavailable`: it cannot be reached, or trusted. `cause`: for the log. */
  | { readonly failed: 'refused' | 'unavailable'; readonly cause: string }

export async function authorizationUrl(server: AuthorizationServer, state: string, verifier: string): Promise<string> {
  const url = buildAuthorizationUrl(configurationOf(server), {
    redirect_uri: server.redirectUri,
    response_type: 'code',
    scope: 'user:full',
    state,
    code_challenge: await calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  })
  return url.href
}

/** `search`: the query with which the browser came back; it holds the code. Never throws. */
export async function exchangeCode(
  server: AuthorizationServer,
  { search, state, verifier }: { readonly search: string; readonly state: string; readonly verifier: string },
  trust: Trust,
): Promise<Exchanged> {
  const http = createProviderHttp({
    ca: () => trust.ca,
    insecureSkipVerifyTls: trust.insecureSkipVerify,
    httpProxy: '',
    httpsProxy: '',
    plainHttp: isPlain(server),
    timeoutMs: timeoutS * 1000,
  })
  const configuration = configurationOf(server)
  configuration.timeout = timeoutS
  configuration[customFetch] = http.fetch
  const back = new URL(server.redirectUri)
  back.search = search
  try {
    const granted = await authorizationCodeGrant(configuration, back, {
      expectedState: state,
      pkceCodeVerifier: verifier,
    })
    const lifeS = granted.expires_in ?? server.tokenMaxAgeS
    return granted.token_type === 'bearer' && isToken(granted.access_token)
      ? { token: granted.access_token, lifeS }
      : { failed: 'refused', cause: 'the answer holds no bearer token' }
  } catch (error) {
    return { failed: error instanceof ResponseBodyError ? 'refused' : 'unavailable', cause: deepest(error) }
  } finally {
    await http.close()
  }
}

const timeoutS = 10

/** What the library was told, rather than that it was told something. */
function deepest(error: unknown): string {
  if (error instanceof ResponseBodyError) return error.error
  if (!(error instanceof Error)) return 'no reason given'
  return error.cause instanceof Error ? deepest(error.cause) : error.message
}

function configurationOf(server: AuthorizationServer): Configuration {
  const { issuer, authorizationEndpoint, tokenEndpoint, clientId } = server
  const metadata = { issuer, authorization_endpoint: authorizationEndpoint, token_endpoint: tokenEndpoint }
  const configuration = new Configuration(metadata, clientId, undefined, withoutSecret)
  if (isPlain(server)) allowInsecureRequests(configuration)
  return configuration
}

/** Only where that was allowed when the server was found. */
const isPlain = ({ authorizationEndpoint, issuer, tokenEndpoint }: AuthorizationServer): boolean =>
  [authorizationEndpoint, issuer, tokenEndpoint].some((url) => url.startsWith('http:'))

const withoutSecret: ClientAuth = (_server, client, _body, headers) => {
  const pair = Buffer.from(`${encodeURIComponent(client.client_id)}:`).toString('base64')
  headers.set('authorization', `Basic ${pair}`)
}

/** What may stand in a header, and not too much of it. */
const isToken = (text: string): boolean => /^[A-Za-z0-9._~+/-]{1,16384}=*$/.test(text)
