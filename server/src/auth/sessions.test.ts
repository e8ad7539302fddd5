import { describe, expect, it } from 'vitest'
import type { AuthConfig } from '../config/auth.ts'
import { loadConfig } from '../config/load.ts'
import { BinocleError } from '../errors.ts'
import { createExternal } from '../http/external.ts'
import type { Incoming } from '../http/incoming.ts'
import { incomingWith } from '../http/testing.ts'
import { createKeyRing, derivedKey } from './keyRing.ts'
import { createSessions, type SessionSurroundings, type Sessions } from './sessions.ts'

const startMs = Date.parse('2026-03-07T12:00:00Z')
const dayMs = 86_400_000

interface World {
  readonly sessions: Sessions
  readonly time: { now: number }
  /** A browser that knows nothing of attributes but deletion. */
  readonly jar: Map<string, string>
  /** A request with what the jar holds; what is set goes to `lines` and into the jar. */
  request(more?: Partial<Incoming>): { readonly incoming: Incoming; readonly lines: string[] }
  /** Begins a session on a request of its own; the lines it set. */
  begin(cluster?: string, payload?: Record<string, unknown>, expiresAt?: number): string[]
  /** What a request of its own reads: the payload, or the state. */
  read(cluster?: string): unknown
}

interface Given {
  readonly yaml?: string
  readonly server?: string
  readonly jar?: Map<string, string>
  readonly around?: Partial<SessionSurroundings>
  readonly auth?: Partial<AuthConfig>
}

const keyA = derivedKey(Buffer.from('q7Zr1nXk0Vb3LmT9'))
const keys = createKeyRing({ current: () => keyA, previous: () => [] })

function world({ yaml = '', server = '', jar = new Map(), around = {}, auth = {} }: Given = {}): World {
  const text = `auth: {strategy: token, ${yaml}}\nserver: {web_schema: https, ${server}}`
  const { config } = loadConfig({ file: { name: 'x', text } })
  const time = { now: startMs }
  const sessions = createSessions({
    auth: { ...config.auth, ...auth },
    keys,
    clock: () => time.now,
    home: () => 'east',
    clusters: () => ['east', 'west'],
    webRoot: config.server.webRoot,
    isSecure: createExternal(config.server).isSecure,
    maxHeaderBytes: config.server.maxHeaderBytes ?? 65_536,
    ...around,
  })
  const request: World['request'] = (more = {}) => {
    const lines: string[] = []
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const incoming = incomingWith({
      rawHeaders: cookie === '' ? [] : ['Cookie', cookie],
      setCookie: (line) => {
        lines.push(line)
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
        if (line.includes('Max-Age=0;')) jar.delete(name)
        else jar.set(name, value)
      },
      ...more,
    })
    return { incoming, lines }
  }
  return {
    sessions,
    time,
    jar,
    request,
    begin: (cluster = 'east', payload = { token: 'abc' }, expiresAt = startMs + dayMs) => {
      const { incoming, lines } = request()
      sessions.write(incoming, { cluster, payload, expiresAt })
      return lines
    },
    read: (cluster = 'east') => {
      const read = sessions.read(request().incoming, cluster)
      return read.state === 'open' ? read.session.payload : read.state
    },
  }
}

const namesOf = (lines: readonly string[]): readonly string[] => lines.map((line) => line.split('=', 1)[0] ?? '')
const deletions = (lines: readonly string[]) => namesOf(lines.filter((line) => line.includes('Max-Age=0;')))
/** Base64url does not repeat itself: as long as it is. */
const payloadOf = (characters: number) => ({ token: 'x'.repeat(characters) })

function codeOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    return error instanceof BinocleError ? error.code : String(error)
  }
  return 'none'
}

