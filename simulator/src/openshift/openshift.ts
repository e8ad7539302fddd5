/**
 * What makes a simulated cluster an OpenShift: people with groups, an OAuth server of its own beside the API server,
 * tokens that live as long as their objects, and the resources about all of it.
 */
import { randomBytes } from 'node:crypto'
import type { Answer, Api, Exchange } from '../kube/api.ts'
import { json } from '../kube/api.ts'
import type { Viewer } from '../kube/identities.ts'
import type { Fields } from '../kube/json.ts'
import { textAt } from '../kube/json.ts'
import type { Rule } from '../kube/rbac.ts'
import type { ResourceType } from '../kube/resources.ts'
import { methodNotAllowed, notFound } from '../kube/status.ts'
import { groupOf, objectNameOf, tokenOf } from './names.ts'
import { type OAuthServer, startOAuthServer } from './oauthServer.ts'

/** Somebody who can sign in. */
export interface Person {
  readonly name: string
  readonly groups: readonly string[]
}

export interface OpenShiftOptions {
  readonly people: readonly Person[]
  /** Of the OAuth server; 0 or absent: any free one. */
  readonly port?: number
  /** The OAuth server does without TLS. */
  readonly plainHttp?: boolean
}

export interface OpenShift {
  readonly oauth: OAuthServer
  /** A token as the OAuth server issues it. */
  issue(person: string, client: string, lifeS: number): string
  /** Names of the objects of a person's tokens. */
  tokensOf(person: string): readonly string[]
  /** Ends all tokens of a person. */
  revokeAll(person: string): void
  /** What is served at `/.well-known/oauth-authorization-server`. */
  readonly wellKnown: Fields
  /** Undefined: nothing special about this request. */
  answer(exchange: Exchange): Answer | undefined
  close(): Promise<void>
}

type Needs = Pick<Api, 'clock' | 'cluster' | 'identities' | 'resources' | 'store'>

export async function startOpenShift(api: Needs, options: OpenShiftOptions): Promise<OpenShift> {
  const { identities, resources, store } = api
  const tokens = typeOf(api, 'oauth', 'oauthaccesstokens')
  const users = typeOf(api, 'user', 'users')
  const live = new Map<string, string>()
  for (const { name } of options.people) {
    if (!store.get(users, '', name)) store.write(users, '', name, { metadata: { name }, identities: [], groups: [] })
  }
  const stopWatching = store.subscribe(tokens, ({ type, object }) => {
    const token = live.get(object.name)
    if (type !== 'DELETED' || token === undefined) return
    live.delete(object.name)
    identities.revoke(token)
  })

  function issue(person: string, client: string, lifeS: number): string {
    const token = tokenOf(randomBytes(32))
    const name = objectNameOf(token)
    const uid = store.get(users, '', person)?.uid ?? ''
    const groups = options.people.find((each) => each.name === person)?.groups ?? []
    live.set(name, token)
    identities.add({
      token,
      user: person,
      uid,
      groups: [...groups, 'system:authenticated:oauth'],
      expiresAtMs: api.clock() + 1000 * lifeS,
    })
    store.write(tokens, '', name, {
      metadata: { name },
      clientName: client,
      expiresIn: lifeS,
      scopes: ['user:full'],
      userName: person,
      userUID: uid,
    })
    return token
  }

  const tokensOf = (person: string): readonly string[] =>
    (store.page(tokens, { namespace: '' })?.objects ?? [])
      .filter(({ fields }) => textAt(fields, 'userName') === person)
      .map(({ name }) => name)

  const oauth = await startOAuthServer({
    cluster: api.cluster,
    port: options.port ?? 0,
    plainHttp: options.plainHttp ?? false,
    people: options.people.map(({ name }) => name),
    clock: api.clock,
    clientOf: (name) => {
      const type = resources.byPlural(groupOf('oauth'), 'v1', 'oauthclients')
      return type && store.get(type, '', name)?.fields
    },
    issue,
  })
  return {
    oauth,
    issue,
    tokensOf,
    revokeAll: (person) => {
      for (const name of tokensOf(person)) store.delete(tokens, '', name)
    },
    wellKnown: wellKnownOf(oauth.issuer),
    answer: (exchange) => ownUser(exchange) ?? ownTokens(api, tokens, exchange),
    async close() {
      stopWatching()
      await oauth.close()
    },
  }
}

