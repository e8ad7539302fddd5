/**
 * Logging in at the provider: the browser is sent there with a record of this attempt in a sealed cookie, and comes back
 * to the web root with a code. What it brings back is worth something only together with that record, once, and in time
 * (reference: auth.md 6.4.2, 6.4.3).
 */
import { createHash, randomBytes } from 'node:crypto'
import type { ClusterName } from '@binocle/api/identity'
import type { Visible } from '../../access/access.ts'
import { BinocleError } from '../../errors.ts'
import type { Incoming } from '../../http/incoming.ts'
import { type Reply, redirect } from '../../http/route.ts'
import { homeOf, type StrategyParts } from '../parts.ts'
import { domainAllowed } from './domains.ts'
import { OpenIdError, type OpenIdFailure } from './failure.ts'
import type { Logins } from './logins.ts'
import { UnfitProvider } from './metadata.ts'
import { type Person, payloadOf } from './person.ts'
import type { ExchangedToken, Provider } from './provider.ts'
import { returnPath } from './returnPath.ts'

export interface FlowSurroundings
  extends Pick<
    StrategyParts,
    'access' | 'audit' | 'clock' | 'clusters' | 'config' | 'external' | 'keyOf' | 'log' | 'sessions'
  > {
  readonly provider: Provider
  readonly logins: Logins
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
  const { access, audit, clock, clusters, config, external, log, logins, provider, sessions } = around
  const settings = config.auth.openid
  const { enabled: impersonates } = config.auth.impersonation
  const { webRoot } = config.server

  async function begin(incoming: Incoming): Promise<Reply> {
    const nonce = randomBytes(32).toString('base64url')
    const verifier = randomBytes(32).toString('base64url')
    const redirectUri = external.url(incoming)
    const { issuer } = await provider.metadata()
    const attempt: Attempt = {
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
        client_id: settings.clientId,
        response_type: 'code',
        redirect_uri: redirectUri,
        scope: settings.scopes.join(' '),
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
      if (attempt === undefined) throw new OpenIdError('state', 'the answer belongs to no login of this browser')
      return await finish(incoming, answer, attempt)
    } catch (error) {
      const failure = failureOf(error)
      // An answer that nobody here asked for must not end anybody's session.
      if (failure !== 'state') sessions.clear(incoming)
      const outcome = failure === 'forbidden' || failure === 'domain' ? 'denied' : 'failure'
      audit.record({ type: 'login', outcome, verb: 'login', reason: failure }, incoming)
      log('warn', 'login failed', { requestId: incoming.requestId, reason: failure, cause: textOf(error) })
      return redirect(`${webRoot}/?openid_error=${failure}`)
    }
  }

  async function finish(incoming: Incoming, answer: URLSearchParams, attempt: Attempt): Promise<Reply> {
    if (clock() >= attempt.endsAt) throw new OpenIdError('timeout', 'the answer came too late')
    await fromIssuer(answer, attempt, provider)
    if (answer.has('error')) throw new OpenIdError('idp', 'the provider did not let the person in')
    const [code = '', ...more] = answer.getAll('code')
    if (code === '' || more.length > 0) throw new OpenIdError('idp', 'the answer of the provider has no code')
    const { accessToken, idToken } = await provider.redeem({ ...attempt, code })
    const token = await provider.validate(idToken, { nonce: hashed(attempt.nonce), accessToken })
    if (!domainAllowed(token.claims, settings.allowedDomains))
      throw new OpenIdError('domain', 'the domain of the account is not one of allowed_domains')
    const shown = settings.apiToken === 'access_token' && !settings.disableRbac && !impersonates ? accessToken : idToken
    const tokens = await exchanged(shown)
    const person: Person = {
      issuer: attempt.issuer,
      subject: token.subject,
      username: token.username,
      token: shown,
      ...(shown === idToken ? {} : { idToken }),
      ...(tokens === undefined ? {} : { tokens }),
    }
    const standing = { sessionId: '', expiresAt: token.expiresAtMs, nowMs: clock() }
    if (!settings.disableRbac) {
      const login = logins(person, standing)
      mustSeeSomething(await Promise.all(clusters.list().map(({ name }) => access.visible(login, name))), impersonates)
    }
    const session = sessions.write(incoming, {
      cluster: homeOf(around),
      expiresAt: token.expiresAtMs,
      payload: payloadOf(person),
    })
    audit.record(
      { type: 'login', outcome: 'success', verb: 'login' },
      incoming,
      logins(person, { ...standing, ...session }),
    )
    return redirect(attempt.returnTo)
  }

  /** A cluster with an audience of its own gets a token for it, and no other: one that cannot be had is left out. */
  async function exchanged(token: string): Promise<Record<ClusterName, ExchangedToken> | undefined> {
    const wanted = Object.entries(settings.clusterAudience)
    if (wanted.length === 0 || settings.disableRbac) return undefined
    const results = await Promise.all(
      wanted.map(async ([cluster, audience]) => {
        try {
          return [[cluster, await provider.exchange(token, settings.apiToken, audience)] as const]
        } catch (error) {
          log('warn', 'no token for the audience of a cluster', { cluster, cause: textOf(error) })
          return []
        }
      }),
    )
    return Object.fromEntries(results.flat())
  }

  return {
    begin: async (incoming) => {
      try {
        return await begin(incoming)
      } catch (error) {
        if (!(error instanceof OpenIdError)) throw error
        log('warn', 'login cannot begin', { requestId: incoming.requestId, cause: textOf(error) })
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
  const { nonce, verifier, issuer, redirectUri, returnTo, endsAt } = contents
  if (typeof nonce !== 'string' || typeof verifier !== 'string' || typeof issuer !== 'string') return undefined
  if (typeof redirectUri !== 'string' || typeof returnTo !== 'string' || typeof endsAt !== 'number') return undefined
  return nonce === '' || verifier === '' ? undefined : { nonce, verifier, issuer, redirectUri, returnTo, endsAt }
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

/**
 * Throws OpenIdError unless there is a namespace of some cluster to see. `byUs`: clusters were asked by our accounts, so
 * that one that rejects these says nothing of the person.
 */
export function mustSeeSomething(answers: readonly Visible[], byUs: boolean): void {
  if (answers.some((each) => each.state === 'known' && each.namespaces.length > 0)) return
  if (answers.some(({ state }) => state === 'unknown' || (byUs && state === 'rejected')))
    throw new OpenIdError('unavailable', 'no cluster can say now what the person may see')
  if (answers.every(({ state }) => state === 'rejected' || state === 'absent'))
    throw new OpenIdError('token', 'no cluster accepts the token: its issuer, audience or claims are not theirs')
  throw new OpenIdError('forbidden', 'the person may see no namespace of any cluster')
}

function failureOf(error: unknown): OpenIdFailure {
  if (error instanceof OpenIdError) return error.failure
  if (error instanceof BinocleError && error.code === 'BIN-AUTH-FORBIDDEN') return 'forbidden'
  const isToken = error instanceof BinocleError && ['BIN-AUTH-SIZE', 'BIN-AUTH-TOKEN'].includes(error.code)
  return isToken ? 'token' : 'unavailable'
}

/** Ours are fixed texts; of a defect the stack is wanted, which holds no values. */
function textOf(error: unknown): string {
  if (error instanceof OpenIdError || error instanceof BinocleError) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : 'unknown'
}

const unfit = (): BinocleError =>
  new BinocleError('BIN-AUTH-PROVIDER', 'Nobody can log in: the identity provider does not fit.', {
    remedy: 'Compare auth.openid with what the provider says of itself; the log of the console has the cause.',
  })

const unavailable = (): BinocleError =>
  new BinocleError('BIN-AUTH-UNAVAILABLE', 'The identity provider does not answer.', {
    remedy: 'Try again; the log of the console has the cause.',
  })
