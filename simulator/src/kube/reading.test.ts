import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiServer, startApiServer } from './apiServer.ts'
import { listAt, numberAt, textAt } from './json.ts'
import { clientOf, namespace, pod, type TestClient } from './testClient.ts'

let server: ApiServer
let client: TestClient
beforeAll(async () => {
  server = await startApiServer({
    cluster: 'east',
    objects: [
      namespace('shop'),
      namespace('bank'),
      pod('shop', 'web-1', 'app=web,version=v1'),
      pod('shop', 'web-2', 'app=web,version=v2'),
      pod('shop', 'db-1', 'app=db'),
      pod('bank', 'teller-1', 'app=teller'),
      {
        apiVersion: 'networking.istio.io/v1',
        kind: 'VirtualService',
        metadata: { name: 'web', namespace: 'shop' },
        spec: { hosts: ['web'] },
      },
    ],
    identities: [{ token: 'root', user: 'admin', groups: ['system:masters'] }],
    clock: () => Date.parse('2026-01-01T12:00:00Z'),
    window: 5,
  })
  client = clientOf(server, 'root')
})
afterAll(() => server.close())

const namesIn = (body: unknown): string[] => listAt(body, 'items').map((one) => textAt(one, 'metadata', 'name'))

describe('discovery', () => {
  it('says what is served, group by group, preferred version first', async () => {
    expect((await client.get('/api')).body).toMatchObject({ kind: 'APIVersions', versions: ['v1'] })
    const groups = listAt((await client.get('/apis')).body, 'groups')
    const istio = groups.find((group) => textAt(group, 'name') === 'networking.istio.io')
    expect(listAt(istio, 'versions').map((one) => textAt(one, 'version'))).toEqual(['v1', 'v1beta1', 'v1alpha3'])
    const listed = (await client.get('/apis/networking.istio.io/v1alpha3')).body
    expect(listAt(listed, 'resources').map((one) => textAt(one, 'name'))).toContain('envoyfilters')
    const newest = (await client.get('/apis/networking.istio.io/v1')).body
    expect(listAt(newest, 'resources').map((one) => textAt(one, 'name'))).not.toContain('envoyfilters')
  })

  it.each([
    ['/version', 'gitVersion', 'v1.34.4'],
    ['/apis/apps', 'kind', 'APIGroup'],
    ['/api/v1', 'kind', 'APIResourceList'],
    ['/openapi/v3', 'paths', undefined],
  ])('answers %s', async (path, field, value) => {
    const { status, body } = await client.get(path)
    expect(status).toBe(200)
    expect(body).toHaveProperty(field)
    if (value !== undefined) expect(body[field]).toBe(value)
  })

  it.each(['/healthz', '/readyz', '/livez'])('is well at %s', async (path) => {
    expect(await client.get(path)).toMatchObject({ status: 200, text: 'ok' })
  })

  it('knows no other path', async () => {
    expect(await client.get('/nothing')).toMatchObject({ status: 404, text: '404 page not found\n' })
    expect((await client.get('/api/v1/unicorns')).body).toMatchObject({
      kind: 'Status',
      reason: 'NotFound',
      message: 'the server could not find the requested resource',
    })
  })
})

describe('get', () => {
  it('answers the object with its kind, in whichever version is asked for', async () => {
    for (const version of ['v1', 'v1beta1', 'v1alpha3']) {
      const { body } = await client.get(`/apis/networking.istio.io/${version}/namespaces/shop/virtualservices/web`)
      expect(body).toMatchObject({
        apiVersion: `networking.istio.io/${version}`,
        kind: 'VirtualService',
        spec: { hosts: ['web'] },
      })
    }
  })

  it('answers a namespace', async () => {
    expect((await client.get('/api/v1/namespaces/shop')).body).toMatchObject({
      kind: 'Namespace',
      metadata: { name: 'shop' },
    })
  })

  it.each([
    ['/api/v1/namespaces/shop/pods/nope', 'pods "nope" not found', { name: 'nope', kind: 'pods' }],
    [
      '/apis/apps/v1/namespaces/shop/deployments/nope',
      'deployments.apps "nope" not found',
      { name: 'nope', group: 'apps', kind: 'deployments' },
    ],
  ])('says what was not found: %s', async (path, message, details) => {
    expect((await client.get(path)).body).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      reason: 'NotFound',
      details,
      code: 404,
    })
  })
})

