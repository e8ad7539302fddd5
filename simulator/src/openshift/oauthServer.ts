/**
 * An OpenShift cluster's OAuth server: on loopback, real HTTPS unless told otherwise, with a certificate of an authority of its own, as the
 * ingress of a real cluster has. Authorization code with PKCE only. Who signs in is chosen on a page of names.
 */
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { readText } from '../kube/body.ts'
import { certificateAuthority } from '../kube/certificates.ts'
import type { Fields } from '../kube/json.ts'
import { numberAt, textsAt } from '../kube/json.ts'

export interface OAuthServerOptions {
  readonly cluster: string
  readonly port: number
  /** Without TLS: no browser has to accept a certificate that nobody knows. */
  readonly plainHttp: boolean
  /** Names to sign in as. */
  readonly people: readonly string[]
  readonly clock: () => number
  /** The OAuthClient object of that name. */
  readonly clientOf: (name: string) => Fields | undefined
  readonly issue: (person: string, client: string, lifeS: number) => string
}

export interface OAuthServer {
  /** e.g. `https://127.0.0.1:40001`. */
  readonly issuer: string
  readonly caPem: string
  /** Method and path of all requests, without their query. */
  readonly requests: readonly string[]
  /** The bodies of the token requests. */
  readonly exchanges: readonly string[]
  close(): Promise<void>
}

const codeLifeMs = 300_000
const defaultTokenLifeS = 86_400

export async function startOAuthServer(options: OAuthServerOptions): Promise<OAuthServer> {
  const authority = await certificateAuthority(`${options.cluster} ingress`)
  const { certificatePem, keyPem } = await authority.certificate('ok')
  const grants = new Map<string, Grant>()
  const requests: string[] = []
  const exchanges: string[] = []
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const url = new URL(request.url ?? '/', 'https://127.0.0.1')
    requests.push(`${request.method} ${url.pathname}`)
    answer(request, url).then(
      (given) => send(response, given),
      () => send(response, { status: 500, type: 'text/plain', body: 'internal error' }),
    )
  }
  const server = options.plainHttp
    ? createHttpServer(onRequest)
    : createHttpsServer({ cert: certificatePem, key: keyPem }, onRequest).on('tlsClientError', () => {})
  server.listen(options.port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const issuer = `${options.plainHttp ? 'http' : 'https'}://127.0.0.1:${typeof address === 'object' && address ? address.port : options.port}`

  async function answer(request: IncomingMessage, url: URL): Promise<Given> {
    const [, person] = /^\/oauth\/authorize(?:\/([^/]+))?$/.exec(url.pathname) ?? []
    if (request.method === 'GET' && url.pathname.startsWith('/oauth/authorize')) {
      return authorize(options, grants, url, person === undefined ? undefined : decodeURIComponent(person))
    }
    if (request.method !== 'POST' || url.pathname !== '/oauth/token') {
      return { status: 404, type: 'text/plain', body: '404 page not found' }
    }
    const body = await readText(request)
    exchanges.push(body)
    return exchange(options, grants, request, new URLSearchParams(body))
  }

  return {
    issuer,
    caPem: authority.caPem,
    requests,
    exchanges,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** What a code stands for until it is exchanged. */
interface Grant {
  readonly person: string
  readonly client: string
  readonly redirectUri: string
  readonly challenge: string
  readonly expiresAtMs: number
}

interface Given {
  readonly status: number
  readonly type?: string
  readonly location?: string
  readonly body?: string
}

const page = (status: number, text: string): Given => ({
  status,
  type: 'text/html; charset=utf-8',
  body: `<!doctype html><meta charset="utf-8"><title>Sign in</title>${text}`,
})

/** Without a person: the page of names. `denied` stands for who does not agree. */
function authorize(
  options: OAuthServerOptions,
  grants: Map<string, Grant>,
  url: URL,
  person: string | undefined,
): Given {
  const query = url.searchParams
  const client = query.get('client_id') ?? ''
  const redirectUri = query.get('redirect_uri') ?? ''
  const registered = textsAt(options.clientOf(client) ?? {}, 'redirectURIs')
  if (!registered.includes(redirectUri)) return page(400, '<p>Unknown client, or a redirect URI that it does not have.')
  if (person === undefined) {
    const links = [...options.people, 'denied'].map(
      (name) => `<li><a href="/oauth/authorize/${encodeURIComponent(name)}${escaped(url.search)}">${escaped(name)}</a>`,
    )
    return page(200, `<h1>Sign in to ${escaped(options.cluster)}</h1><ul>${links.join('')}</ul>`)
  }
  const back = new URL(redirectUri)
  const state = query.get('state')
  if (state !== null) back.searchParams.set('state', state)
  if (query.get('response_type') !== 'code' || query.get('code_challenge_method') !== 'S256') {
    back.searchParams.set('error', 'invalid_request')
  } else if (!options.people.includes(person)) {
    back.searchParams.set('error', 'access_denied')
  } else {
    const code = randomBytes(32).toString('base64url')
    const challenge = query.get('code_challenge') ?? ''
    grants.set(code, { person, client, redirectUri, challenge, expiresAtMs: options.clock() + codeLifeMs })
    back.searchParams.set('code', code)
  }
  return { status: 302, location: back.href }
}

/** The client must name itself even when it has no secret: by Basic with an empty one, or by both parameters. */
function exchange(
  options: OAuthServerOptions,
  grants: Map<string, Grant>,
  request: IncomingMessage,
  form: URLSearchParams,
): Given {
  const client = basicUser(request) ?? (form.has('client_secret') ? form.get('client_id') : null)
  if (client === null) return refused('invalid_request')
  const code = form.get('code') ?? ''
  const grant = grants.get(code)
  // Whatever comes of it: a code is good for one try.
  grants.delete(code)
  const challenge = createHash('sha256')
    .update(form.get('code_verifier') ?? '')
    .digest('base64url')
  const good =
    form.get('grant_type') === 'authorization_code' &&
    grant !== undefined &&
    grant.client === client &&
    grant.redirectUri === form.get('redirect_uri') &&
    grant.challenge === challenge &&
    grant.expiresAtMs > options.clock()
  if (!good) return refused('invalid_grant')
  const lifeS = numberAt(options.clientOf(client), 'accessTokenMaxAgeSeconds') || defaultTokenLifeS
  const token = options.issue(grant.person, client, lifeS)
  return {
    status: 200,
    type: 'application/json',
    body: JSON.stringify({ access_token: token, expires_in: lifeS, scope: 'user:full', token_type: 'Bearer' }),
  }
}

const refused = (error: string): Given => ({ status: 400, type: 'application/json', body: JSON.stringify({ error }) })

function basicUser(request: IncomingMessage): string | null {
  const [, encoded] = /^Basic (\S+)$/i.exec(request.headers.authorization ?? '') ?? []
  if (encoded === undefined) return null
  const [user = ''] = Buffer.from(encoded, 'base64').toString().split(':')
  return decodeURIComponent(user)
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`)

function send(response: ServerResponse, { status, type, location, body = '' }: Given): void {
  response.writeHead(status, {
    'cache-control': 'no-store',
    ...(type === undefined ? {} : { 'content-type': type }),
    ...(location === undefined ? {} : { location }),
  })
  response.end(body)
}
