/**
 * Asks as the recorded people asked: everybody with a cookie jar of their own, and with what a proxy adds where the
 * strategy is `header`. What the recording leaves out of a request (tokens, bodies) is put in again.
 */
import type { HostileIssuer } from '@binocle/server/auth/openid/hostileIssuer'
import { Agent, request as send } from 'undici'
import { at, isList, parseJson } from '../json.ts'
import { methodOf } from '../replay.ts'
import type { RbacAnswer, RbacRequest } from './recorded.ts'

export interface OurAnswer {
  readonly status: number
  readonly contentType: string
  readonly body: unknown
  /** As it came. */
  readonly text: string
  readonly setCookie: readonly string[]
  readonly location: string | undefined
}

export interface Asking {
  /** In the order of the recording: what was asked before decides who is logged in. */
  ask(request: RbacRequest, recorded: RbacAnswer): Promise<OurAnswer>
  close(): Promise<void>
}

export const tokenOf = (user: string): string => `${user}-golden-token`

/** The consoles' time: it stands, unless somebody has to wait for a cluster. */
export interface Time {
  /** Unix ms. */
  now(): number
  pass(ms: number): void
}

/** `baseUrl`: of a console, with the web root, without a final slash. */
export function createAsking(baseUrl: string, issuer: HostileIssuer, time: Time): Asking {
  const jars = new Map<string, Map<string, string>>()
  const times = new Map<string, number>()
  const trusting = new Agent({ connect: { ca: issuer.caPem } })

  async function fetchOurs(jar: Map<string, string>, url: string, sent: Sent): Promise<OurAnswer> {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await send(url, {
      method: methodOf(sent.method),
      headers: { 'kiali-ui': 'true', ...(cookie === '' ? {} : { cookie }), ...sent.headers },
      ...(sent.body === undefined ? {} : { body: sent.body }),
    })
    const text = await answer.body.text()
    const contentType = String(answer.headers['content-type'] ?? '')
    const setCookie = [answer.headers['set-cookie'] ?? []].flat()
    for (const line of setCookie) keep(jar, line)
    const location = answer.headers.location
    return {
      status: answer.statusCode,
      contentType,
      body: contentType.includes('json') && text !== '' ? parseJson(text) : text,
      text,
      setCookie,
      location: typeof location === 'string' ? location : undefined,
    }
  }

  /** Where the browser goes on to: to the provider, which sends it back with a code, and to where that leads. */
  async function logIn(jar: Map<string, string>, user: string, location: string): Promise<void> {
    const nowS = Math.floor(time.now() / 1000)
    issuer.behave({ claims: { sub: user, iat: nowS, exp: nowS + 2 * 3600 } })
    const { headers, body } = await send(location, { dispatcher: trusting })
    await body.dump()
    await fetchOurs(jar, String(headers.location), { method: 'GET', headers: {}, body: undefined })
  }

  /** A cluster that is too busy to confirm a login says so, and that one should try again. */
  async function patiently(
    isSettled: (answer: OurAnswer) => boolean,
    ask: () => Promise<OurAnswer>,
  ): Promise<OurAnswer> {
    for (let again = 0; again < 10; again++) {
      const answer = await ask()
      if (isSettled(answer)) return answer
      time.pass(3_000)
    }
    return await ask()
  }

  /** Until every cluster has said what somebody may see there: what is unknown would be missing in all that follows. */
  async function settled(request: RbacRequest, jar: Map<string, string>): Promise<void> {
    const path = '/api/multicluster/access'
    const sent = sentFor({ ...request, method: 'GET', path }, '', undefined)
    await patiently(isKnown, () => fetchOurs(jar, baseUrl + path, sent))
  }

  const known = new Set<string>()
  return {
    ask: async (request, recorded) => {
      const { user } = request
      const key = user ?? ''
      const jar = jars.get(key) ?? new Map<string, string>()
      jars.set(key, jar)
      const what = `${key} ${request.method} ${request.path}`
      const before = times.get(what) ?? 0
      times.set(what, before + 1)
      const knocking = user === undefined && request.path === '/api/namespaces' ? strangers[before] : undefined
      const asked = sentFor(request, recorded.note, knocking)
      const cookies = knocking === 'unreadable cookie' ? new Map([unreadable]) : jar
      if (user !== undefined && !known.has(key) && (request.strategy === 'header' || jar.size > 0)) {
        known.add(key)
        await settled(request, jar)
      }
      const ours = await patiently(isConfirmed, () => fetchOurs(cookies, baseUrl + request.path, asked))
      if (user !== undefined && ours.location?.startsWith(issuer.issuer) === true) await logIn(jar, user, ours.location)
      return ours
    },
    close: () => trusting.close(),
  }
}

const isConfirmed = ({ body }: OurAnswer): boolean => at(body, 'code') !== 'BIN-AUTH-UNAVAILABLE'

function isKnown(answer: OurAnswer): boolean {
  const clusters = at(answer.body, 'clusters')
  return isConfirmed(answer) && !(isList(clusters) && clusters.some((cluster) => at(cluster, 'access') === 'unknown'))
}

interface Sent {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/** With what somebody who is not logged in asked for the namespaces, the first, the second and the third time. */
const strangers = ['nothing', 'unknown token', 'unreadable cookie'] as const

const unreadable = ['kiali-token-east', 'bm90IGEgc2Vzc2lvbg=='] as const

function sentFor(
  { method, path, strategy, user }: RbacRequest,
  note: string,
  knocking: (typeof strangers)[number] | undefined,
): Sent {
  const token =
    knocking === 'unknown token' ? 'nobody' : strategy === 'header' && user !== undefined ? tokenOf(user) : ''
  const headers = token === '' ? {} : { authorization: `Bearer ${token}` }
  if (method === 'POST') {
    const shown =
      note === 'bad token' ? 'nobody' : strategy === 'token' && user !== undefined ? tokenOf(user) : undefined
    const body = new URLSearchParams(shown === undefined ? {} : { token: shown }).toString()
    return { method, body, headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' } }
  }
  if (method === 'PATCH') {
    const body = JSON.stringify(/\/istio\//.test(path) ? { spec: {} } : { metadata: { labels: { asked: 'golden' } } })
    return { method, body, headers: { ...headers, 'content-type': 'application/json' } }
  }
  return { method, body: undefined, headers }
}

function keep(jar: Map<string, string>, line: string): void {
  const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
  if (/; *(max-age=0|expires=thu, 01 jan 1970[^;]*)(;|$)/i.test(line)) jar.delete(name)
  else jar.set(name, value)
}
