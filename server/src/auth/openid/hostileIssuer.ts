/** For tests: an identity provider that lies as it is told to. What it is asked is kept. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import { certificateAuthority } from '@binocle/simulator/kube/certificates'
import type { OidcIssuer } from '@binocle/simulator/kube/oidcTokens'
import { closeServer, listenLocally, readBody } from '@binocle/simulator/local'
import { CompactSign } from 'jose'

export type Fields = Readonly<Record<string, unknown>>

/** What it does differently from an honest one; `undefined` leaves a field out. */
export interface Behaviour {
  readonly metadata?: Fields
  readonly claims?: Fields
  readonly header?: Fields
  /** Instead of its own key. */
  readonly key?: KeyObject
  /** The whole id_token, made of the claims of an honest one. */
  readonly token?: (claims: Fields) => string
  /** Fields of the answer of the token endpoint. */
  readonly answer?: Fields
  /** Instead of a token for another audience. */
  readonly exchange?: Fields
  /** `jwt`: access tokens that clusters take, too; else they are opaque. */
  readonly accessTokens?: 'jwt'
  /** Added to the answer to the browser. */
  readonly callback?: Readonly<Record<string, string | undefined>>
  /** Paths that are answered with this instead. */
  readonly instead?: Readonly<Record<string, (response: ServerResponse) => void>>
  readonly keys?: readonly Fields[]
}

export interface Asked {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly body: URLSearchParams
  readonly authorization: string
}

export interface HostileIssuer extends OidcIssuer {
  readonly asked: readonly Asked[]
  /** All id_tokens so far. */
  readonly issued: readonly string[]
  /** Its real key. */
  readonly key: KeyObject
  readonly publicKey: KeyObject
  /** From now on; what was asked is forgotten. */
  behave(behaviour: Behaviour): void
  close(): Promise<void>
}

export async function startHostileIssuer(clientId = 'console'): Promise<HostileIssuer> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const authority = await certificateAuthority('issuer')
  const { certificatePem: cert, keyPem } = await authority.certificate('ok')
  const asked: Asked[] = []
  const issued: string[] = []
  const nonces = new Map<string, string>()
  let behaviour: Behaviour = {}

  const server = createServer({ cert, key: keyPem }, (request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  const issuer = `https://127.0.0.1:${await listenLocally(server, 0)}`

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', issuer)
    const body = new URLSearchParams(await readBody(request, 100_000))
    const { authorization = '' } = request.headers
    asked.push({ method: request.method ?? '', path: url.pathname, query: url.searchParams, body, authorization })
    const instead = behaviour.instead?.[url.pathname]
    if (instead !== undefined) return instead(response)
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return send(response, 200, { ...honestMetadata(issuer), ...behaviour.metadata })
      case '/keys':
        return send(response, 200, { keys: behaviour.keys ?? [ownKey(publicKey)] })
      case '/authorize':
        return sendBack(url.searchParams, response)
      case '/token':
        return await issue(body, response)
      default:
        return send(response, 404, {})
    }
  }

  function sendBack(query: URLSearchParams, response: ServerResponse): void {
    const code = `code-${nonces.size + 1}`
    nonces.set(code, query.get('nonce') ?? '')
    const back = new URL(query.get('redirect_uri') ?? issuer)
    const parameters = { code, state: query.get('state') ?? '', ...behaviour.callback }
    for (const [name, value] of Object.entries(parameters)) if (value !== undefined) back.searchParams.set(name, value)
    response.writeHead(302, { location: back.href }).end()
  }

  async function issue(form: URLSearchParams, response: ServerResponse): Promise<void> {
    const nowS = Math.floor(Date.now() / 1000)
    const honest = {
      iss: issuer,
      aud: clientId,
      sub: 'everywhere',
      iat: nowS,
      exp: nowS + 3600,
      nonce: nonces.get(form.get('code') ?? ''),
      ...behaviour.claims,
    }
    const audience = form.get('audience')
    if (audience !== null && behaviour.exchange !== undefined) return send(response, 400, behaviour.exchange)
    if (audience !== null) {
      const token = await sign({ ...honest, aud: audience }, {}, privateKey)
      return send(response, 200, { access_token: token, token_type: 'N_A', expires_in: 600, ...behaviour.answer })
    }
    const token = behaviour.token?.(honest) ?? (await sign(honest, behaviour.header ?? {}, behaviour.key ?? privateKey))
    issued.push(token)
    const access =
      behaviour.accessTokens === 'jwt'
        ? await sign({ ...honest, aud: clientId, kind: 'access' }, {}, privateKey)
        : 'opaque'
    send(response, 200, { id_token: token, access_token: access, token_type: 'Bearer', ...behaviour.answer })
  }

  return {
    issuer,
    clientId,
    caPem: authority.caPem,
    asked,
    issued,
    key: privateKey,
    publicKey,
    behave: (next) => {
      behaviour = next
      asked.length = 0
    },
    close: () => closeServer(server),
  }
}

const honestMetadata = (issuer: string): Fields => ({
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/keys`,
  response_types_supported: ['code'],
  code_challenge_methods_supported: ['S256'],
})

export const ownKey = (publicKey: KeyObject): Fields => ({
  ...publicKey.export({ format: 'jwk' }),
  kid: 'first',
  use: 'sig',
  alg: 'RS256',
})

const sign = (claims: Fields, header: Fields, key: KeyObject): Promise<string> =>
  new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'RS256', kid: 'first', ...header })
    .sign(key)

/** Without a library, for what none would sign. */
export const unsigned = (header: Fields, claims: Fields, signature = ''): string =>
  `${[header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.${signature}`

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
