import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type ApiServer, startApiServer } from './apiServer.ts'
import type { LogLine } from './logs.ts'
import { clientOf, namespace, pod, type TestClient } from './testClient.ts'

const noon = Date.parse('2026-01-01T12:00:00Z')
const lines: LogLine[] = [
  { atMs: noon - 60_000, text: 'one' },
  { atMs: noon - 30_000, text: 'two' },
  { atMs: noon - 1000, text: 'three' },
]
let say: (line: LogLine) => void = () => {}
let server: ApiServer
let client: TestClient
beforeAll(async () => {
  server = await startApiServer({
    cluster: 'east',
    objects: [
      namespace('shop'),
      pod('shop', 'web-1'),
      { ...pod('shop', 'pending'), status: { phase: 'Pending' } },
      { ...pod('shop', 'two'), spec: { containers: [{ name: 'app' }, { name: 'istio-proxy' }] } },
    ],
    identities: [
      { token: 'root', user: 'admin', groups: ['system:masters'] },
      { token: 'eve', user: 'eve', groups: [] },
    ],
    clock: () => noon,
    logs: ({ container }) =>
      container === 'main'
        ? {
            lines,
            follow(listener) {
              say = listener
              return () => {}
            },
          }
        : { lines: [{ atMs: noon, text: `of ${container}` }] },
    backend: (at, name, port) =>
      port === 15014 ? (request, response) => response.end(`${request.url} of ${name} in ${at}`) : undefined,
  })
  client = clientOf(server, 'root')
})
afterAll(() => server.close())

describe('pods/log', () => {
  const log = (query = '', name = 'web-1') => client.get(`/api/v1/namespaces/shop/pods/${name}/log${query}`)

  it.each([
    ['', 'one\ntwo\nthree\n'],
    ['?tailLines=2', 'two\nthree\n'],
    ['?tailLines=0', ''],
    ['?sinceSeconds=40', 'two\nthree\n'],
    ['?sinceTime=2026-01-01T11:59:59Z', 'three\n'],
    ['?limitBytes=5', 'one\nt'],
    ['?tailLines=1&timestamps=true', '2026-01-01T11:59:59.000Z three\n'],
  ])('answers %s', async (query, text) => {
    expect(await log(query)).toMatchObject({ status: 200, text })
  })

  it('wants a container where there are several, and one that exists', async () => {
    expect(await log('', 'two')).toMatchObject({
      status: 400,
      body: { message: 'a container name must be specified for pod two, choose one of: [app istio-proxy]' },
    })
    expect((await log('?container=istio-proxy', 'two')).text).toBe('of istio-proxy\n')
    expect(await log('?container=nope', 'two')).toMatchObject({
      status: 400,
      body: { message: 'container nope is not valid for pod two' },
    })
    expect((await log('', 'nobody')).status).toBe(404)
    expect((await log('?sinceTime=yesterday')).status).toBe(400)
  })

  it('goes on with what is written while it is followed', async () => {
    const followed = await client.open('/api/v1/namespaces/shop/pods/web-1/log?follow=true&tailLines=1')
    const read = createInterface({ input: followed })[Symbol.asyncIterator]()
    expect((await read.next()).value).toBe('three')
    say({ atMs: noon, text: 'four' })
    expect((await read.next()).value).toBe('four')
    followed.destroy()
  })
})

describe('pods/portforward', () => {
  const forward = (query: string, name = 'web-1', token = 'root') =>
    new WebSocket(
      `${server.url.replace('https', 'wss')}/api/v1/namespaces/shop/pods/${name}/portforward${query}`,
      'v4.channel.k8s.io',
      {
        ca: server.caPem,
        headers: { authorization: `Bearer ${token}` },
        perMessageDeflate: false,
      },
    )

  const refusal = (socket: WebSocket) =>
    new Promise<number | undefined>((resolve) => {
      socket.on('error', () => {})
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode))
    })

  it('repeats the port on both channels, then carries HTTP to the backend', async () => {
    const socket = forward('?ports=15014')
    const frames: Buffer[] = []
    const answered = new Promise<void>((resolve) => {
      socket.on('message', (frame: Buffer) => {
        frames.push(frame)
        if (frame.includes('in shop')) resolve()
      })
    })
    socket.on('open', () => socket.send(Buffer.from('\0GET /debug/syncz HTTP/1.1\r\nHost: x\r\n\r\n')))
    await answered
    socket.close()
    expect(frames.slice(0, 2).map((frame) => [...frame])).toEqual([
      [0, 15014 & 0xff, 15014 >> 8],
      [1, 15014 & 0xff, 15014 >> 8],
    ])
    expect(Buffer.concat(frames.slice(2).map((frame) => frame.subarray(1))).toString()).toContain(
      '/debug/syncz of web-1 in shop',
    )
  })

  it('says on the error channel that nothing listens on a port', async () => {
    const socket = forward('?ports=81')
    const errors: string[] = []
    socket.on(
      'message',
      (frame: Buffer) => frame.length > 3 && frame[0] === 1 && errors.push(frame.subarray(1).toString()),
    )
    await new Promise((resolve) => socket.on('close', resolve))
    expect(errors).toEqual([
      'error forwarding port 81 to pod web-1: dial tcp4 127.0.0.1:81: connect: connection refused',
    ])
  })

  it.each([
    ['a pod that is not running', '?ports=15014', 'pending', 'root', 400],
    ['a pod that does not exist', '?ports=15014', 'nobody', 'root', 404],
    ['no port', '', 'web-1', 'root', 400],
    ['somebody who may not', '?ports=15014', 'web-1', 'eve', 403],
    ['an unknown token', '?ports=15014', 'web-1', 'nonsense', 401],
  ])('refuses %s', async (_what, query, name, token, status) => {
    expect(await refusal(forward(query, name, token))).toBe(status)
  })
})
