import { afterEach, describe, expect, it } from 'vitest'
import { type ApiServer, type ApiServerOptions, startApiServer } from './apiServer.ts'
import { at, textAt } from './json.ts'
import { clientOf, type LineReader, manualTimers, namespace, pod, type TestClient } from './testClient.ts'

const servers: ApiServer[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

async function started(options: Partial<ApiServerOptions> = {}) {
  const timers = manualTimers()
  const server = await startApiServer({
    cluster: 'east',
    objects: [namespace('shop'), namespace('bank'), pod('shop', 'a', 'app=web'), pod('bank', 'b')],
    identities: [{ token: 'root', user: 'admin', groups: ['system:masters'] }],
    schedule: timers.schedule,
    window: 4,
    ...options,
  })
  servers.push(server)
  return { server, client: clientOf(server, 'root'), timers }
}

const told = async (lines: LineReader, count: number): Promise<string[]> =>
  (await lines.next(count)).map(({ type, object }) => `${type} ${textAt(object, 'metadata', 'name')}`)

const streaming = 'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true'
const removeA = { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'a' }

describe('a watch', () => {
  it('starts with the state when no version is given, then tells changes', async () => {
    const { server, client } = await started()
    const lines = await client.watch('/api/v1/pods?watch=true')
    expect(await told(lines, 2)).toEqual(['ADDED b', 'ADDED a'])
    server.store.put(pod('shop', 'a', 'app=web,version=v2'))
    server.store.put(pod('shop', 'c'))
    server.store.remove(removeA)
    expect(await told(lines, 3)).toEqual(['MODIFIED a', 'ADDED c', 'DELETED a'])
    lines.close()
  })

  it('tells the changes since a version, with the version of each', async () => {
    const { server, client } = await started()
    const from = server.store.resourceVersion
    server.store.put(pod('shop', 'c'))
    server.store.remove(removeA)
    const lines = await client.watch(`/api/v1/pods?watch=1&resourceVersion=${from}`)
    const events = await lines.next(2)
    expect(events.map(({ type }) => type)).toEqual(['ADDED', 'DELETED'])
    expect(events.map(({ object }) => textAt(object, 'metadata', 'resourceVersion'))).toEqual([
      String(from + 1),
      String(from + 2),
    ])
    expect(events[0]?.object).toMatchObject({ kind: 'Pod', apiVersion: 'v1' })
    lines.close()
  })

  it('shows an object that begins or ceases to match as added or deleted', async () => {
    const { server, client } = await started()
    const from = server.store.resourceVersion
    const lines = await client.watch(`/api/v1/pods?watch=1&resourceVersion=${from}&labelSelector=app%3Dweb`)
    server.store.put(pod('bank', 'b', 'app=web'))
    server.store.put(pod('shop', 'a', 'app=db'))
    server.store.put(pod('shop', 'a', 'app=db,x=y'))
    server.store.put(pod('shop', 'z', 'app=web'))
    const events = await lines.next(3)
    expect(events.map(({ type, object }) => `${type} ${textAt(object, 'metadata', 'name')}`)).toEqual([
      'ADDED b',
      'DELETED a',
      'ADDED z',
    ])
    expect(at(events[1]?.object, 'metadata', 'labels')).toEqual({ app: 'web' })
    lines.close()
  })

  it('keeps to its namespace', async () => {
    const { server, client } = await started()
    const lines = await client.watch('/api/v1/namespaces/shop/pods?watch=1')
    server.store.put(pod('bank', 'c'))
    server.store.put(pod('shop', 'd'))
    expect(await told(lines, 2)).toEqual(['ADDED a', 'ADDED d'])
    lines.close()
  })

  it('ends at its timeout, after a bookmark that says how far it is', async () => {
    const { server, client, timers } = await started()
    const from = server.store.resourceVersion
    const path = `/api/v1/services?watch=1&resourceVersion=${from}&allowWatchBookmarks=true&timeoutSeconds=300`
    const lines = await client.watch(path)
    server.store.put(pod('shop', 'c'))
    timers.fire(300_000)
    expect(await lines.next(5)).toEqual([
      {
        type: 'BOOKMARK',
        object: { kind: 'Service', apiVersion: 'v1', metadata: { resourceVersion: String(from + 1) } },
      },
    ])
  })

  it('bookmarks from time to time when asked to, and only then', async () => {
    const { client, timers } = await started({ bookmarkMs: 60_000 })
    const marked = await client.watch('/api/v1/services?watch=1&allowWatchBookmarks=true&timeoutSeconds=300')
    const plain = await client.watch('/api/v1/services?watch=1&timeoutSeconds=300')
    timers.fire(60_000)
    timers.fire(60_000)
    timers.fire(300_000)
    // The first ends the initial events, the last goes before the end.
    expect((await marked.next(9)).map(({ type }) => type)).toEqual(Array(4).fill('BOOKMARK'))
    expect(await plain.next(9)).toEqual([])
  })

  it('answers a forgotten version with an ERROR event, or a status where the fault says so', async () => {
    const { server, client } = await started()
    const from = server.store.resourceVersion
    for (let round = 0; round < 12; round++) server.store.put(pod('shop', 'a', `round=${round}`))
    const lines = await client.watch(`/api/v1/pods?watch=1&resourceVersion=${from}`)
    expect(lines.status).toBe(200)
    expect(await lines.next(9)).toMatchObject([
      { type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } },
    ])
    await server.faults.set({ goneAs: 'status' })
    expect((await client.get(`/api/v1/pods?watch=1&resourceVersion=${from}`)).status).toBe(410)
  })

  it('is a table for kubectl, which names its columns once', async () => {
    const { server, client } = await started()
    const lines = await client.watch('/api/v1/namespaces/shop/pods?watch=1', {
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
    })
    server.store.put(pod('shop', 'c'))
    const [first, second] = await lines.next(2)
    expect(at(first?.object, 'columnDefinitions')).toHaveLength(7)
    expect(second?.object).toMatchObject({
      kind: 'Table',
      columnDefinitions: [],
      rows: [{ object: { metadata: { name: 'c' } } }],
    })
    lines.close()
  })
})