/** What OpenShift grants to everybody, beside what Kubernetes does. */
export function openShiftRules({ groups }: Viewer): readonly Rule[] {
  const rule = (given: Partial<Rule>): Rule => ({
    verbs: ['get'],
    apiGroups: [],
    resources: [],
    resourceNames: [],
    nonResourceURLs: [],
    ...given,
  })
  return [
    rule({ nonResourceURLs: ['/.well-known', '/.well-known/*'] }),
    ...(groups.includes('system:authenticated')
      ? [rule({ apiGroups: [groupOf('user')], resources: ['users'], resourceNames: ['~'] })]
      : []),
    ...(groups.includes('system:authenticated:oauth')
      ? [
          rule({
            apiGroups: [groupOf('oauth')],
            resources: ['useroauthaccesstokens'],
            verbs: ['delete', 'get', 'list', 'watch'],
          }),
        ]
      : []),
  ]
}

const wellKnownOf = (issuer: string): Fields => ({
  issuer,
  authorization_endpoint: `${issuer}/oauth/authorize`,
  token_endpoint: `${issuer}/oauth/token`,
  scopes_supported: ['user:check-access', 'user:full', 'user:info', 'user:list-projects', 'user:list-scoped-projects'],
  response_types_supported: ['code', 'token'],
  grant_types_supported: ['authorization_code', 'implicit'],
  code_challenge_methods_supported: ['plain', 'S256'],
})

/** `users/~`: who asks, with the groups that authentication gave him. */
function ownUser({ info, type, viewer }: Exchange): Answer | undefined {
  if (type.group !== groupOf('user') || type.plural !== 'users' || info.name !== '~' || info.verb !== 'get') return
  return json(200, {
    kind: 'User',
    apiVersion: 'user.openshift.io/v1',
    metadata: { name: viewer.user, ...(viewer.uid === undefined ? {} : { uid: viewer.uid }), creationTimestamp: null },
    identities: null,
    groups: [...viewer.groups].sort(),
  })
}

/** The tokens of who asks; those of others are not there. */
function ownTokens(api: Needs, tokens: ResourceType, { info, type, viewer }: Exchange): Answer | undefined {
  if (type.plural !== 'useroauthaccesstokens') return undefined
  const own = (api.store.page(tokens, { namespace: '' })?.objects ?? []).filter(
    ({ fields }) => textAt(fields, 'userName') === viewer.user,
  )
  const typed = { kind: 'UserOAuthAccessToken', apiVersion: 'oauth.openshift.io/v1' }
  if (info.verb === 'list') {
    const items = own.map(({ fields }) => ({ ...typed, ...fields }))
    return json(200, { ...typed, kind: 'UserOAuthAccessTokenList', metadata: {}, items })
  }
  if (info.verb !== 'get' && info.verb !== 'delete') throw methodNotAllowed()
  const found = own.find(({ name }) => name === info.name)
  if (found === undefined) throw notFound(type, info.name)
  if (info.verb === 'get') return json(200, { ...typed, ...found.fields })
  api.store.delete(tokens, '', found.name)
  return json(200, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' })
}

function typeOf({ cluster, resources }: Needs, area: 'oauth' | 'user', plural: string): ResourceType {
  const type = resources.byPlural(groupOf(area), 'v1', plural)
  if (type === undefined) throw new Error(`The simulated cluster ${cluster} serves no ${plural}`)
  return type
}
