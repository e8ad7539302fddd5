/**
 * An identity provider for a simulated mesh: the real protocol by `oidc-provider`, on loopback, with a page to choose who
 * to be. Nothing it issues opens anything but simulated clusters.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { createServer as createPlainServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type Provider from 'oidc-provider'
import type { Configuration } from 'oidc-provider'
import { certificateAuthority } from '../kube/certificates.ts'
import { closeServer, listenLocally, readBody } from '../local.ts'
import { type Choice, choicePage, logoutPage, messagePage } from './pages.ts'
import { createStorage } from './storage.ts'

export interface OidcProviderOptions {
  /** Of who signs its certificate: two of one name cannot both be trusted. */
  readonly name?: string
  readonly people: readonly Choice[]
  /** External URLs of consoles, without a trailing slash: where people may be sent back to. */
  readonly consoles: readonly string[]
  /** Absent: a public client. */
  readonly clientSecret?: string
  readonly port?: number
  readonly tokenLifeS?: number
  /** Without TLS, so that no browser has to be told to accept a certificate that nobody knows. */
  readonly plainHttp?: boolean
  /** Its name in addresses, e.g. `localhost`: browsers take that for another site than 127.0.0.1. Absent: 127.0.0.1. */
  readonly host?: string
}

export interface SimulatedOidc {
  /** e.g. `https://127.0.0.1:39111`, without a trailing slash. */
  readonly issuer: string
  /** PEM of who vouches for it. */
  readonly caPem: string
  readonly clientId: string
  close(): Promise<void>
}

export const clientId = 'binocle'

export async function startOidcProvider(options: OidcProviderOptions): Promise<SimulatedOidc> {
  const authority = await certificateAuthority(options.name ?? 'identity provider')
  const { certificatePem, keyPem } = await authority.certificate('ok')
  let answer = (_request: IncomingMessage, response: ServerResponse): void => void response.writeHead(503).end()
  const listener = (request: IncomingMessage, response: ServerResponse): void => answer(request, response)
  const plain = options.plainHttp === true
  const server = plain ? createPlainServer(listener) : createTlsServer({ cert: certificatePem, key: keyPem }, listener)
  const port = await listenLocally(server, options.port ?? 0)
  const issuer = `${plain ? 'http' : 'https'}://${options.host ?? '127.0.0.1'}:${port}`
  const provider = await createProvider(issuer, configurationOf(options))
  const protocol = provider.callback()
  answer = (request, response) => {
    const interaction = interactionPath.exec(request.url ?? '')
    if (interaction === null) void protocol(request, response)
    else
      chooseAccount(provider, options.people, request, response).catch(() => {
        if (!response.headersSent) sendPage(response, 400, messagePage('Too late', 'Go back and log in again.'))
      })
  }
  return { issuer, caPem: authority.caPem, clientId, close: () => closeServer(server) }
}

/** The package says on loading which Node it prefers; that is not for people who watch a demo. */
async function createProvider(issuer: string, configuration: Configuration): Promise<Provider> {
  const { warn } = console
  console.warn = () => {}
  try {
    const { default: OidcProvider } = await import('oidc-provider')
    return new OidcProvider(issuer, configuration)
  } finally {
    console.warn = warn
  }
}

const interactionPath = /^\/interaction\/[^/?]+$/

function configurationOf({ clientSecret, consoles, people, tokenLifeS = 3600 }: OidcProviderOptions): Configuration {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const known = new Set(people.map(({ name }) => name))
  return {
    adapter: createStorage(Date.now),
    clients: [
      {
        client_id: clientId,
        redirect_uris: [...consoles],
        post_logout_redirect_uris: [...consoles],
        response_types: ['code'],
        grant_types: ['authorization_code'],
        ...(clientSecret === undefined
          ? { token_endpoint_auth_method: 'none' }
          : { token_endpoint_auth_method: 'client_secret_basic', client_secret: clientSecret }),
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'first', use: 'sig', alg: 'RS256' }] },
    cookies: { keys: [randomBytes(32).toString('hex')] },
    scopes: ['openid', 'profile', 'email'],
    claims: { openid: ['sub'], profile: ['name', 'preferred_username'], email: ['email', 'email_verified'] },
    // Kubernetes reads the id_token alone.
    conformIdTokenClaims: false,
    findAccount: (_ctx, sub) =>
      known.has(sub)
        ? {
            accountId: sub,
            claims: () => ({
              sub,
              name: sub,
              preferred_username: sub,
              email: `${sub}@mesh.example`,
              email_verified: true,
            }),
          }
        : undefined,
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => {
          ctx.type = 'html'
          ctx.body = logoutPage(form)
        },
        postLogoutSuccessSource: (ctx) => {
          ctx.type = 'html'
          ctx.body = messagePage('Logged out', 'You are logged out.')
        },
      },
    },
    interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
    // One console, its own provider: nobody is asked whether it may know who they are.
    loadExistingGrant: async (ctx) => {
      const { account, client, params, provider } = ctx.oidc
      if (!account || !client) return undefined
      const grant = new provider.Grant({ accountId: account.accountId, clientId: client.clientId })
      grant.addOIDCScope(String(params?.scope ?? 'openid'))
      await grant.save()
      return grant
    },
    renderError: (ctx, { error }) => {
      ctx.type = 'html'
      ctx.body = messagePage('That did not work', error)
    },
    ttl: { AccessToken: tokenLifeS, IdToken: tokenLifeS, Session: 86_400, Interaction: 3600, Grant: 86_400 },
  }
}

async function chooseAccount(
  provider: Provider,
  people: readonly Choice[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'POST') {
    await provider.interactionDetails(request, response)
    return sendPage(response, 200, choicePage(people, request.url ?? '/'))
  }
  const chosen = new URLSearchParams(await readBody(request, 10_000)).get('account')
  const person = people.find(({ name }) => name === chosen)
  if (person === undefined) return sendPage(response, 400, messagePage('Nobody', 'There is no such account.'))
  await provider.interactionFinished(request, response, { login: { accountId: person.name } })
}

function sendPage(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  })
  response.end(html)
}