describe('cookies of a session', () => {
  it.each([
    [
      'over HTTPS',
      '',
      'Path=/; Expires=Sun, 08 Mar 2026 12:00:00 GMT; Max-Age=86400; HttpOnly; Secure; SameSite=Strict',
    ],
    [
      'below a web root',
      'web_root: /kiali',
      'Path=/kiali; Expires=Sun, 08 Mar 2026 12:00:00 GMT; Max-Age=86400; HttpOnly; Secure; SameSite=Strict',
    ],
  ])('AUTH-38: have every attribute %s', (_what, server, attributes) => {
    const [line = ''] = world({ server }).begin()
    expect(line.replace(/^[^;]*; /, '')).toBe(attributes)
  })

  it('AUTH-38: have every attribute when they are deleted', () => {
    const made = world()
    made.begin()
    const { incoming, lines } = made.request()
    made.sessions.clear(incoming)
    expect(lines).toEqual([
      'kiali-token-east=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; HttpOnly; Secure; SameSite=Strict',
    ])
  })

  it('AUTH-38: of a login under way come along when another site leads back here', () => {
    const made = world()
    const { incoming, lines } = made.request()
    made.sessions.openFlow(incoming, 300, {})
    expect(lines[0]?.replace(/^[^;]*; /, '')).toBe(
      'Path=/; Expires=Sat, 07 Mar 2026 12:05:00 GMT; Max-Age=300; HttpOnly; Secure; SameSite=Lax',
    )
  })

  it('AUTH-39: are secure whatever a request says of its way', () => {
    const made = world()
    const rawHeaders = ['X-Forwarded-Proto', 'http']
    const { incoming, lines } = made.request({ rawHeaders, headers: { 'x-forwarded-proto': 'http' } })
    made.sessions.write(incoming, { cluster: 'east', payload: {}, expiresAt: startMs + dayMs })
    expect(lines[0]).toContain('; Secure;')
  })

  it('AUTH-40: belong to this host alone, below the web root', () => {
    const [line = ''] = world({ server: 'web_root: /kiali' }).begin()
    expect(line).not.toMatch(/domain/i)
    expect(line).toContain('; Path=/kiali;')
  })

  it.each([10, 2_000, 2_600, 2_700, 8_000, 20_000, 40_000])('AUTH-41: carry a payload of %i characters', (size) => {
    const made = world({ yaml: 'session: {max_chunks: 20}', server: 'max_header_bytes: 131072' })
    const lines = made.begin('east', payloadOf(size))
    expect(made.read()).toEqual(payloadOf(size))
    expect(Math.max(...[...made.jar.values()].map((value) => value.length))).toBeLessThanOrEqual(3584)
    const chunks = namesOf(lines).filter((name) => name !== 'kiali-token-chunks-east')
    expect(made.jar.get('kiali-token-chunks-east')).toBe(chunks.length > 1 ? String(chunks.length) : undefined)
  })

  it('AUTH-42: of a shorter session leave nothing of the longer one before it', () => {
    const made = world()
    made.begin('east', payloadOf(9_000))
    expect(namesOf([...made.jar.keys()])).toHaveLength(5)
    const lines = made.begin('east', payloadOf(10))
    expect(namesOf(lines)[0]).toBe('kiali-token-east')
    expect([...deletions(lines)].sort()).toEqual([
      'kiali-token-chunks-east',
      'kiali-token-east-1',
      'kiali-token-east-2',
      'kiali-token-east-3',
    ])
    expect(made.read()).toEqual(payloadOf(10))
  })

  it('AUTH-43: that could be taken for those of another cluster are not made', () => {
    const made = world({ around: { clusters: () => ['east', 'a', 'a-1'] } })
    expect(codeOf(() => made.begin('a'))).toBe('BIN-AUTH-REQUEST')
    expect(codeOf(() => made.begin('a-1'))).toBe('BIN-AUTH-REQUEST')
    expect(made.jar.size).toBe(0)
  })

  it.each(['chunks-east', 'flow-x', 'nonce-x', 'pkce-verifier-x'])('AUTH-43: are not made for %s', (cluster) => {
    const made = world({ around: { clusters: () => ['east', cluster] } })
    expect(codeOf(() => made.begin(cluster))).toBe('BIN-AUTH-REQUEST')
  })

  it('AUTH-44: of east-2 stay when those of east go', () => {
    const jar = new Map([['kiali-token-east-2', 'x']])
    const made = world({ jar, around: { clusters: () => ['east', 'east-2'] } })
    made.begin('east')
    const { incoming, lines } = made.request()
    made.sessions.clear(incoming, 'east')
    expect(deletions(lines)).toEqual(['kiali-token-east'])
    expect([...jar.keys()]).toEqual(['kiali-token-east-2'])
  })

  it.each([
    ['arn:aws:eks:eu-west-1:1:cluster/x', 'kiali-token-arn%3Aaws%3Aeks%3Aeu-west-1%3A1%3Acluster%2Fx'],
    ['gke_project_zone_name', 'kiali-token-gke_project_zone_name'],
    ['a b;c=d', 'kiali-token-a%20b%3Bc%3Dd'],
    ['köln', 'kiali-token-k%C3%B6ln'],
  ])('AUTH-45: have a valid name for the cluster %s', (cluster, name) => {
    const made = world({ around: { home: () => cluster, clusters: () => [cluster] } })
    expect(namesOf(made.begin(cluster))).toEqual([name])
    expect(made.read(cluster)).toEqual({ token: 'abc' })
  })

  it.each([
    ['in one line', ['Cookie', 'kiali-token-east=a; kiali-token-east=b']],
    ['in two lines', ['Cookie', 'kiali-token-east=a', 'cookie', 'kiali-token-east=a']],
    ['of another cluster', ['Cookie', 'kiali-token-east=a; kiali-token-west=b; kiali-token-west=b']],
  ])('AUTH-46: that came twice are none: %s', (_what, rawHeaders) => {
    const { sessions, request } = world()
    expect(sessions.read(request({ rawHeaders }).incoming, 'east')).toEqual({
      state: 'over',
      why: 'a cookie came twice',
    })
  })

  it('AUTH-T27: of a neighbour beside our own end the session', () => {
    const made = world()
    made.begin()
    const own = `kiali-token-east=${made.jar.get('kiali-token-east')}`
    const { incoming } = made.request({ rawHeaders: ['Cookie', `${own}; kiali-token-east=planted`] })
    expect(made.sessions.read(incoming, 'east').state).toBe('over')
  })

  it('AUTH-47: are worth nothing under the name of another cluster', () => {
    const made = world()
    made.begin('east')
    made.jar.set('kiali-token-west', made.jar.get('kiali-token-east') ?? '')
    expect(made.read('west')).toBe('over')
  })

  it('AUTH-47: are worth nothing in another order', () => {
    const made = world()
    made.begin('east', payloadOf(9_000))
    const [one = '', two = ''] = ['kiali-token-east-1', 'kiali-token-east-2'].map((name) => made.jar.get(name))
    made.jar.set('kiali-token-east-1', two).set('kiali-token-east-2', one)
    expect(made.read()).toBe('over')
  })

  it('AUTH-T26: are worth nothing with a piece of another session', () => {
    const [mine, other] = [world(), world()]
    mine.begin('east', payloadOf(9_000))
    other.begin('east', payloadOf(9_000))
    mine.jar.set('kiali-token-east-1', other.jar.get('kiali-token-east-1') ?? '')
    expect(mine.read()).toBe('over')
  })

  it.each(['0', '1', '2', '5', '16', '17', '180', '-4', '4.0', '٤', '', 'x'])(
    'AUTH-T26: are worth nothing with a count of %j',
    (count) => {
      const made = world()
      made.begin('east', payloadOf(9_000))
      made.jar.set('kiali-token-chunks-east', count)
      expect(made.read()).toBe('over')
    },
  )

  it('AUTH-T26: never open after any change of a character, and never break the reader', () => {
    const made = world()
    made.begin()
    const value = made.jar.get('kiali-token-east') ?? ''
    for (let at = 0; at < value.length; at++) {
      const other = value[at] === 'A' ? 'B' : 'A'
      made.jar.set('kiali-token-east', value.slice(0, at) + other + value.slice(at + 1))
      expect(made.read()).toBe('over')
    }
  })

  it('AUTH-58: are written as they are', () => {
    const made = world()
    const lines = made.begin('east', payloadOf(9_000))
    expect(lines.filter((line) => /^[^;]*%/.test(line))).toEqual([])
    for (const value of made.jar.values()) expect(value).toMatch(/^[A-Za-z0-9_-]+$/)
  })
})

