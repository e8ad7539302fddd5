/**
 * Logging in at a provider: the browser is sent there with a record of this attempt in a sealed cookie, and comes back
 * with a code. What it brings back is worth something only together with that record, once, and in time
 * (reference: auth.md 6.4.2, 6.4.3).
 */
import { createHash, randomBytes } from 'node:crypto'
import type { ClusterName } from '@binocle/api/identity'
import type { OpenIdConfig } from '../../config/auth.ts'
import { BinocleError } from '../../errors.ts'
import type { Incoming } from '../../http/incoming.ts'
import { type Reply, redirect } from '../../http/route.ts'
import type { StrategyParts } from '../parts.ts'
import { domainAllowed } from './domains.ts'
import { causeOf, OpenIdError, type OpenIdFailure } from './failure.ts'
import type { IdToken } from './idToken.ts'
import { UnfitProvider } from './metadata.ts'
import type { Provider, Tokens } from './provider.ts'
import { returnPath } from './returnPath.ts'

export interface FlowSurroundings
  extends Pick<StrategyParts, 'audit' | 'clock' | 'config' | 'external' | 'log' | 'sessions'> {
  readonly provider: Provider
  /** As whom the console is registered there, and what it asks for. */
  readonly client: Pick<OpenIdConfig, 'clientId' | 'scopes'>
  /** Whose accounts log in there; absent: of home, and of all clusters without a provider of their own. */
  readonly cluster?: ClusterName
  /** Where people come back to. */
  readonly redirectUri: (incoming: Incoming) => string
  /** Begins the session. Throws OpenIdError, or what `sessions` throws. */
  readonly admit: (incoming: Incoming, answer: Admitted) => Promise<void>
}

/** What the provider vouches for. */
export interface Admitted {
  readonly issuer: string
  readonly token: IdToken
  readonly tokens: Tokens
}

export interface Flow {
  /** To the provider, or back to the page when it cannot be asked. Throws BIN-AUTH-PROVIDER or BIN-AUTH-UNAVAILABLE for programs. */
  begin(incoming: Incoming): Promise<Reply>
  /** Back from it: to a page of ours, never with anything in the address that the provider or anybody else wrote. */
  end(incoming: Incoming): Promise<Reply>
}

/** Its cookie outlives the attempt: somebody who was too slow is told so. */
const graceS = 600

export function createFlow(around: FlowSurroundings): Flow {
  const { admit, audit, client, clock, cluster, config, log, provider, sessions } = around
  const settings = config.auth.openid
  const { webRoot } = config.server

  async function begin(incoming: Incoming): Promise<Reply> {
    const nonce = randomBytes(32).toString('base64url')
    const verifier = randomBytes(32).toString('base64url')
    const redirectUri = around.redirectUri(incoming)
    const { issuer } = await provider.metadata()
    const attempt: Attempt = {
      cluster: cluster ?? '',
      nonce,
      verifier,
      issuer,
      redirectUri,
      returnTo: returnPath(new URLSearchParams(incoming.search).get('return') ?? undefined, webRoot),
      endsAt: clock() + settings.authenticationTimeoutS * 1000,
    }
    const state = sessions.openFlow(incoming, settings.authenticationTimeoutS + graceS, { ...attempt })
    return redirect(
      await provider.authorizationUrl({
        client_id: client.clientId,
        response_type: 'code',
        redirect_uri: redirectUri,
        scope: client.scopes.join(' '),
        nonce: hashed(nonce),
        state,
        code_challenge: hashed(verifier),
        code_challenge_method: 'S256',
        ...settings.additionalRequestParams,
      }),
    )
  }

  async function end(incoming: Incoming): Promise<Reply> {
    const answer = new URLSearchParams(incoming.search)
    const contents = sessions.takeFlow(incoming, answer.get('state') ?? '')
    if (contents?.kind === 'logout') return redirect(`${webRoot}/`)
    const attempt = contents === undefined ? undefined : attemptOf(contents)
    try {
      if (attempt === undefined || attempt.cluster !== (cluster ?? ''))
        throw new OpenIdError('state', 'the answer belongs to no login of this browser')
      return await finish(incoming, answer, attempt)
    } catch (error) {
      const failure = failureOf(error)
      // An answer that nobody here asked for must not end anybody's session.
      if (failure !== 'state') sessions.clear(incoming, cluster)
      const outcome = failure === 'forbidden' || failure === 'domain' ? 'denied' : 'failure'
      const where = cluster === undefined ? {} : { cluster }
      audit.record({ type: 'login', outcome, verb: 'login', reason: failure, ...where }, incoming)
      log('warn', 'login failed', { requestId: incoming.requestId, reason: failure, cause: causeOf(error) })
      return redirect(`${webRoot}/?openid_error=${failure}`)
    }
  }

  async function finish(incoming: Incoming, answer: URLSearchParams, attempt: Attempt): Promise<Reply> {
    if (clock() >= attempt.endsAt) throw new OpenIdError('timeout', 'the answer came too late')
    await fromIssuer(answer, attempt, provider)
    if (answer.has('error')) throw new OpenIdError('idp', 'the provider did not let the person in')
    const [code = '', ...more] = answer.getAll('code')
    if (code === '' || more.length > 0) throw new OpenIdError('idp', 'the answer of the provider has no code')
    const tokens = await provider.redeem({ ...attempt, code })
    const { accessToken, idToken } = tokens
    const token = await provider.validate(idToken, { nonce: hashed(attempt.nonce), accessToken })
    if (!domainAllowed(token.claims, settings.allowedDomains))
      throw new OpenIdError('domain', 'the domain of the account is not one of allowed_domains')
    await admit(incoming, { issuer: attempt.issuer, token, tokens })
    return redirect(attempt.returnTo)
  }

  return {
    begin: async (incoming) => {
      try {
        return await begin(incoming)
      } catch (error) {
        if (!(error instanceof OpenIdError)) throw error
        log('warn', 'login cannot begin', { requestId: incoming.requestId, cause: causeOf(error) })
        // A person's browser, which our page sends here by itself, has no use for JSON.
        if (incoming.headers['sec-fetch-mode'] === 'navigate')
          return redirect(`${webRoot}/?openid_error=${error instanceof UnfitProvider ? 'idp' : 'unavailable'}`)
        throw error instanceof UnfitProvider ? unfit() : unavailable()
      }
    },
    end,
  }
}

