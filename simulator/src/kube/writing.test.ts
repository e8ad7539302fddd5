import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { type ApiServer, startApiServer } from './apiServer.ts'
import { maxBodyBytes } from './body.ts'
import { at, textAt } from './json.ts'
import { clientOf, namespace, pod, type TestClient } from './testClient.ts'

let server: ApiServer
let client: TestClient
beforeEach(async () => {
  await server?.close()
  server = await startApiServer({
    cluster: 'east',
    objects: [
      namespace('shop'),
      pod('shop', 'web-1', 'app=web'),
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'web', namespace: 'shop' },
        spec: {
          replicas: 2,
          template: {
            spec: {
              containers: [
                { name: 'web', image: 'web:1' },
                { name: 'proxy', image: 'proxy:1' },
              ],
            },
          },
        },
        status: { readyReplicas: 2 },
      },
    ],
    identities: [{ token: 'root', user: 'admin', groups: ['system:masters'] }],
    clock: () => Date.parse('2026-01-01T12:00:00Z'),
  })
  client = clientOf(server, 'root')
})
afterAll(() => server.close())

const maps = '/api/v1/namespaces/shop/configmaps'
const map = (name: string, more: object = {}) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, ...more })
const deployment = '/apis/apps/v1/namespaces/shop/deployments/web'
const services = '/apis/networking.istio.io/v1/namespaces/shop/virtualservices'
const virtualService = (spec: object) => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { name: 'web' },
  spec,
})

describe('create', () => {
  it('answers 201 with what the server has added', async () => {
    const { status, body } = await client.send('POST', maps, { body: map('m', { data: { a: 'b' } }) })
    expect(status).toBe(201)
    expect(body).toMatchObject({
      kind: 'ConfigMap',
      data: { a: 'b' },
      metadata: { name: 'm', namespace: 'shop', creationTimestamp: '2026-01-01T12:00:00Z', resourceVersion: '4' },
    })
    expect((await client.get(`${maps}/m`)).body).toEqual(body)
  })

  it('makes a name from generateName', async () => {
    const { body } = await client.send('POST', maps, {
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'm-' } },
    })
    expect(textAt(body, 'metadata', 'name')).toMatch(/^m-[a-z0-9]{5}$/)
  })

  it('drops a status that a client may not write', async () => {
    const body = { ...pod('shop', 'web-9'), status: { phase: 'Running' } }
    expect((await client.send('POST', '/api/v1/namespaces/shop/pods', { body })).body).not.toHaveProperty('status')
  })

  it.each([
    ['a name that exists', pod('shop', 'web-1'), 409, 'AlreadyExists', 'pods "web-1" already exists'],
    ['another kind', map('m'), 400, 'BadRequest', /ConfigMap in version "v1" cannot be handled as a Pod/],
    ['another namespace', pod('bank', 'x'), 400, 'BadRequest', /namespace of the provided object does not match/],
    ['a name that is none', pod('shop', 'Not_Valid'), 422, 'Invalid', /lowercase RFC 1123 subdomain/],
    ['no name', { apiVersion: 'v1', kind: 'Pod', metadata: {} }, 422, 'Invalid', /name or generateName is required/],
    ['what is no object', '[1]', 400, 'BadRequest', /not a JSON object/],
    ['what is no JSON', '{', 400, 'BadRequest', /not a JSON object/],
  ])('refuses %s', async (_what, body, status, reason, message) => {
    const reply = await client.send('POST', '/api/v1/namespaces/shop/pods', { body })
    expect(reply).toMatchObject({ status, body: { kind: 'Status', status: 'Failure', reason, code: status } })
    expect(reply.body.message).toMatch(message)
  })

  it('refuses a namespace that does not exist', async () => {
    const { status, body } = await client.send('POST', '/api/v1/namespaces/nope/configmaps', { body: map('m') })
    expect(status).toBe(404)
    expect(body.message).toBe('namespaces "nope" not found')
  })

  it('refuses bodies that are too large, or in an unknown format', async () => {
    expect((await client.send('POST', maps, { body: 'x'.repeat(maxBodyBytes + 1) })).status).toBe(413)
    expect((await client.send('POST', maps, { body: 'x', headers: { 'content-type': 'text/plain' } })).status).toBe(415)
  })

  it('reads YAML', async () => {
    const body = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: y}\ndata: {a: b}\n'
    const reply = await client.send('POST', maps, { body, headers: { 'content-type': 'application/yaml' } })
    expect(reply).toMatchObject({ status: 201, body: { data: { a: 'b' } } })
  })
})