describe('the end of a session', () => {
  it.each([
    ['in the past', -1],
    ['now', 0],
    ['no time at all', Number.NaN],
  ])('AUTH-50: %s is refused at its beginning', (_what, laterMs) => {
    const made = world()
    expect(codeOf(() => made.begin('east', {}, startMs + laterMs))).toBe('BIN-AUTH-TOKEN')
    expect(made.jar.size).toBe(0)
  })

  it('AUTH-51: is that of the credential, whatever the browser keeps', () => {
    const made = world({ yaml: 'session: {idle_timeout: 48h}' })
    made.begin('east', {}, startMs + 60_000)
    made.time.now = startMs + 59_999
    expect(made.read()).toEqual({})
    made.time.now = startMs + 60_000
    expect(made.read()).toBe('over')
  })

  it('AUTH-51: is the configured one when the credential lasts longer', () => {
    const made = world({ yaml: 'session: {idle_timeout: 480h}' })
    made.begin('east', {}, startMs + 30 * dayMs)
    made.time.now = startMs + dayMs
    expect(made.read()).toBe('over')
  })

  it('AUTH-51: does not move by being used', () => {
    const made = world()
    made.begin('east', {}, startMs + 3 * 60_000)
    for (const minute of [1, 2]) {
      made.time.now = startMs + minute * 60_000
      expect(made.read()).toEqual({})
    }
    made.time.now = startMs + 3 * 60_000
    expect(made.read()).toBe('over')
  })

  it('AUTH-52: comes when it is not used', () => {
    const made = world({ yaml: 'session: {idle_timeout: 10m}' })
    made.begin()
    made.time.now += 10 * 60_000
    expect(made.read()).toEqual({ token: 'abc' })
    made.time.now += 10 * 60_000 + 1
    expect(made.read()).toBe('over')
  })

  it('AUTH-52: comes as well where another process has seen it last', () => {
    const made = world({ yaml: 'session: {idle_timeout: 10m}' })
    made.begin()
    const other = world({ yaml: 'session: {idle_timeout: 10m}', jar: made.jar })
    other.time.now += 10 * 60_000 + 1
    expect(other.read()).toBe('over')
  })

  it('AUTH-52: does not come by looking on: a stream that asks again is no use', () => {
    const made = world({ yaml: 'session: {idle_timeout: 10m}' })
    made.begin()
    const { incoming } = made.request()
    for (const minute of [0, 4, 8, 10]) {
      made.time.now = startMs + minute * 60_000
      expect(made.sessions.read(incoming, 'east').state).toBe('open')
    }
    made.time.now += 1
    expect(made.sessions.read(incoming, 'east').state).toBe('over')
  })

  it('is put off for a client that keeps its first cookie for ever', () => {
    const made = world({ yaml: 'session: {idle_timeout: 10m}' })
    made.begin()
    const first = new Map(made.jar)
    for (const minute of [8, 16, 24]) {
      made.time.now = startMs + minute * 60_000
      made.jar.clear()
      for (const [name, value] of first) made.jar.set(name, value)
      expect(made.read()).toEqual({ token: 'abc' })
    }
  })

  it('is noted again once a minute, with the same id', () => {
    const made = world()
    made.begin()
    const idOf = (request = made.request()) => {
      const read = made.sessions.read(request.incoming, 'east')
      return { id: read.state === 'open' ? read.session.sessionId : '', lines: request.lines.length }
    }
    const { id } = idOf()
    made.time.now += 59_999
    expect(idOf()).toEqual({ id, lines: 0 })
    made.time.now += 1
    expect(idOf()).toEqual({ id, lines: 1 })
    expect(idOf()).toEqual({ id, lines: 0 })
  })

  it('AUTH-54: comes to copies too', () => {
    const made = world()
    made.begin()
    const copy = new Map(made.jar)
    expect(made.sessions.end(made.request().incoming).map(({ cluster }) => cluster)).toEqual(['east'])
    expect(made.jar.size).toBe(0)
    for (const [name, value] of copy) made.jar.set(name, value)
    expect(made.read()).toBe('over')
  })

  it('AUTH-54: comes to the session that another one takes the place of', () => {
    const made = world()
    made.begin()
    const copy = new Map(made.jar)
    made.begin()
    for (const [name, value] of copy) made.jar.set(name, value)
    expect(made.read()).toBe('over')
  })

  it('AUTH-59: comes with another strategy', () => {
    const made = world()
    made.begin()
    expect(world({ jar: made.jar, auth: { strategy: 'openid' } }).read()).toBe('over')
  })

  it('AUTH-T45: comes with another strategy, whatever the record says of itself', () => {
    const header = world({ auth: { strategy: 'header' } })
    header.begin('east', { strategy: 'token', token: 'abc' })
    expect(world({ jar: header.jar }).read()).toBe('over')
  })

  it('AUTH-60: comes when the record is of another cluster than its cookie', () => {
    // As the holder of a key could write it: bound to the cookie of west, speaking of east.
    const bound = ['kiali-token-west', 'token', 'east']
    const text = JSON.stringify({
      cluster: 'east',
      expiresOn: '2026-03-08T12:00:00Z',
      payload: {},
      sessionId: 'x',
      strategy: 'token',
      lastSeen: startMs,
    })
    const made = world({ jar: new Map([['kiali-token-west', keys.seal('session', text, bound) ?? '']]) })
    expect(made.read('west')).toBe('over')
  })

  it('comes with another home', () => {
    const made = world()
    made.begin('west')
    expect(world({ jar: made.jar, around: { home: () => 'west' } }).read('west')).toBe('over')
  })

  it('does not come while its key cannot be read', () => {
    const made = world()
    made.begin()
    const gone = createKeyRing({ current: () => undefined, previous: () => [] })
    expect(world({ jar: made.jar, around: { keys: gone } }).read()).toBe('unavailable')
  })
})

