import { createServer, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { KubeFailure } from './failure.ts'
import { createPodHttp } from './podRequest.ts'
import { createForward } from './portForward.ts'
import { controlFrame, createFrameReader, dataFrame, uint32 } from './spdyFrames.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** Hears the data of a connection and says something: on the data stream, or as an error. */
type Pod = (data: string, say: (text: string, isError?: boolean) => void) => void

interface Server {
  readonly pod?: Pod
  /** The statuses with which upgrades are refused; absent = they are not. */
  readonly refuses?: { readonly GET?: number; readonly POST?: number }
}

/** An API server whose forwards end at `pod`. */
async function apiServer({ pod = () => {}, refuses = {} }: Server) {
  const http = createServer()
  const upgrades: IncomingMessage[] = []
  const open: Duplex[] = []
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'v4.channel.k8s.io' })
  http.on('upgrade', (request, socket, head) => {
    upgrades.push(request)
    open.push(socket)
    const refusal = request.method === 'POST' ? refuses.POST : refuses.GET
    if (refusal !== undefined) refuse(socket, refusal)
    else if (request.method === 'POST') serveSpdy(socket, pod)
    else sockets.handleUpgrade(request, socket, head, (opened) => serveChannels(opened, pod))
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    for (const socket of open) socket.destroy()
    http.close()
  })
  const address = http.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const forward = createForward(
    { cluster: 'east', server: `http://127.0.0.1:${port}`, tls: { insecureSkipVerify: false } },
    { headers: async () => ({ authorization: 'Bearer secret' }), reload: () => false },
  )
  const target = { namespace: 'istio-system', pod: 'istiod-1', port: 15014 }
  return { open: () => forward(target, 5_000), upgrades, sockets: open }
}

