import { createServer, type IncomingMessage } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { getOver } from './podRequest.ts'
import { openForward } from './portForward.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** An API server whose forwards end at `pod`, which hears the data and speaks frames. */
async function apiServer(pod: (data: string, say: (channel: number, text: string) => void) => void, refuse = 0) {
  const http = createServer()
  const upgrades: IncomingMessage[] = []
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'v4.channel.k8s.io' })
  http.on('upgrade', (request, socket, head) => {
    upgrades.push(request)
    if (refuse > 0)
      return void socket.end(`HTTP/1.1 ${refuse} Refused\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`)
    sockets.handleUpgrade(request, socket, head, (opened: WebSocket) => {
      const say = (channel: number, text: string) => opened.send(Buffer.concat([Buffer.of(channel), Buffer.from(text)]))
      for (const channel of [0, 1]) opened.send(Buffer.of(channel, 0x90, 0x1f))
      opened.on('message', (frame: Buffer) => pod(frame.subarray(1).toString(), say))
    })
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    for (const client of sockets.clients) client.terminate()
    http.closeAllConnections()
    http.close()
  })
  const address = http.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const open = () =>
    openForward(
      { server: `http://127.0.0.1:${port}`, tls: { insecureSkipVerify: false } },
      { headers: async () => ({ authorization: 'Bearer secret' }), reload: () => false },
      { namespace: 'istio-system', pod: 'istiod-1', port: 15014 },
      1000,
    )
  return { open, upgrades }
}

const ok = (body: string) => `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`

describe('a port-forward', () => {
  it('carries a request to the pod and its answer back, the greeting of each channel aside', async () => {
    const { open, upgrades } = await apiServer((data, say) => {
      if (data.startsWith('GET /debug/syncz')) for (const part of ok('{"a":1}').match(/.{1,20}/gs) ?? []) say(0, part)
    })
    expect(await getOver(await open(), '/debug/syncz', 1000)).toEqual({ a: 1 })
    expect(upgrades[0]?.url).toBe('/api/v1/namespaces/istio-system/pods/istiod-1/portforward?ports=15014')
    expect(upgrades[0]?.headers.authorization).toBe('Bearer secret')
  })

  it.each([
    [
      'the pod refuses the connection',
      (_data: string, say: (channel: number, text: string) => void) => say(1, 'dial: refused'),
      'dial: refused',
    ],
    [
      'the pod answers another status',
      (_data: string, say: (channel: number, text: string) => void) =>
        say(0, 'HTTP/1.1 404 No\r\ncontent-length: 0\r\n\r\n'),
      '/x answered 404',
    ],
    [
      'the pod answers no JSON',
      (_data: string, say: (channel: number, text: string) => void) => say(0, ok('<html>')),
      '/x did not answer JSON',
    ],
  ])('fails when %s', async (_why, pod, message) => {
    const { open } = await apiServer(pod)
    await expect(getOver(await open(), '/x', 1000)).rejects.toThrow(message)
  })

  it('says with which status it was refused, and nothing of the credential', async () => {
    const { open } = await apiServer(() => {}, 403)
    await expect(open()).rejects.toThrow('the API server answered 403 to the port-forward')
  })
})
