/** A server that accepts connections and says nothing, as one that was stopped does, and then goes on. */
import { once } from 'node:events'
import { createServer as createHttps, type Server } from 'node:https'
import { createServer, type Server as NetServer, type Socket } from 'node:net'

import { certificateAuthority } from '@binocle/simulator/kube/certificates'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createKubeApi, type KubeApi } from './api.ts'

let https: Server
let front: NetServer
let api: KubeApi
let stopped = true
const held: Socket[] = []

beforeAll(async () => {
  const { certificatePem, keyPem } = await (await certificateAuthority('west')).certificate('ok')
  https = createHttps({ cert: certificatePem, key: keyPem }, (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"gitVersion":"v1.34.4"}')
  })
  front = createServer((socket) => {
    if (stopped) held.push(socket)
    else https.emit('connection', socket)
  })
  front.listen(0, '127.0.0.1')
  await once(front, 'listening')
  const address = front.address()
  const port = typeof address === 'object' ? address?.port : undefined
  api = createKubeApi({
    cluster: 'west',
    server: `https://127.0.0.1:${port}`,
    tls: { insecureSkipVerify: true },
    credential: { kind: 'none' },
  })
})
afterAll(async () => {
  await api.close()
  for (const socket of held) socket.destroy()
  front.close()
})

describe('a connection that is not opened', () => {
  it('does not keep who gives up', async () => {
    const gaveUp = new AbortController()
    const arrived = once(front, 'connection')
    const asked = api.get('/version', { signal: gaveUp.signal })
    await arrived
    gaveUp.abort()
    const given = asked.catch((error: unknown) => error)
    const later = new Promise((resolve) => setImmediate(() => setImmediate(() => resolve('later'))))
    expect(await Promise.race([given, later])).toMatchObject({ reason: 'aborted' })
  })

  it('holds nothing up that is asked afterwards', async () => {
    stopped = false
    expect(await api.get('/version')).toEqual({ gitVersion: 'v1.34.4' })
  })

  it('keeps nobody longer than a request may take', async () => {
    stopped = true
    const asked = api.get('/version', { timeoutMs: 1 }).catch((error: unknown) => error)
    // Connections are given five seconds.
    expect(await asked).toMatchObject({
      reason: 'unreachable',
      message: expect.stringContaining('within the time limit'),
    })
  })
})