describe('a dry run', () => {
  it('answers as if, and stores nothing', async () => {
    const before = server.store.resourceVersion
    const created = await client.send('POST', `${maps}?dryRun=All`, { body: map('m') })
    expect(created).toMatchObject({ status: 201, body: { metadata: { name: 'm' } } })
    expect((await client.send('DELETE', `${deployment}?dryRun=All`)).status).toBe(200)
    expect(server.store.resourceVersion).toBe(before)
    expect((await client.get(`${maps}/m`)).status).toBe(404)
    expect((await client.send('POST', `${maps}?dryRun=Some`, { body: map('m') })).status).toBe(422)
  })
})

describe('update', () => {
  it('replaces what it has read, and conflicts when somebody was faster', async () => {
    const { body } = await client.get(deployment)
    const changed = { ...body, spec: { replicas: 3 } }
    expect(await client.send('PUT', deployment, { body: changed })).toMatchObject({
      status: 200,
      body: { spec: { replicas: 3 } },
    })
    const late = await client.send('PUT', deployment, { body: changed })
    expect(late).toMatchObject({
      status: 409,
      body: { reason: 'Conflict', details: { name: 'web', group: 'apps', kind: 'deployments' } },
    })
    expect(late.body.message).toMatch(/the object has been modified; please apply your changes to the latest version/)
  })

  it('leaves the status alone, and through `status` everything but the status', async () => {
    const { body } = await client.get(deployment)
    const both = { ...body, spec: { replicas: 3 }, status: { readyReplicas: 9 } }
    expect((await client.send('PUT', deployment, { body: both })).body).toMatchObject({
      spec: { replicas: 3 },
      status: { readyReplicas: 2 },
    })
    const latest = (await client.get(deployment)).body
    const status = { ...latest, spec: { replicas: 7 }, status: { readyReplicas: 9 } }
    expect((await client.send('PUT', `${deployment}/status`, { body: status })).body).toMatchObject({
      spec: { replicas: 3 },
      status: { readyReplicas: 9 },
    })
  })

  it('wants the version of a custom resource', async () => {
    await client.send('POST', services, { body: virtualService({ hosts: ['web'] }) })
    const reply = await client.send('PUT', `${services}/web`, { body: virtualService({ hosts: ['db'] }) })
    expect(reply.status).toBe(422)
    expect(reply.body.message).toMatch(/metadata.resourceVersion: Invalid value: 0x0: must be specified for an update/)
  })

  it('refuses a name that is not the one of the URL', async () => {
    expect((await client.send('PUT', `${maps}/m`, { body: map('m') })).status).toBe(404)
    const { body } = await client.get(deployment)
    const renamed = { ...body, metadata: { ...Object(body.metadata), name: 'other' } }
    expect((await client.send('PUT', deployment, { body: renamed })).body.message).toMatch(
      /does not match the name on the URL/,
    )
  })
})