function refuse(socket: Duplex, status: number): void {
  socket.resume()
  const body = JSON.stringify({ kind: 'Status', message: 'no such right' })
  socket.end(
    `HTTP/1.1 ${status} Refused\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  )
}

function serveChannels(socket: WebSocket, pod: Pod): void {
  const send = (channel: number, text: string) => socket.send(Buffer.concat([Buffer.of(channel), Buffer.from(text)]))
  for (const channel of [0, 1]) socket.send(Buffer.of(channel, 0xa6, 0x3a))
  socket.on('message', (frame: Buffer) =>
    pod(frame.subarray(1).toString(), (text, isError = false) => send(isError ? 1 : 0, text)),
  )
}

function serveSpdy(socket: Duplex, pod: Pod): void {
  socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n')
  const read = createFrameReader(1 << 20)
  socket.on('end', () => socket.end())
  socket.on('data', (chunk: Buffer) => {
    for (const { type, streamId, payload } of read(chunk)) {
      if (type === 1) socket.write(controlFrame(2, uint32(streamId)))
      if (type !== 'data' || streamId !== 3) continue
      pod(payload.toString(), (text, isError = false) =>
        socket.write(dataFrame(isError ? 1 : 3, Buffer.from(text), false)),
      )
    }
  })
}

const ok = (body: string) => `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`

async function ask(open: () => Promise<Duplex>, path: string): Promise<string> {
  const http = createPodHttp(open)
  try {
    return await http.text({ path, timeoutMs: 5_000 })
  } finally {
    http.close()
  }
}

const inPieces: Pod = (data, say) => {
  if (data.startsWith('GET /debug/syncz')) for (const part of ok('[1,2,3]').match(/.{1,20}/gs) ?? []) say(part)
}
const path = '/api/v1/namespaces/istio-system/pods/istiod-1/portforward'

describe.each([
  ['WebSocket', {}, ['GET']],
  ['SPDY', { GET: 403 }, ['GET', 'POST']],
])('a port-forward over %s', (_way, refuses, methods) => {
  it('carries a request to the pod and its answer back', async () => {
    const { open, upgrades } = await apiServer({ pod: inPieces, refuses })
    expect(await ask(open, '/debug/syncz')).toBe('[1,2,3]')
    expect(upgrades.map(({ method }) => method)).toEqual(methods)
    expect(upgrades.map(({ url }) => url?.split('?')[0])).toEqual(methods.map(() => path))
    expect(upgrades.map(({ headers }) => headers.authorization)).toEqual(methods.map(() => 'Bearer secret'))
  })

  it("fails with the pod's own words when nothing listens there", async () => {
    const { open } = await apiServer({ pod: (_data, say) => say('dial: refused', true), refuses })
    await expect(ask(open, '/x')).rejects.toThrow('dial: refused')
  })

  it('leaves no connection to the API server behind', async () => {
    const { open, sockets } = await apiServer({ pod: inPieces, refuses })
    await ask(open, '/debug/syncz')
    await Promise.all(sockets.map((socket) => socket.closed || new Promise((resolve) => socket.once('close', resolve))))
    expect(sockets.map(({ destroyed }) => destroyed)).toEqual(methods.map(() => true))
  })
})

describe('the choice of the protocol', () => {
  it('is remembered', async () => {
    const { open, upgrades } = await apiServer({ pod: inPieces, refuses: { GET: 403 } })
    await ask(open, '/debug/syncz')
    await ask(open, '/debug/syncz')
    expect(upgrades.map(({ method }) => method)).toEqual(['GET', 'POST', 'POST'])
  })

  it.each([
    ['the right for one way only is missing', { GET: 403 }, 'open'],
    ['the server does not know WebSocket', { GET: 400 }, 'open'],
    ['something between us cuts upgrades by GET', { GET: 502 }, 'open'],
    ['both rights are missing', { GET: 403, POST: 403 }, 'BIN-FORWARD-DENIED'],
    ['one right is missing and the other way is unknown', { GET: 403, POST: 405 }, 'BIN-FORWARD-DENIED'],
    ['one right is missing and there is no such pod', { GET: 403, POST: 404 }, 'BIN-CLUSTER-ANSWER'],
    ['the server knows neither', { GET: 400, POST: 400 }, 'BIN-CLUSTER-ANSWER'],
    ['the server is in trouble', { GET: 503, POST: 503 }, 'BIN-CLUSTER-UNREACHABLE'],
    ['the credential is rejected', { GET: 401 }, 'BIN-CLUSTER-AUTH'],
    ['there is no such pod', { GET: 404 }, 'BIN-CLUSTER-ANSWER'],
  ])('when %s', async (_why, refuses, expected) => {
    const { open } = await apiServer({ refuses })
    const outcome = await open().then(
      () => 'open',
      (error: unknown) => (error instanceof KubeFailure ? error.problem.code : String(error)),
    )
    expect(outcome).toBe(expected)
  })

  it('tells which rights are missing, in the words of the server, and nothing of the credential', async () => {
    const { open } = await apiServer({ refuses: { GET: 403, POST: 403 } })
    const problem = await open().catch((error: unknown) => (error instanceof KubeFailure ? error.problem : error))
    expect(problem).toEqual({
      code: 'BIN-FORWARD-DENIED',
      message: 'east denies us port-forward to istio-system/istiod-1: no such right',
      cluster: 'east',
      remedy: 'Grant our account the verbs get and create on pods/portforward in namespace istio-system.',
    })
  })
})

describe('an API server that is away', () => {
  const forwardTo = (server: string, timeoutMs: number) =>
    createForward(
      { cluster: 'east', server, tls: { insecureSkipVerify: false } },
      { headers: async () => ({}), reload: () => false },
    )({ namespace: 'istio-system', pod: 'istiod-1', port: 15014 }, timeoutMs)

  it('is unreachable when it refuses the connection', async () => {
    const http = createServer()
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    const address = http.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    await new Promise((resolve) => http.close(resolve))
    await expect(forwardTo(`http://127.0.0.1:${port}`, 5_000)).rejects.toMatchObject({ reason: 'unreachable' })
  })

  it('is unreachable when it does not answer the upgrade in time', async () => {
    const http = createServer()
    const open: Duplex[] = []
    http.on('upgrade', (_request, socket) => open.push(socket))
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    closing.push(() => {
      for (const socket of open) socket.destroy()
      http.close()
    })
    const address = http.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    await expect(forwardTo(`http://127.0.0.1:${port}`, 20)).rejects.toMatchObject({ reason: 'unreachable' })
  })
})