describe('a session', () => {
  it('AUTH-53: has a new UUID at each login, which its cookies do not show', () => {
    const made = world()
    const ids = [1, 2].map(() => {
      const { incoming, lines } = made.request()
      const { sessionId } = made.sessions.write(incoming, { cluster: 'east', payload: {}, expiresAt: startMs + dayMs })
      expect(lines.join()).not.toContain(sessionId)
      return sessionId
    })
    expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(ids[0]).not.toBe(ids[1])
  })

  it('AUTH-55: that a browser could not carry is refused, and sets nothing', () => {
    const made = world({ server: 'max_header_bytes: 16384' })
    expect(codeOf(() => made.begin('east', payloadOf(8_000)))).toBe('none')
    const before = new Map(made.jar)
    expect(codeOf(() => made.begin('west', payloadOf(2_000)))).toBe('BIN-AUTH-SIZE')
    expect(made.jar).toEqual(before)
  })

  it('AUTH-55: counts what is in the browser already', () => {
    const jar = new Map([['other', 'x'.repeat(12_000)]])
    const made = world({ server: 'max_header_bytes: 16384', jar })
    expect(codeOf(() => made.begin('east', payloadOf(500)))).toBe('BIN-AUTH-SIZE')
  })

  it('AUTH-T46: never grows until every request is refused: twenty clusters', () => {
    const names = Array.from({ length: 20 }, (_, index) => `cluster${String.fromCharCode(97 + index)}`)
    const made = world({ around: { home: () => 'clustera', clusters: () => names } })
    const codes = names.map((name) => codeOf(() => made.begin(name, payloadOf(2_000))))
    const bytes = [...made.jar].reduce((sum, [name, value]) => sum + name.length + value.length + 3, 0)
    expect(codes.filter((code) => code !== 'none' && code !== 'BIN-AUTH-SIZE')).toEqual([])
    expect(codes.at(-1)).toBe('BIN-AUTH-SIZE')
    expect(bytes).toBeLessThanOrEqual(0.75 * 65_536)
    expect(made.read('clustera')).toEqual(payloadOf(2_000))
  })

  it('is read after a longer one whose cookies could not be seen, and these go then', () => {
    const made = world()
    made.begin('east', payloadOf(9_000))
    // As when another site sends the browser to log in: strict cookies do not come along.
    const { incoming } = made.request({ rawHeaders: [] })
    made.sessions.write(incoming, { cluster: 'east', payload: { token: 'new' }, expiresAt: startMs + dayMs })
    expect([...made.jar.keys()]).toContain('kiali-token-chunks-east')
    expect(made.read()).toEqual({ token: 'new' })
    expect([...made.jar.keys()]).toEqual(['kiali-token-east'])
    expect(made.read()).toEqual({ token: 'new' })
  })

  it('is read after a longer one also when it fills its cookie to the last character', () => {
    const sizes = Array.from({ length: 400 }, (_, index) => 2_200 + index)
    const size = sizes.find((each) => {
      const { jar, begin } = world()
      begin('east', payloadOf(each))
      return jar.size === 1 && jar.get('kiali-token-east')?.length === 3_584
    })
    expect(size).toBeDefined()
    const made = world()
    made.begin('east', payloadOf(9_000))
    const { incoming } = made.request({ rawHeaders: [] })
    made.sessions.write(incoming, { cluster: 'east', payload: payloadOf(size ?? 0), expiresAt: startMs + dayMs })
    expect(made.read()).toEqual(payloadOf(size ?? 0))
  })

  it('AUTH-57: of more pieces than allowed is over before they are put together', () => {
    const large = world()
    large.begin('east', payloadOf(9_000))
    expect(large.jar.get('kiali-token-chunks-east')).toBe('4')
    const made = world({ yaml: 'session: {max_chunks: 3}', jar: large.jar })
    expect(made.read()).toBe('over')
    expect(codeOf(() => made.begin('east', payloadOf(9_000)))).toBe('BIN-AUTH-SIZE')
  })

  it('is begun over plain HTTP from this machine alone, unless it is configured', () => {
    const insecure = { around: { isSecure: () => false } }
    const from = (made: World, address: string) => {
      const { incoming } = made.request({ address })
      return codeOf(() => made.sessions.write(incoming, { cluster: 'east', payload: {}, expiresAt: startMs + dayMs }))
    }
    expect(from(world(insecure), '127.0.0.1')).toBe('none')
    expect(from(world(insecure), '::1')).toBe('none')
    expect(from(world(insecure), '10.0.0.7')).toBe('BIN-AUTH-REQUEST')
    expect(from(world({ ...insecure, yaml: 'session: {allow_insecure_cookies: true}' }), '10.0.0.7')).toBe('none')
  })

  it('has cookies of a prefix where one is configured', () => {
    const made = world({ yaml: 'session: {cookie_prefix: __Host-}' })
    expect(namesOf(made.begin())).toEqual(['__Host-kiali-token-east'])
    expect(made.read()).toEqual({ token: 'abc' })
  })

  it('of a previous key is written with the current one', () => {
    const old = world({ around: { keys: createKeyRing({ current: () => oldKey, previous: () => [] }) } })
    old.begin()
    const now = createKeyRing({ current: () => keyA, previous: () => [oldKey] })
    expect(world({ jar: old.jar, around: { keys: now } }).read()).toEqual({ token: 'abc' })
    expect(world({ jar: old.jar }).read()).toEqual({ token: 'abc' })
  })

  it('leaves cookies of logins under way when it is cleared', () => {
    const made = world()
    const { incoming } = made.request()
    made.sessions.openFlow(incoming, 300, {})
    made.begin()
    made.sessions.clear(made.request().incoming)
    expect([...made.jar.keys()]).toEqual([expect.stringMatching(/^kiali-token-flow-[0-9a-f]{16}$/)])
  })
})

const oldKey = derivedKey(Buffer.from('Zp4Xw8Ye2Rt6Qu1N'))
