import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiServer, startApiServer } from './apiServer.ts'
import { at, listAt } from './json.ts'
import { clientOf, namespace, pod } from './testClient.ts'

const rbac = 'rbac.authorization.k8s.io/v1'
const role = (name: string, rules: readonly object[]) => ({
  apiVersion: rbac,
  kind: 'ClusterRole',
  metadata: { name },
  rules,
})
const binding = (subject: object, ref: string, at?: string) => ({
  apiVersion: rbac,
  kind: at === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
  metadata: { name: `${ref}-${JSON.stringify(subject).length}`, ...(at === undefined ? {} : { namespace: at }) },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: ref },
  subjects: [subject],
})
const user = (name: string) => ({ kind: 'User', name })
const readPods = { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }

let nowMs = 1_000_000
let server: ApiServer
beforeAll(async () => {
  server = await startApiServer({
    cluster: 'east',
    objects: [
      namespace('shop'),
      namespace('bank'),
      pod('shop', 'web-1'),
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'kiali', namespace: 'shop' } },
      role('pod-reader', [readPods]),
      role('one-pod', [{ ...readPods, resourceNames: ['web-1'] }]),
      role('log-reader', [{ apiGroups: [''], resources: ['pods/log'], verbs: ['get'] }]),
      role('impersonator', [
        { apiGroups: [''], resources: ['users'], verbs: ['impersonate'], resourceNames: ['alice'] },
      ]),
      binding(user('alice'), 'pod-reader'),
      binding(user('wendy'), 'pod-reader', 'shop'),
      binding(user('oscar'), 'one-pod', 'shop'),
      binding(user('loger'), 'log-reader'),
      binding({ kind: 'Group', name: 'ops' }, 'pod-reader'),
      binding({ kind: 'ServiceAccount', name: 'kiali', namespace: 'shop' }, 'pod-reader'),
      binding(user('masker'), 'impersonator'),
    ],
    identities: [
      ...['alice', 'wendy', 'oscar', 'loger', 'masker', 'eve'].map((name) => ({ token: name, user: name, groups: [] })),
      { token: 'root', user: 'admin', groups: ['system:masters'] },
      { token: 'olga', user: 'olga', groups: ['ops'] },
      { token: 'brief', user: 'alice', groups: [], expiresAtMs: 1_000_100 },
    ],
    clock: () => nowMs,
  })
})
afterAll(() => server.close())

const get = (token: string | undefined, path: string, headers = {}) => clientOf(server, token).get(path, headers)

describe('who asks', () => {
  it('is anonymous without a token, who may see health and the version alone', async () => {
    expect((await get(undefined, '/version')).status).toBe(200)
    expect((await get(undefined, '/readyz')).status).toBe(200)
    const { status, body } = await get(undefined, '/api/v1/pods')
    expect(status).toBe(403)
    expect(body.message).toBe(
      'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" at the cluster scope',
    )
    expect((await get(undefined, '/apis')).body.message).toBe(
      'forbidden: User "system:anonymous" cannot get path "/apis"',
    )
  })

  it('is nobody with a token that is unknown, revoked or expired', async () => {
    const unauthorized = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'Unauthorized',
      reason: 'Unauthorized',
      code: 401,
    }
    expect(await get('nonsense', '/api/v1/pods')).toMatchObject({ status: 401, body: unauthorized })
    expect((await get('brief', '/api/v1/pods')).status).toBe(200)
    nowMs += 100
    expect((await get('brief', '/api/v1/pods')).status).toBe(401)
    server.identities.add({ token: 'new', user: 'alice', groups: [] })
    expect((await get('new', '/api/v1/pods')).status).toBe(200)
    server.identities.revoke('new')
    expect((await get('new', '/api/v1/pods')).status).toBe(401)
  })

  it('may be somebody else where impersonation is allowed', async () => {
    expect((await get('masker', '/api/v1/pods', { 'impersonate-user': 'alice' })).status).toBe(200)
    const refused = await get('masker', '/api/v1/pods', { 'impersonate-user': 'admin' })
    expect(refused.status).toBe(403)
    expect(refused.body.message).toBe(
      'users "admin" is forbidden: User "masker" cannot impersonate resource "users" in API group "" at the cluster scope',
    )
    expect((await get('root', '/api/v1/pods', { 'impersonate-user': 'eve' })).status).toBe(403)
  })
})

