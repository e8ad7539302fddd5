/**
 * One OpenShift cluster's OAuth server, and as whom the console is registered there: read from the cluster's API with
 * the console's own account (reference: auth.md 6.5.1).
 */
import type { ClusterName } from '@binocle/api/identity'
import { count, isRecord, type Json, Malformed, text, texts } from '../../inventory/json.ts'
import type { KubeApi } from '../../kube/api.ts'
import { KubeFailure, thrown } from '../../kube/failure.ts'

export interface AuthorizationServer {
  readonly cluster: ClusterName
  readonly issuer: string
  readonly authorizationEndpoint: string
  readonly tokenEndpoint: string
  /** Name of the OAuthClient. */
  readonly clientId: string
  /** The first that is registered. */
  readonly redirectUri: string
  /** Of a token for which the server names no end. */
  readonly tokenMaxAgeS: number
}

const defaultTokenMaxAgeS = 86_400
const limits = { timeoutMs: 5_000, maxBytes: 1 << 20 }

/**
 * `none`: the cluster has no OAuth server, so that nobody can log in to it. Throws `KubeFailure`. `clientId`:
 * `<instance>-<namespace>` of the console, e.g. `kiali-istio-system`. `plainHttp`: it need not be encrypted, for trying
 * out.
 */
export async function readAuthorizationServer(
  api: KubeApi,
  clientId: string,
  plainHttp = false,
): Promise<AuthorizationServer | 'none'> {
  const wellKnown = await documentAt(api, '/.well-known/oauth-authorization-server')
  if (wellKnown === undefined) return 'none'
  const client = await documentAt(api, `/apis/oauth.openshift.io/v1/oauthclients/${encodeURIComponent(clientId)}`)
  if (client === undefined) throw unfit(api.cluster, `${api.cluster} has no OAuthClient ${clientId}`)
  try {
    return parsed(api.cluster, clientId, wellKnown, client, plainHttp)
  } catch (error) {
    throw thrown(api.cluster, 'GET /.well-known/oauth-authorization-server', error)
  }
}

async function documentAt(api: KubeApi, path: string): Promise<Json | undefined> {
  try {
    const document = await api.get(path, limits)
    if (!isRecord(document)) throw new Malformed(path, 'an object')
    return document
  } catch (error) {
    const failure = thrown(api.cluster, `GET ${path}`, error)
    if (failure.reason === 'absent') return undefined
    throw failure
  }
}

function parsed(
  cluster: ClusterName,
  clientId: string,
  wellKnown: Json,
  client: Json,
  plainHttp: boolean,
): AuthorizationServer {
  const [redirectUri] = texts(client, 'redirectURIs')
  if (redirectUri === undefined || !/^https?:$/.test(protocolOf(redirectUri)))
    throw unfit(cluster, `the OAuthClient ${clientId} of ${cluster} has no redirect URI`)
  const methods = texts(wellKnown, 'code_challenge_methods_supported')
  // Without it a stolen code could be used.
  if (methods.length > 0 && !methods.includes('S256'))
    throw unfit(cluster, `the OAuth server of ${cluster} does not support PKCE with S256`)
  const url = (field: string): string => encryptedUrl(wellKnown, field, plainHttp)
  return {
    cluster,
    issuer: url('issuer'),
    authorizationEndpoint: url('authorization_endpoint'),
    tokenEndpoint: url('token_endpoint'),
    clientId,
    redirectUri,
    tokenMaxAgeS: count(client, 'accessTokenMaxAgeSeconds') || defaultTokenMaxAgeS,
  }
}

function encryptedUrl(wellKnown: Json, field: string, plainHttp: boolean): string {
  const url = text(wellKnown, field)
  const protocol = protocolOf(url)
  if (protocol !== 'https:' && !(plainHttp && protocol === 'http:')) throw new Malformed(field, 'an https URL')
  return url
}

const protocolOf = (url: string): string => (URL.canParse(url) ? new URL(url).protocol : '')

const unfit = (cluster: ClusterName, message: string): KubeFailure => new KubeFailure('config', cluster, message)