describe('a streaming list', () => {
  it('tells the state, ends it with the annotated bookmark, then goes on with changes', async () => {
    const { server, client } = await started()
    const lines = await client.watch(`/api/v1/pods?${streaming}`)
    const events = await lines.next(3)
    expect(events.map(({ type }) => type)).toEqual(['ADDED', 'ADDED', 'BOOKMARK'])
    expect(at(events[2]?.object, 'metadata')).toEqual({
      resourceVersion: '4',
      annotations: { 'k8s.io/initial-events-end': 'true' },
    })
    server.store.put(pod('shop', 'c'))
    expect(await told(lines, 1)).toEqual(['ADDED c'])
    lines.close()
  })

  it('loses no change that comes while the state is told', async () => {
    const many = Array.from({ length: 3000 }, (_, index) => pod('shop', `pod-${String(index).padStart(4, '0')}`))
    const { server, client } = await started({ objects: [namespace('shop'), ...many] })
    const lines = await client.watch(`/api/v1/pods?${streaming}`)
    await lines.next(1)
    server.store.put(pod('shop', 'pod-2999', 'late=true'))
    const rest = await lines.next(3001)
    expect(rest.at(-2)?.type).toBe('BOOKMARK')
    expect(rest.at(-1)).toMatchObject({
      type: 'MODIFIED',
      object: { metadata: { name: 'pod-2999', labels: { late: 'true' } } },
    })
    lines.close()
  })

  it('is refused with 422 by a server without the feature', async () => {
    const { client } = await started({ faults: { streamingLists: 'refused' } })
    const { status, body } = await client.get(`/api/v1/pods?${streaming}`)
    expect(status).toBe(422)
    expect(textAt(body, 'reason')).toBe('Invalid')
    expect(textAt(body, 'message')).toContain(
      'sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled',
    )
  })

  it('ends in one ERROR event on a server with an old etcd', async () => {
    const { client } = await started({ faults: { streamingLists: 'errorEvent' } })
    const lines = await client.watch(`/api/v1/pods?${streaming}`)
    expect(lines.status).toBe(200)
    expect(await lines.next(9)).toMatchObject([
      {
        type: 'ERROR',
        object: { kind: 'Status', code: 500, reason: 'InternalError', message: 'RequestWatchProgress is disabled' },
      },
    ])
  })

  it('must say NotOlderThan', async () => {
    const { client }: { client: TestClient } = await started()
    expect((await client.get('/api/v1/pods?watch=1&sendInitialEvents=true')).status).toBe(422)
  })
})