describe('what he may', () => {
  it.each([
    ['a cluster role everywhere', 'alice', '/api/v1/pods', 200],
    ['only what it names', 'alice', '/api/v1/services', 403],
    ['through a group', 'olga', '/api/v1/pods', 200],
    ['a role binding in its namespace', 'wendy', '/api/v1/namespaces/shop/pods', 200],
    ['not in another', 'wendy', '/api/v1/namespaces/bank/pods', 403],
    ['not in all', 'wendy', '/api/v1/pods', 403],
    ['one object by name', 'oscar', '/api/v1/namespaces/shop/pods/web-1', 200],
    ['not the list of them', 'oscar', '/api/v1/namespaces/shop/pods', 403],
    ['a subresource', 'loger', '/api/v1/namespaces/shop/pods/web-1/log', 200],
    ['not its parent', 'loger', '/api/v1/namespaces/shop/pods/web-1', 403],
    ['not the subresource of a parent', 'alice', '/api/v1/namespaces/shop/pods/web-1/log', 403],
    ['discovery for all who are known', 'eve', '/apis', 200],
    ['everything for system:masters', 'root', '/apis/apps/v1/deployments', 200],
  ])('%s', async (_what, token, path, status) => {
    expect((await get(token, path)).status).toBe(status)
  })

  it('says what was refused', async () => {
    expect((await get('eve', '/apis/apps/v1/namespaces/shop/deployments/web')).body).toMatchObject({
      reason: 'Forbidden',
      code: 403,
      message:
        'deployments.apps "web" is forbidden: User "eve" cannot get resource "deployments" in API group "apps" in the namespace "shop"',
      details: { name: 'web', group: 'apps', kind: 'deployments' },
    })
  })

  it('changes with the RBAC objects, at once', async () => {
    const grant = binding(user('eve'), 'pod-reader', 'bank')
    server.store.put(grant)
    expect((await get('eve', '/api/v1/namespaces/bank/pods')).status).toBe(200)
    server.store.remove({ apiVersion: rbac, kind: 'RoleBinding', namespace: 'bank', name: grant.metadata.name })
    expect((await get('eve', '/api/v1/namespaces/bank/pods')).status).toBe(403)
  })
})

describe('reviews', () => {
  const ask = async (token: string, group: string, kind: string, spec: object) => {
    const path = `/apis/${group}/v1/${kind.toLowerCase()}s`
    const reply = await clientOf(server, token).send('POST', path, { body: { apiVersion: `${group}/v1`, kind, spec } })
    expect(reply.status).toBe(201)
    return reply.body.status
  }
  const authorization = 'authorization.k8s.io'
  const listPods = (at: string) => ({ resourceAttributes: { verb: 'list', resource: 'pods', namespace: at } })

  it('answer what I may', async () => {
    expect(await ask('wendy', authorization, 'SelfSubjectAccessReview', listPods('shop'))).toMatchObject({
      allowed: true,
    })
    expect(await ask('wendy', authorization, 'SelfSubjectAccessReview', listPods('bank'))).toEqual({ allowed: false })
    const path = { nonResourceAttributes: { verb: 'get', path: '/metrics' } }
    expect(await ask('wendy', authorization, 'SelfSubjectAccessReview', path)).toEqual({ allowed: false })
  })

  it('answer what somebody may', async () => {
    const spec = { ...listPods('bank'), user: 'alice' }
    expect(await ask('root', authorization, 'SubjectAccessReview', spec)).toMatchObject({ allowed: true })
    expect(
      (await clientOf(server, 'eve').send('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', { body: {} }))
        .status,
    ).toBe(403)
  })

  it('list all my rules in a namespace', async () => {
    const rules = await ask('wendy', authorization, 'SelfSubjectRulesReview', { namespace: 'shop' })
    expect(listAt(rules, 'resourceRules')).toContainEqual(readPods)
    const elsewhere = await ask('wendy', authorization, 'SelfSubjectRulesReview', { namespace: 'bank' })
    expect(listAt(elsewhere, 'resourceRules')).not.toContainEqual(readPods)
    expect(at(rules, 'incomplete')).toBe(false)
  })

  it('tell who a token is', async () => {
    expect(await ask('root', 'authentication.k8s.io', 'TokenReview', { token: 'olga' })).toMatchObject({
      authenticated: true,
      user: { username: 'olga', groups: ['ops', 'system:authenticated'] },
    })
    expect(await ask('root', 'authentication.k8s.io', 'TokenReview', { token: 'nonsense' })).toMatchObject({
      error: 'invalid bearer token',
    })
  })

  it('issue tokens for service accounts, which then have its rights', async () => {
    const path = '/api/v1/namespaces/shop/serviceaccounts/kiali/token'
    const spec = { expirationSeconds: 600 }
    const { status, body } = await clientOf(server, 'root').send('POST', path, { body: { kind: 'TokenRequest', spec } })
    expect(status).toBe(201)
    const token = String(at(body, 'status', 'token'))
    expect((await get(token, '/api/v1/pods')).status).toBe(200)
    expect((await get(token, '/api/v1/services')).body.message).toContain('User "system:serviceaccount:shop:kiali"')
    nowMs += 600_000
    expect((await get(token, '/api/v1/pods')).status).toBe(401)
  })
})