describe('patch', () => {
  const patch = (path: string, type: string, body: unknown, query = '') =>
    client.send('PATCH', `${path}${query}`, { body, headers: { 'content-type': type } })
  const images = (body: unknown) => at(body, 'spec', 'template', 'spec', 'containers')

  it('merges strategically: one container, the others untouched', async () => {
    const change = { spec: { template: { spec: { containers: [{ name: 'web', image: 'web:2' }] } } } }
    const { body } = await patch(deployment, 'application/strategic-merge-patch+json', change)
    expect(images(body)).toEqual([
      { name: 'web', image: 'web:2' },
      { name: 'proxy', image: 'proxy:1' },
    ])
  })

  it('merges by RFC 7386: a list is replaced', async () => {
    const change = { spec: { template: { spec: { containers: [{ name: 'web', image: 'web:2' }] } } } }
    expect(images((await patch(deployment, 'application/merge-patch+json', change)).body)).toEqual([
      { name: 'web', image: 'web:2' },
    ])
  })

  it('follows the operations of a JSON patch', async () => {
    const change = [{ op: 'replace', path: '/spec/replicas', value: 5 }]
    expect((await patch(deployment, 'application/json-patch+json', change)).body).toMatchObject({
      spec: { replicas: 5 },
    })
  })

  it('applies: creates what is missing, merges what exists, wants a field manager', async () => {
    const apply = 'application/apply-patch+yaml'
    const text =
      'apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: web}\nspec: {hosts: [web]}\n'
    expect((await patch(`${services}/web`, apply, text)).status).toBe(422)
    expect((await patch(`${services}/web`, apply, text, '?fieldManager=me')).status).toBe(201)
    const again = await patch(`${services}/web`, apply, text.replace('[web]', '[db]'), '?fieldManager=me')
    expect(again).toMatchObject({ status: 200, body: { spec: { hosts: ['db'] } } })
  })

  it('conflicts when it names a version that is over', async () => {
    const change = { metadata: { resourceVersion: '1' }, spec: { replicas: 5 } }
    expect((await patch(deployment, 'application/merge-patch+json', change)).status).toBe(409)
  })

  it.each([
    ['a strategic merge of a custom resource', `${services}/web`, 'application/strategic-merge-patch+json', {}, 415],
    ['an unknown patch type', deployment, 'application/json', {}, 415],
    ['a patch of nothing', '/apis/apps/v1/namespaces/shop/deployments/nope', 'application/merge-patch+json', {}, 404],
    ['a patch that is no JSON', deployment, 'application/merge-patch+json', '{', 400],
    ['a patch that does not fit', deployment, 'application/json-patch+json', [{ op: 'remove', path: '/x' }], 422],
  ])('refuses %s', async (_what, path, type, body, status) => {
    await client.send('POST', services, { body: virtualService({ hosts: ['web'] }) })
    expect((await patch(path, type, body)).status).toBe(status)
  })

  it('changes the scale', async () => {
    const { body } = await patch(`${deployment}/scale`, 'application/merge-patch+json', { spec: { replicas: 4 } })
    expect(body).toMatchObject({ kind: 'Scale', spec: { replicas: 4 } })
    expect((await client.get(deployment)).body).toMatchObject({ spec: { replicas: 4 } })
  })
})

describe('delete', () => {
  it('answers success with the uid of what is gone', async () => {
    const { body } = await client.get(deployment)
    expect((await client.send('DELETE', deployment)).body).toMatchObject({
      kind: 'Status',
      status: 'Success',
      details: { name: 'web', group: 'apps', kind: 'deployments', uid: textAt(body, 'metadata', 'uid') },
    })
    expect((await client.get(deployment)).status).toBe(404)
    expect((await client.send('DELETE', deployment)).status).toBe(404)
  })

  it('conflicts when the precondition names another uid', async () => {
    expect((await client.send('DELETE', deployment, { body: { preconditions: { uid: 'other' } } })).status).toBe(409)
  })

  it('deletes a collection as far as the selector reaches', async () => {
    server.store.put(pod('shop', 'db-1', 'app=db'))
    await client.send('DELETE', '/api/v1/namespaces/shop/pods?labelSelector=app%3Dweb')
    expect((await client.get('/api/v1/namespaces/shop/pods/web-1')).status).toBe(404)
    expect((await client.get('/api/v1/namespaces/shop/pods/db-1')).status).toBe(200)
  })
})