describe('list', () => {
  it('holds objects without their kind for built-in resources, with it for custom ones', async () => {
    const pods = (await client.get('/api/v1/pods')).body
    expect(pods).toMatchObject({ kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '7' } })
    expect(namesIn(pods)).toEqual(['teller-1', 'db-1', 'web-1', 'web-2'])
    expect(listAt(pods, 'items')[0]).not.toHaveProperty('kind')
    const custom = (await client.get('/apis/networking.istio.io/v1/virtualservices')).body
    expect(listAt(custom, 'items')[0]).toMatchObject({ kind: 'VirtualService', apiVersion: 'networking.istio.io/v1' })
  })

  it.each([
    ['labelSelector=app=web', ['web-1', 'web-2']],
    ['labelSelector=app==web,version!=v1', ['web-2']],
    ['labelSelector=app in (db, teller)', ['teller-1', 'db-1']],
    ['labelSelector=version notin (v1)', ['teller-1', 'db-1', 'web-2']],
    ['labelSelector=!version', ['teller-1', 'db-1']],
    ['labelSelector=version', ['web-1', 'web-2']],
    ['fieldSelector=metadata.name=web-1', ['web-1']],
    ['fieldSelector=metadata.namespace!=shop', ['teller-1']],
    ['fieldSelector=status.phase=Running,spec.nodeName=node-2', []],
  ])('selects by %s', async (query, expected) => {
    expect(namesIn((await client.get(`/api/v1/pods?${query.replaceAll(' ', '%20')}`)).body)).toEqual(expected)
  })

  it.each([
    ['labelSelector=%3D%3D', /unable to parse requirement/],
    ['fieldSelector=spec.color=blue', /field label not supported: spec.color/],
    ['limit=many', /strconv.ParseInt: parsing "many": invalid syntax/],
    ['continue=rubbish', /continue key is not valid/],
  ])('refuses %s', async (query, message) => {
    const { status, body } = await client.get(`/api/v1/pods?${query}`)
    expect(status).toBe(400)
    expect(body.message).toMatch(message)
  })

  it('counts what remains after a page, unless a selector makes it unknowable', async () => {
    const page = (await client.get('/api/v1/pods?limit=3')).body
    expect(namesIn(page)).toEqual(['teller-1', 'db-1', 'web-1'])
    expect(numberAt(page, 'metadata', 'remainingItemCount')).toBe(1)
    const selected = (await client.get('/api/v1/pods?limit=1&labelSelector=app=web')).body
    expect(selected.metadata).not.toHaveProperty('remainingItemCount')
    expect(textAt(selected, 'metadata', 'continue')).not.toBe('')
  })

  it('has no pages at version 0, which any moment satisfies', async () => {
    expect(namesIn((await client.get('/api/v1/pods?limit=1&resourceVersion=0')).body)).toHaveLength(4)
  })

  it('goes on from the moment of the first page, and says when that is forgotten', async () => {
    const first = (await client.get('/api/v1/namespaces/shop/pods?limit=1')).body
    const token = textAt(first, 'metadata', 'continue')
    server.store.put(pod('shop', 'late'))
    server.store.remove({ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web-2' })
    const rest = (await client.get(`/api/v1/namespaces/shop/pods?limit=9&continue=${token}`)).body
    expect(namesIn(rest)).toEqual(['web-1', 'web-2'])
    expect(textAt(rest, 'metadata', 'resourceVersion')).toBe(textAt(first, 'metadata', 'resourceVersion'))

    server.store.put(pod('shop', 'web-2', 'app=web,version=v2'))
    server.store.remove({ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'late' })
    for (let round = 0; round < 12; round++) server.store.put(pod('bank', 'teller-1', `app=teller,round=${round}`))
    const gone = await client.get(`/api/v1/namespaces/shop/pods?limit=9&continue=${token}`)
    expect(gone).toMatchObject({ status: 410, body: { reason: 'Expired', code: 410 } })
    const onward = textAt(gone.body, 'metadata', 'continue')
    expect(namesIn((await client.get(`/api/v1/namespaces/shop/pods?continue=${onward}`)).body)).toEqual([
      'web-1',
      'web-2',
    ])
  })

  it('reads an exact version, and refuses one that is ahead', async () => {
    const before = server.store.resourceVersion
    server.store.put(pod('bank', 'teller-2'))
    const exact = `/api/v1/namespaces/bank/pods?resourceVersion=${before}&resourceVersionMatch=Exact`
    expect(namesIn((await client.get(exact)).body)).toEqual(['teller-1'])
    expect(namesIn((await client.get(`/api/v1/namespaces/bank/pods?resourceVersion=${before}`)).body)).toEqual([
      'teller-1',
      'teller-2',
    ])
    expect(await client.get('/api/v1/pods?resourceVersion=999999')).toMatchObject({
      status: 504,
      body: { reason: 'Timeout' },
    })
    expect((await client.get('/api/v1/pods?resourceVersionMatch=Exact')).status).toBe(422)
  })

  it('is a table for kubectl', async () => {
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'
    const table = (await client.get('/api/v1/namespaces/shop/pods', { accept })).body
    expect(table).toMatchObject({ kind: 'Table', apiVersion: 'meta.k8s.io/v1' })
    expect(
      listAt(table, 'columnDefinitions')
        .map((column) => textAt(column, 'name'))
        .slice(0, 5),
    ).toEqual(['Name', 'Ready', 'Status', 'Restarts', 'Age'])
    expect(listAt(table, 'rows')[0]).toMatchObject({
      cells: ['db-1', '0/1', 'Running', 0, '0s', '', 'node-1'],
      object: { kind: 'PartialObjectMetadata', metadata: { name: 'db-1' } },
    })
  })

  it('holds metadata alone when asked so', async () => {
    const accept = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1'
    const { body } = await client.get('/api/v1/namespaces/shop/pods', { accept })
    expect(body).toMatchObject({ kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1' })
    expect(listAt(body, 'items')[0]).toEqual({ metadata: expect.objectContaining({ name: 'db-1', namespace: 'shop' }) })
  })
})

describe('a server with recorded discovery', () => {
  it('serves the documents verbatim and the resources they name', async () => {
    const resource = {
      name: 'things',
      singularName: 'thing',
      namespaced: true,
      kind: 'Thing',
      verbs: ['get', 'list'],
      storageVersionHash: 'x',
    }
    const list = { kind: 'APIResourceList', groupVersion: 'example.io/v2', resources: [resource] }
    const group = { name: 'example.io', versions: [{ groupVersion: 'example.io/v2', version: 'v2' }] }
    const recorded = await startApiServer({
      cluster: 'recorded',
      objects: [{ apiVersion: 'example.io/v2', kind: 'Thing', metadata: { name: 't', namespace: 'shop' } }],
      identities: [{ token: 'root', user: 'admin', groups: ['system:masters'] }],
      discovery: {
        version: { gitVersion: 'v1.30.1', extra: true },
        apiGroups: { kind: 'APIGroupList', groups: [group] },
        apiResources: { 'example.io/v2': list },
      },
    })
    const own = clientOf(recorded, 'root')
    expect((await own.get('/version')).body).toEqual({ gitVersion: 'v1.30.1', extra: true })
    expect((await own.get('/apis/example.io/v2')).body).toEqual(list)
    expect(namesIn((await own.get('/apis/example.io/v2/things')).body)).toEqual(['t'])
    expect((await own.get('/api/v1/pods')).status).toBe(404)
    await recorded.close()
  })
})
