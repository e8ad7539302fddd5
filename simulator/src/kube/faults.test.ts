import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ApiServer, startApiServer } from './apiServer.ts'
import { listAt, textAt } from './json.ts'
import { clientOf, type ManualTimers, manualTimers, namespace, pod, type TestClient } from './testClient.ts'

let server: ApiServer
let client: TestClient
let timers: ManualTimers
beforeEach(async () => {
  timers = manualTimers()
  server = await startApiServer({
    cluster: 'east',
    objects: [namespace('shop'), pod('shop', 'a')],
    identities: [{ token: 'root', user: 'admin', groups: ['system:masters'] }],
    schedule: timers.schedule,
  })
  client = clientOf(server, 'root')
})
afterEach(() => server.close())

const pods = '/api/v1/pods'

/** Whether a promise has settled after the event loop has turned some times: nothing is waited for. */
async function pending(promise: Promise<unknown>, turns = 20): Promise<boolean> {
  let settled = false
  const done = () => {
    settled = true
  }
  promise.then(done, done)
  for (let turn = 0; turn < turns && !settled; turn++) await new Promise((resolve) => setImmediate(resolve))
  return !settled
}

describe('a server that is down', () => {
  it('refuses connections, cuts open ones, and comes back on its port', async () => {
    const lines = await client.watch(`${pods}?watch=1`)
    await lines.next(1)
    await server.faults.set({ connection: 'down' })
    await expect(client.get(pods)).rejects.toThrow(/ECONNREFUSED|ECONNRESET|socket hang up/)
    expect(await lines.next(1).catch(() => [])).toEqual([])
    await expect(clientOf(server, 'root').get(pods)).rejects.toThrow(/ECONNREFUSED/)
    await server.faults.heal()
    expect((await clientOf(server, 'root').get(pods)).status).toBe(200)
  })

  it('can start that way', async () => {
    const down = await startApiServer({ cluster: 'west', objects: [], identities: [], faults: { connection: 'down' } })
    await expect(clientOf(down).get('/version')).rejects.toThrow(/ECONNREFUSED/)
    await down.faults.heal()
    expect((await clientOf(down).get('/version')).status).toBe(200)
    await down.close()
  })
})

describe('a black hole', () => {
  it('takes connections and says nothing, and drops them when it heals', async () => {
    await server.faults.set({ connection: 'blackHole' })
    const asked = clientOf(server, 'root').get(pods)
    expect(await pending(asked)).toBe(true)
    const cut = expect(asked).rejects.toThrow()
    await server.faults.heal()
    await cut
    expect((await clientOf(server, 'root').get(pods)).status).toBe(200)
  })
})

describe('a frozen server', () => {
  it('moves nothing, and goes on where it was when it thaws', async () => {
    const lines = await client.watch(`${pods}?watch=1`)
    await lines.next(1)
    await server.faults.set({ connection: 'frozen' })
    server.store.put(pod('shop', 'b'))
    const event = lines.next(1)
    const onOpenConnection = client.get(pods)
    const onNewConnection = clientOf(server, 'root').get(pods)
    for (const waiting of [event, onOpenConnection, onNewConnection]) expect(await pending(waiting)).toBe(true)
    await server.faults.heal()
    expect((await event)[0]).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'b' } } })
    expect((await onOpenConnection).status).toBe(200)
    expect((await onNewConnection).status).toBe(200)
    lines.close()
  })
})

describe('a frozen server, too,', () => {
  it('does not end its watches before it thaws', async () => {
    const lines = await client.watch(`${pods}?watch=1`)
    await lines.next(1)
    await server.faults.set({ connection: 'frozen' })
    timers.fire(1_800_000)
    const end = lines.next(1)
    expect(await pending(end)).toBe(true)
    await server.faults.heal()
    expect(await end).toEqual([])
  })
})

describe('a slow server', () => {
  it('answers after its delay', async () => {
    await server.faults.set({ slowMs: 3000 })
    const asked = client.get(pods)
    while (server.requests.length === 0) await new Promise((resolve) => setImmediate(resolve))
    expect(await pending(asked)).toBe(true)
    timers.fire(3000)
    expect((await asked).status).toBe(200)
  })
})