/** What the browser keeps of one login under way. */
interface Attempt {
  /** Of a provider that serves one cluster; '' = of the one for all others. */
  readonly cluster: string
  readonly nonce: string
  /** PKCE. */
  readonly verifier: string
  readonly issuer: string
  readonly redirectUri: string
  readonly returnTo: string
  /** Unix ms. */
  readonly endsAt: number
}

function attemptOf(contents: Readonly<Record<string, unknown>>): Attempt | undefined {
  const { cluster, nonce, verifier, issuer, redirectUri, returnTo, endsAt } = contents
  if (typeof cluster !== 'string') return undefined
  if (typeof nonce !== 'string' || typeof verifier !== 'string' || typeof issuer !== 'string') return undefined
  if (typeof redirectUri !== 'string' || typeof returnTo !== 'string' || typeof endsAt !== 'number') return undefined
  return nonce === '' || verifier === ''
    ? undefined
    : { cluster, nonce, verifier, issuer, redirectUri, returnTo, endsAt }
}

const hashed = (text: string): string => createHash('sha256').update(text).digest('base64url')

/** RFC 9207: a code of one provider is never taken to another. */
async function fromIssuer(answer: URLSearchParams, attempt: Attempt, provider: Provider): Promise<void> {
  const { issuer, namesItself } = await provider.metadata()
  const named = answer.getAll('iss')
  if (issuer !== attempt.issuer) throw new OpenIdError('idp', 'the provider is another one by now')
  if (named.length === 0 && namesItself) throw new OpenIdError('idp', 'the answer does not name the provider')
  if (named.some((each) => each !== issuer)) throw new OpenIdError('idp', 'the answer names another provider')
}

function failureOf(error: unknown): OpenIdFailure {
  if (error instanceof OpenIdError) return error.failure
  if (error instanceof BinocleError && error.code === 'BIN-AUTH-FORBIDDEN') return 'forbidden'
  const isToken = error instanceof BinocleError && ['BIN-AUTH-SIZE', 'BIN-AUTH-TOKEN'].includes(error.code)
  return isToken ? 'token' : 'unavailable'
}

const unfit = (): BinocleError =>
  new BinocleError('BIN-AUTH-PROVIDER', 'Nobody can log in: the identity provider does not fit.', {
    remedy: 'Compare auth.openid with what the provider says of itself; the log of the console has the cause.',
  })

const unavailable = (): BinocleError =>
  new BinocleError('BIN-AUTH-UNAVAILABLE', 'The identity provider does not answer.', {
    remedy: 'Try again; the log of the console has the cause.',
  })
