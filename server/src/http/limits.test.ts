/** How much, how long and how many, over real connections. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { noAudit } from '../audit.ts'
import { loadConfig } from '../config/load.ts'
import { createExternal } from './external.ts'
import { gatesOf } from './gates/gates.ts'
import type { Limits } from './limits.ts'
import { answerFrom, big, connections, endServers, listening, patch, request, sent } from './testing/wire.ts'

endServers()

describe('limits', () => {
  it.each<[string, number, string]>([
    ['a body below its limit', 200, patch('/api/large', 4095)],
    ['a body at its limit', 200, patch('/api/large', 4096)],
    ['a body above its limit', 413, patch('/api/large', 4097)],
    ['a body at the general limit', 200, patch('/api/write', 1024 * 1024)],
    ['a body above the general limit', 413, patch('/api/write', 1024 * 1024 + 1)],
    [
      '100 header lines',
      200,
      request(
        'GET /kiali/api/fine',
        Array.from({ length: 98 }, (_, at) => `X-${at}: 1`),
      ),
    ],
    [
      '101 header lines',
      431,
      request(
        'GET /kiali/api/fine',
        Array.from({ length: 99 }, (_, at) => `X-${at}: 1`),
      ),
    ],
    ['99 query parameters', 200, request(`GET /kiali/api/fine?${'a=1&'.repeat(99)}`)],
    ['100 query parameters', 200, request(`GET /kiali/api/fine?${'a=1&'.repeat(100)}`)],
    ['101 query parameters', 400, request(`GET /kiali/api/fine?${'a=1&'.repeat(101)}`)],
  ])('AUTH-172: %s: %i', async (_what, status, bytes) => {
    expect((await sent(await listening(), bytes)).status).toBe(status)
  })

  it.each([
    [-1, 200],
    [0, 200],
    [1, 431],
  ])('AUTH-172: header bytes at the limit and %i: %i', async (more, status) => {
    const others = ['Host', '127.0.0.1', 'Connection', 'close', 'X-Long'].join('').length
    const port = await listening({ maxHeaderBytes: 20_000 })
    const long = 'x'.repeat(20_000 - others + more)
    expect((await sent(port, request('GET /kiali/api/fine', [`X-Long: ${long}`]))).status).toBe(status)
  })

  it.each([
    [-1, 200],
    [0, 200],
    [1, 414],
  ])('AUTH-172: bytes of a URL at the limit and %i: %i', async (more, status) => {
    const port = await listening({}, { maxUrlBytes: 2000 })
    const path = '/kiali/api/fine'
    const query = `a=${'x'.repeat(2000 - path.length - 2 + more)}`
    expect((await sent(port, request(`GET ${path}?${query}`))).status).toBe(status)
  })

  it.each([70_000, 200_000])('AUTH-T46: a browser with %i bytes of cookies is told to forget them', async (bytes) => {
    const port = await listening({}, {}, { forget: () => ['kiali-token-east=; Max-Age=0'] })
    const answer = await sent(port, request('GET /kiali/api/logout', [`Cookie: kiali-token-east=${'x'.repeat(bytes)}`]))
    expect([answer.status, answer.headers['set-cookie']]).toEqual([431, 'kiali-token-east=; Max-Age=0'])
  })

  it('AUTH-172: connections: the one above the limit is closed', async () => {
    const port = await listening({ maxConnections: 2 })
    const sockets = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')]
    await Promise.all(sockets.map((socket) => once(socket, 'connect')))
    const third = connect(port, '127.0.0.1').on('error', () => {})
    await once(third, 'close')
    sockets[0]?.destroy()
    await once(sockets[0] ?? third, 'close')
    await expect.poll(async () => (await sent(port, request('GET /kiali/api/fine'))).status).toBe(200)
    sockets[1]?.destroy()
  })

  it('AUTH-172: requests of one connection: the last that is allowed says so, the next is refused', async () => {
    const port = await listening({}, { maxRequestsPerConnection: 2 })
    const kept = request('GET /kiali/api/fine').replace('Connection: close', 'Connection: keep-alive')
    const socket = connect(port, '127.0.0.1').setEncoding('latin1')
    socket.write(`${kept}${kept}${kept}`)
    let received = ''
    socket.on('data', (chunk: string) => {
      received += chunk
    })
    await expect.poll(() => received.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 503'])
    expect(received.match(/connection: [a-z-]+/gi)?.slice(0, 2)).toEqual([
      'Connection: keep-alive',
      'Connection: close',
    ])
    socket.destroy()
  })

  it.each(['gzip', 'br'])('AUTH-173: a body compressed by %s is refused unread', async (encoding) => {
    const answer = await sent(await listening(), patch('/api/write', 10, [`Content-Encoding: ${encoding}`]))
    expect(answer.status).toBe(415)
  })

  it('AUTH-T56: a packed body is never unpacked, and a large one never read to its end', async () => {
    const port = await listening()
    const packed = `Content-Encoding: gzip\r\nContent-Type: application/json`
    expect((await sent(port, request('PATCH /kiali/api/write', [packed, 'Content-Length: 3'], 'abc'))).status).toBe(415)
    // Only announced: the answer comes before it.
    const announced = ['Content-Type: application/json', 'Content-Length: 10000000000']
    expect((await sent(port, request('PATCH /kiali/api/write', announced, 'x'))).status).toBe(413)
  })

  it('AUTH-151: view-only mode answers before the body has come', async () => {
    const { config } = loadConfig({ flags: { address: '127.0.0.1', port: 0, webRoot: '/kiali' } })
    const viewOnly = { ...config, deployment: { ...config.deployment, viewOnlyMode: true } }
    const gates = gatesOf(viewOnly, { audit: noAudit, external: createExternal(config.server), nowMs: () => 0 })
    const port = await listening({}, {}, { checks: gates.checks })
    const socket = connect(port, '127.0.0.1')
    // A body is announced, and none is sent.
    socket.write(`${patch('/api/write', 1000).split('\r\n\r\n')[0]}\r\n\r\n`)
    expect((await answerFrom(socket)).status).toBe(403)
  })

  it('AUTH-T55: names that JavaScript gives a meaning change nothing', async () => {
    const port = await listening()
    const names = ['__proto__[x]', 'constructor[prototype][x]', '__proto__.x', 'constructor.prototype.x', '__proto__']
    for (const name of names) {
      const value = '{"__proto__":{"x":1},"constructor":{"prototype":{"x":1}}}'
      await sent(port, request(`GET /kiali/api/fine?${encodeURIComponent(name)}=${encodeURIComponent(value)}`))
      await sent(port, request('GET /kiali/api/fine', [`${name.replace(/[[\].]/g, '-')}: 1`, `Cookie: ${name}=1`]))
    }
    expect(Reflect.get({}, 'x')).toBeUndefined()
  })
})

describe('slow clients', () => {
  const quick: Partial<Limits> = {
    headersTimeoutMs: 60,
    requestTimeoutMs: 60_000,
    checkEveryMs: 20,
    slowBody: { afterMs: 60, bytesPerSecond: 1024 },
    sendTimeoutMs: 100,
  }

  it('AUTH-174: that do not finish their headers are answered 408 and closed', async () => {
    const socket = connect(await listening({}, quick), '127.0.0.1')
    socket.write('GET /kiali/api/fine HTTP/1.1\r\nHost: 127.0.0.1\r\n')
    expect((await answerFrom(socket)).status).toBe(408)
  })

  it('AUTH-174: that do not say anything are closed', async () => {
    const socket = connect(await listening({}, quick), '127.0.0.1')
    expect((await answerFrom(socket)).status).toBe(408)
  })

  it('AUTH-174: whose body does not come are answered 408 and closed', async () => {
    const socket = connect(await listening({}, quick), '127.0.0.1')
    socket.write(`${patch('/api/write', 1000).split('\r\n\r\n')[0]}\r\n\r\nx`)
    expect((await answerFrom(socket)).status).toBe(408)
  })

  it('AUTH-174: whose body takes too long as a whole are closed, however steadily it comes', async () => {
    const socket = connect(
      await listening(
        {},
        { ...quick, headersTimeoutMs: 50, requestTimeoutMs: 60, slowBody: { afterMs: 5000, bytesPerSecond: 1 } },
      ),
      '127.0.0.1',
    )
    socket.write(`${patch('/api/write', 1000).split('\r\n\r\n')[0]}\r\n\r\nx`)
    expect((await answerFrom(socket)).status).toBe(408)
  })

  it('AUTH-174: that do not read what they asked for are closed', async () => {
    const ended: string[] = []
    const port = await listening({}, quick, { onAnswer: (_route, status) => ended.push(String(status)) })
    const socket = connect(port, '127.0.0.1').on('error', () => {})
    socket.pause()
    socket.write(request('GET /kiali/api/big'))
    // Nothing is read until the server has given up; what the system holds by then is less than the answer.
    await expect.poll(() => ended).toEqual(['200'])
    await expect.poll(connections).toBe(0)
    let bytes = 0
    socket.on('data', (chunk) => {
      bytes += chunk.length
    })
    socket.resume()
    await expect.poll(() => socket.destroyed).toBe(true)
    expect(bytes).toBeLessThan(big.length)
  })

  it('AUTH-T58: keep nobody else waiting: two hundred slow connections, and one that asks', async () => {
    const port = await listening({}, { headersTimeoutMs: 5000 })
    const slow = Array.from({ length: 200 }, () => connect(port, '127.0.0.1'))
    await Promise.all(slow.map((socket) => once(socket, 'connect')))
    for (const socket of slow) socket.write('GET /kiali/api/fine HTTP/1.1\r\nX-Slow: ')
    expect((await sent(port, request('GET /kiali/api/fine'))).status).toBe(200)
    for (const socket of slow) socket.destroy()
  })
})