describe('a wrong certificate', () => {
  it.each([
    ['expired', 'CERT_HAS_EXPIRED'],
    ['notYetValid', 'CERT_NOT_YET_VALID'],
    ['otherCa', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ['otherName', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ] as const)('that is %s is refused by new connections, and mended by healing', async (certificate, code) => {
    await server.faults.set({ certificate })
    const refused: unknown = await clientOf(server, 'root')
      .get(pods)
      .then(
        () => undefined,
        (error: unknown) => error,
      )
    expect(refused).toMatchObject({ code })
    await server.faults.heal()
    expect((await clientOf(server, 'root').get(pods)).status).toBe(200)
  })

  it('does not touch open connections, unless they are cut', async () => {
    const lines = await client.watch(`${pods}?watch=1`)
    await lines.next(1)
    await server.faults.set({ certificate: 'expired' })
    server.store.put(pod('shop', 'b'))
    expect(await lines.next(1)).toMatchObject([{ type: 'ADDED' }])
    await server.faults.strike({ certificate: 'expired' })
    expect(await lines.next(1).catch(() => [])).toEqual([])
  })
})

describe('a clock that is ahead', () => {
  it('shows in the date of answers and in new objects', async () => {
    await server.faults.set({ clockSkewMs: 3_600_000 })
    const { headers } = await client.get(pods)
    const aheadMs = Date.parse(String(headers.date)) - Date.now()
    expect(Math.round(aheadMs / 60_000)).toBe(60)
  })
})

describe('other faults', () => {
  it('forbids kinds to everybody, and says so in access reviews', async () => {
    await server.faults.set({ forbidden: ['pods', 'virtualservices.networking.istio.io'] })
    expect((await client.get(pods)).status).toBe(403)
    expect((await client.get('/apis/networking.istio.io/v1/virtualservices')).status).toBe(403)
    expect((await client.get('/api/v1/namespaces')).status).toBe(200)
    const spec = { resourceAttributes: { verb: 'list', resource: 'pods' } }
    const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec }
    const { body } = await client.send('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
      body: review,
    })
    expect(body.status).toEqual({ allowed: false })
  })

  it('lets all tokens expire', async () => {
    await server.faults.set({ tokenExpired: true })
    expect((await client.get(pods)).status).toBe(401)
    await server.faults.heal()
    expect((await client.get(pods)).status).toBe(200)
  })

  it('loses the watches that are open, for good, and new ones only while it lasts', async () => {
    const before = await client.watch(`${pods}?watch=1`)
    await before.next(1)
    const untouched = await client.watch('/api/v1/namespaces?watch=1')
    await untouched.next(1)
    await server.faults.set({ watches: 'lost' })
    const during = await client.watch(`${pods}?watch=1`)
    server.store.put(pod('shop', 'b'))
    await server.faults.heal()
    server.store.put(pod('shop', 'c'))
    server.store.put(namespace('bank'))
    timers.fire(1_800_000)
    const after = await client.watch(`${pods}?watch=1`)
    expect((await after.next(3)).map(({ object }) => textAt(object, 'metadata', 'name'))).toEqual(['a', 'b', 'c'])
    for (const lines of [before, untouched, during]) expect(await pending(lines.next(1))).toBe(true)
    for (const lines of [before, untouched, during, after]) lines.close()
  })

  it('holds watches back, which go on and end where they were', async () => {
    const before = await client.watch(`${pods}?watch=1`)
    await before.next(1)
    await server.faults.set({ watches: 'held' })
    const during = await client.watch(`${pods}?watch=1`)
    server.store.put(pod('shop', 'b'))
    timers.fire(1_800_000)
    const [event, initial] = [before.next(1), during.next(2)]
    for (const waiting of [event, initial]) expect(await pending(waiting)).toBe(true)
    await server.faults.heal()
    expect(await event).toMatchObject([{ type: 'ADDED', object: { metadata: { name: 'b' } } }])
    expect(await initial).toMatchObject([
      { object: { metadata: { name: 'a' } } },
      { object: { metadata: { name: 'b' } } },
    ])
    for (const lines of [before, during]) expect(await lines.next(1)).toEqual([])
  })

  it.each([
    [{ error: 500 }, 500, 'InternalError'],
    [{ error: 503 }, 503, 'ServiceUnavailable'],
    [{ error: 429 }, 429, 'TooManyRequests'],
  ])('answers %o with a status', async (fault, status, reason) => {
    await server.faults.set(fault)
    expect(await client.get(pods)).toMatchObject({ status, body: { kind: 'Status', reason } })
  })

  it('answers as a proxy would, in HTML', async () => {
    await server.faults.set({ answer: 'html' })
    const { status, headers, text } = await client.get(pods)
    expect([status, headers['content-type'], text.slice(0, 15)]).toEqual([200, 'text/html', '<!doctype html>'])
  })

  it('answers JSON that is none', async () => {
    await server.faults.set({ answer: 'garbage' })
    const { text } = await client.get(pods)
    expect(() => JSON.parse(text)).toThrow()
  })

  it('cuts answers in half', async () => {
    await server.faults.set({ answer: 'truncated' })
    await expect(client.get(pods)).rejects.toThrow(/aborted/)
  })

  it('has forgotten everything in a gone storm', async () => {
    const page = await client.get('/api/v1/namespaces?limit=1')
    server.store.put(namespace('bank'))
    const first = await client.get('/api/v1/namespaces?limit=1')
    await server.faults.set({ goneStorm: true })
    expect((await client.get(`/api/v1/namespaces?continue=${textAt(first.body, 'metadata', 'continue')}`)).status).toBe(
      410,
    )
    const lines = await client.watch(
      `${pods}?watch=1&resourceVersion=${textAt(page.body, 'metadata', 'resourceVersion')}`,
    )
    expect(await lines.next(2)).toMatchObject([{ type: 'ERROR', object: { code: 410 } }])
    expect(listAt((await client.get(pods)).body, 'items')).toHaveLength(1)
  })
})
