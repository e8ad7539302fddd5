/** For tests: one strategy alone, over the clusters east (home) and west that answer by table. */
import type { Visible } from '../access/access.ts'
import type { ClusterCredential, Login } from '../access/login.ts'
import type { Scope } from '../access/scope.ts'
import type { AuditEvent } from '../audit.ts'
import type { Cluster } from '../clusters/clusters.ts'
import { credentialKeys } from '../clusters/credentialKey.ts'
import { loadConfig } from '../config/load.ts'
import { createExternal } from '../http/external.ts'
import type { Incoming } from '../http/incoming.ts'
import type { Reply } from '../http/route.ts'
import { requestOf } from '../http/testing.ts'
import type { KubeApi } from '../kube/api.ts'
import { KubeFailure } from '../kube/failure.ts'
import type { Strategy } from './auth.ts'
import { createHeaderStrategy } from './header.ts'
import { createKeyRing, derivedKey } from './keyRing.ts'
import { createSessions, type Sessions } from './sessions.ts'
import { createTokenStrategy } from './token.ts'

/** A token and whose it is, in one cluster. */
export interface Person {
  readonly user: string
  readonly groups?: readonly string[]
  readonly sees?: readonly string[]
}

export interface Rig {
  readonly strategy: Strategy
  readonly sessions: Sessions
  readonly jar: Map<string, string>
  readonly time: { now: number }
  /** By cluster and token; may be changed. */
  readonly people: Record<string, Record<string, Person>>
  /** What the access to a cluster says instead of who asks. */
  readonly says: { state?: Visible['state'] }
  readonly audited: AuditEvent[]
  /** What API servers were asked: cluster, as whom, path. */
  readonly asked: string[]
  /** How a review fails. */
  readonly fails: { review?: KubeFailure; self?: KubeFailure }
  request(given?: Partial<Incoming>): Incoming
  authenticate(form: Record<string, string>, given?: Partial<Incoming>): Promise<Outcome>
  login(given?: Partial<Incoming>): Promise<Login>
}

export interface Outcome {
  readonly reply?: Reply
  readonly status: number
  readonly body: unknown
}

export function rigOf(kind: 'header' | 'token', yaml = '', jar = new Map<string, string>()): Rig {
  const proxies = kind === 'header' && !yaml.includes('header:') ? 'header: {trusted_proxies: [127.0.0.1]}, ' : ''
  const text = `auth: {strategy: ${kind}, ${proxies}${yaml}}`
  const { config } = loadConfig({ file: { name: 'rig', text } })
  const time = { now: Date.parse('2026-03-07T12:00:00Z') }
  const clock = () => time.now
  const key = derivedKey(Buffer.from('q7Zr1nXk0Vb3LmT9'))
  const external = createExternal(config.server)
  const sessions = createSessions({
    auth: config.auth,
    keys: createKeyRing({ current: () => key, previous: () => [] }),
    clock,
    home: () => 'east',
    clusters: () => ['east', 'west'],
    webRoot: '',
    isSecure: external.isSecure,
    maxHeaderBytes: 65_536,
  })
  const [people, says, fails]: [Rig['people'], Rig['says'], Rig['fails']] = [peopleOfRig(), {}, {}]
  const [audited, asked]: [AuditEvent[], string[]] = [[], []]
  const personOf = (credential: ClusterCredential): Person | undefined =>
    credential.kind === 'bearer' ? people[credential.cluster]?.[credential.token] : undefined
  const apiOf = (credential: ClusterCredential): KubeApi => ({
    cluster: credential.cluster,
    get: () => Promise.reject(new Error('not asked')),
    stream: () => Promise.reject(new Error('not asked')),
    reloadCredential: () => false,
    close: () => Promise.resolve(),
    request: async (_method, path, body) => {
      asked.push(`${credential.cluster} ${credential.kind === 'bearer' ? credential.token : credential.kind} ${path}`)
      if (path.endsWith('tokenreviews')) {
        if (fails.review !== undefined) throw fails.review
        const person = people[credential.cluster]?.[tokenIn(body)]
        return { status: person === undefined ? { user: {} } : { authenticated: true, user: userInfo(person) } }
      }
      if (fails.self !== undefined) throw fails.self
      const person = personOf(credential)
      if (person === undefined) throw new KubeFailure('unauthorized', credential.cluster, 'who?', 401)
      return { status: { userInfo: userInfo(person) } }
    },
  })
  const clusters = ['east', 'west'].map(
    (name): Cluster => ({
      name,
      home: name === 'east',
      accessible: true,
      apiEndpoint: '',
      secretName: '',
      state: 'reachable',
      since: 0,
    }),
  )
  const strategy = (kind === 'token' ? createTokenStrategy : createHeaderStrategy)({
    config,
    sessions,
    clusters: {
      list: () => clusters,
      get: (name) => clusters.find((each) => each.name === name),
      api: (cluster) => apiOf({ cluster, kind: 'console' }),
      apiAs: apiOf,
    },
    access: {
      forget: () => {},
      visible: async (login, cluster): Promise<Visible> => {
        const cause = { code: 'BIN-CLUSTER-UNREACHABLE', message: 'x', cluster }
        const credential = login.on(cluster)
        if (says.state === 'unknown' || says.state === 'forbidden') return { state: says.state, cause }
        if (credential === undefined || people[cluster] === undefined) return { state: 'absent' }
        const person = personOf(credential)
        return person === undefined ? { state: 'rejected' } : { state: 'known', namespaces: person.sees ?? ['shop'] }
      },
    },
    external,
    audit: { record: (event) => void audited.push(event) },
    keyOf: credentialKeys(Buffer.alloc(32)),
    clock,
    log: () => {},
  })
  const request: Rig['request'] = (given = {}) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const rawHeaders = [...(given.rawHeaders ?? []), ...(cookie === '' ? [] : ['Cookie', cookie])]
    const setCookie = (line: string): void => {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (line.includes('Max-Age=0;')) jar.delete(name)
      else jar.set(name, value)
    }
    return requestOf({ name: '', scope: nothing }, { ...given, rawHeaders, setCookie }).incoming
  }
  return {
    strategy,
    sessions,
    jar,
    time,
    people,
    says,
    audited,
    asked,
    fails,
    request,
    login: async (given) => await strategy.loginOf(request(given)),
    authenticate: async (form, given) => {
      const body = new URLSearchParams(form).toString()
      const incoming = request({ method: 'POST', body, ...given })
      const reply = await strategy.authenticate(requestOf({ name: '', scope: nothing }, incoming))
      return { reply, status: 'status' in reply ? reply.status : 302, body: 'body' in reply ? reply.body : undefined }
    },
  }
}

const nothing: Scope = { key: '', seesCluster: () => 'no', sees: () => 'no' }

const peopleOfRig = (): Rig['people'] => ({
  east: {
    'anna-token': { user: 'anna', groups: ['admins'] },
    'bob-token': { user: 'system:serviceaccount:shop:bob' },
    'dora-token': { user: 'dora', sees: [] },
  },
  west: { 'anna-west': { user: 'anna@west' } },
})

const userInfo = ({ user, groups = [] }: Person) => ({ username: user, groups })

function tokenIn(body: unknown): string {
  const spec = typeof body === 'object' && body !== null && 'spec' in body ? body.spec : undefined
  return typeof spec === 'object' && spec !== null && 'token' in spec ? String(spec.token) : ''
}
