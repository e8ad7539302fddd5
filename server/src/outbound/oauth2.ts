/** Tokens for ourselves by client credentials (RFC 6749 4.4): asked for once for all who wait, kept until they expire. */
import { Agent, request } from 'undici'
import type { OAuth2 } from '../config/externalService.ts'
import { BinocleError } from '../errors.ts'
import { boundedText } from './boundedText.ts'
import type { Credentials } from './credentials.ts'
import { networkWords } from './networkWords.ts'

export interface TokenSource {
  /** Throws BIN-CONFIG-CREDENTIAL, which repeats nothing of what the issuer said. */
  token(): Promise<string>
  /** The service rejected it. */
  forget(): void
  close(): Promise<void>
}

const timeoutMs = 10_000
/** Where the issuer does not say; and before the end, so that a token does not expire on its way. */
const assumedS = 300
const earlyMs = 10_000

/** `ca`: whom we trust to be the issuer; its certificate is verified whatever holds for the service itself. */
export function createTokenSource(
  config: OAuth2,
  credentials: Credentials,
  ca: () => readonly string[] | undefined,
  clock: () => number,
): TokenSource {
  let held: { readonly token: Promise<Issued>; readonly secret: string } | undefined
  let issuer: { readonly trusted: readonly string[] | undefined; readonly agent: Agent } | undefined

  function agent(): Agent {
    const trusted = ca()
    if (issuer === undefined || issuer.trusted !== trusted) {
      void issuer?.agent.close().catch(() => {})
      issuer = { trusted, agent: new Agent({ connect: trusted === undefined ? {} : { ca: [...trusted] } }) }
    }
    return issuer.agent
  }

  return {
    token: async () => {
      const secret = credentials.current(config.clientSecret)?.reveal() ?? ''
      if (secret === '') throw refused(config, 'has no secret', `Give ${config.clientSecret.key}.`)
      const before = held
      const known = before?.secret === secret ? await before.token.catch(() => undefined) : undefined
      if (held === before && (known === undefined || clock() >= known.expiresAtMs - earlyMs)) {
        const token = ask(config, secret, agent(), clock)
        // Whoever waits hears of it; without anybody waiting it is nobody's affair.
        token.catch(() => {})
        held = { token, secret }
      }
      return (await (held ?? { token: ask(config, secret, agent(), clock) }).token).token
    },
    forget: () => {
      held = undefined
    },
    close: async () => {
      await issuer?.agent.destroy()
    },
  }
}

interface Issued {
  readonly token: string
  readonly expiresAtMs: number
}

async function ask(config: OAuth2, secret: string, dispatcher: Agent, clock: () => number): Promise<Issued> {
  const { tokenUrl, clientId, scopes, audience, authStyle } = config
  const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
    ...(audience === '' ? {} : { audience }),
    ...(authStyle === 'params' ? { client_id: clientId, client_secret: secret } : {}),
  })
  const answer = await request(tokenUrl, {
    dispatcher,
    method: 'POST',
    body: form.toString(),
    signal: AbortSignal.timeout(timeoutMs),
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
      ...(authStyle === 'header' ? { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } : {}),
    },
  }).catch((error: unknown) => {
    throw refused(config, `cannot be reached: ${networkWords(error)}`, `Check ${keyOf(config)}.token_url.`)
  })
  const text = await boundedText(answer.body, 1 << 20)
  if (answer.statusCode !== 200) {
    throw refused(
      config,
      `answers ${answer.statusCode}`,
      `Check ${keyOf(config)}: token_url, client_id and its secret.`,
    )
  }
  const issued = parsed(text)
  if (issued === undefined) throw refused(config, 'answers no bearer token', `Check ${keyOf(config)}.token_url.`)
  return { token: issued.token, expiresAtMs: clock() + issued.lifetimeS * 1000 }
}

function parsed(text: string): { token: string; lifetimeS: number } | undefined {
  try {
    const answer: unknown = JSON.parse(text)
    if (typeof answer !== 'object' || answer === null || !('access_token' in answer)) return undefined
    const { access_token: token } = answer
    if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) return undefined
    const type = 'token_type' in answer ? String(answer.token_type).toLowerCase() : 'bearer'
    const lifetimeS = 'expires_in' in answer ? Number(answer.expires_in) : assumedS
    return type === 'bearer' ? { token, lifetimeS: Number.isFinite(lifetimeS) ? lifetimeS : assumedS } : undefined
  } catch {
    return undefined
  }
}

const keyOf = ({ clientSecret }: OAuth2): string => clientSecret.key.replace(/\.client_secret$/, '')

const refused = (config: OAuth2, what: string, remedy: string): BinocleError =>
  new BinocleError('BIN-CONFIG-CREDENTIAL', `The issuer of ${keyOf(config)} ${what}.`, { remedy })
