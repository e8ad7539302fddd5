/**
 * HTTP to one service that the configuration names. What proves who we are is looked up for each request, so that it may
 * rotate; it goes to the configured origin only, and never along a redirect (reference: auth.md 9.1).
 */
import { createSecureContext } from 'node:tls'
import { Agent, type Dispatcher, request } from 'undici'
import type { CredentialSource } from '../config/credential.ts'
import type { ServiceAuth, ServiceConfig } from '../config/externalService.ts'
import { BinocleError } from '../errors.ts'
import type { CaPools } from './caPools.ts'
import type { Credentials } from './credentials.ts'
import { createTokenSource, type TokenSource } from './oauth2.ts'

export interface ServiceClient {
  /** `path` begins with `/` and continues the configured URL. Throws BIN-CONFIG-CREDENTIAL, and what undici throws. */
  send(path: string, options?: ServiceRequest): Promise<Dispatcher.ResponseData>
  close(): Promise<void>
}

export interface ServiceRequest {
  readonly method?: 'GET' | 'POST'
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

export interface ServiceSurroundings {
  readonly credentials: Credentials
  readonly cas: CaPools
  /** Unix ms. */
  readonly clock: () => number
  /** Connections at once. */
  readonly connections?: number
}

/** Throws BIN-CONFIG-CREDENTIAL when something that the configuration names is not there or may not be used. */
export function createServiceClient(config: ServiceConfig, surroundings: ServiceSurroundings): ServiceClient {
  const { auth } = config
  const base = config.url.replace(/\/+$/, '')
  const origin = URL.canParse(base) ? new URL(base).origin : ''
  const pool = () => surroundings.cas.pool('service', config.caFile)
  const tokens =
    auth?.type === 'oauth2'
      ? createTokenSource(auth, surroundings.credentials, () => surroundings.cas.pool('service'), surroundings.clock)
      : undefined
  const connections = connectionsOf(config, surroundings, pool)
  if (auth !== undefined) check(auth, surroundings.credentials)

  async function once(path: string, options: ServiceRequest): Promise<Dispatcher.ResponseData> {
    const url = base + path
    // Whoever makes paths may make a mistake: `.evil.example` and `@evil.example` would lead elsewhere.
    if (!path.startsWith('/') || new URL(url).origin !== origin) throw new Error('a path that leads to another origin')
    return request(url, {
      dispatcher: connections.current(),
      method: options.method ?? 'GET',
      ...(options.body === undefined ? {} : { body: options.body }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      headers: {
        ...options.headers,
        ...Object.fromEntries(
          Object.entries(config.customHeaders ?? {}).map(([name, value]) => [name, value.reveal()]),
        ),
        ...(await proofOf(auth, surroundings.credentials, tokens)),
      },
    })
  }

  return {
    send: async (path, options = {}) => {
      const answer = await once(path, options)
      if (answer.statusCode !== 401 || tokens === undefined) return answer
      // It may have been revoked before its time.
      tokens.forget()
      await answer.body.dump()
      return once(path, options)
    },
    close: async () => {
      await Promise.all([connections.close(), tokens?.close()])
    },
  }
}

/** At the start, so that what is missing stops it. */
function check(auth: ServiceAuth, credentials: Credentials): void {
  const needed: CredentialSource[] = []
  if (auth.type === 'basic') needed.push(auth.username, auth.password)
  if (auth.type === 'bearer') needed.push(auth.token)
  if (auth.type === 'oauth2') needed.push(auth.clientSecret)
  for (const source of needed) if (credentials.current(source) === undefined) throw missing(source)
  const [cert, key] = [credentials.current(auth.cert), credentials.current(auth.key)]
  if ((cert === undefined) !== (key === undefined)) throw missing(cert === undefined ? auth.cert : auth.key)
}

async function proofOf(
  auth: ServiceAuth | undefined,
  credentials: Credentials,
  tokens: TokenSource | undefined,
): Promise<Record<string, string>> {
  switch (auth?.type) {
    case 'basic': {
      const pair = `${revealed(credentials, auth.username)}:${revealed(credentials, auth.password)}`
      return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
    }
    case 'bearer':
      return { authorization: `Bearer ${tokenOf(credentials, auth.token)}` }
    case 'oauth2':
      return tokens === undefined ? {} : { authorization: `Bearer ${await tokens.token()}` }
    default:
      return {}
  }
}

function tokenOf(credentials: Credentials, source: CredentialSource): string {
  const token = revealed(credentials, source)
  if (/^[\x21-\x7e]+$/.test(token)) return token
  throw new BinocleError('BIN-CONFIG-CREDENTIAL', `${source.key} has characters that no token has.`, {
    remedy: 'Put the token alone into it, on one line.',
  })
}

function revealed(credentials: Credentials, source: CredentialSource): string {
  const secret = credentials.current(source)
  if (secret === undefined) throw missing(source)
  return secret.reveal()
}

const missing = ({ key, files }: CredentialSource): BinocleError =>
  new BinocleError('BIN-CONFIG-CREDENTIAL', `${key} is not given.`, { remedy: `Set it, or mount it as ${files[0]}.` })

/** Connections are made anew when whom we trust, or our certificate, has changed. */
function connectionsOf(
  config: ServiceConfig,
  { credentials, connections = 8 }: ServiceSurroundings,
  pool: () => readonly string[] | undefined,
) {
  let made: { readonly agent: Agent; readonly ca: readonly string[] | undefined; readonly client: string } | undefined

  function agentOf(ca: readonly string[] | undefined, cert: string, key: string): Agent {
    const trust = ca === undefined ? {} : { ca: [...ca] }
    const client = cert === '' ? {} : { cert, key }
    return new Agent({
      connections,
      headersTimeout: config.timeoutMs,
      bodyTimeout: config.timeoutMs,
      connect: {
        timeout: config.timeoutMs,
        rejectUnauthorized: !config.insecureSkipVerify,
        // Made once: of its own, each connection would parse all authorities again and keep them.
        secureContext: secureContextOf({ ...trust, ...client }),
      },
    })
  }

  return {
    current: (): Agent => {
      const ca = pool()
      const cert = (config.auth && credentials.current(config.auth.cert)?.reveal()) ?? ''
      const key = (config.auth && credentials.current(config.auth.key)?.reveal()) ?? ''
      const client = `${cert}\n${key}`
      if (made === undefined || made.ca !== ca || made.client !== client) {
        const before = made?.agent
        made = { agent: agentOf(ca, cert, key), ca, client }
        void before?.close().catch(() => {})
      }
      return made.agent
    },
    close: async (): Promise<void> => {
      await made?.agent.destroy()
    },
  }
}

function secureContextOf(options: { ca?: string[]; cert?: string; key?: string }) {
  try {
    return createSecureContext(options)
  } catch (cause) {
    throw new BinocleError('BIN-CONFIG-CREDENTIAL', 'A client certificate or its key is not valid PEM.', {
      remedy: 'Check cert_file and key_file: PEM, belonging together.',
      cause,
    })
  }
}
