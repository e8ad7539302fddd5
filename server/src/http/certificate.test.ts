import { once } from 'node:events'
import type { Server } from 'node:http'
import { connect as connectTls } from 'node:tls'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Made, certificate as make } from '../outbound/testing.ts'
import { type Certificate, certificateOf } from './certificate.ts'
import { defaultLimits } from './limits.ts'
import { createListener } from './listener.ts'

const files = { certFile: '/tls/tls.crt', keyFile: '/tls/tls.key' }
let first: Made
let second: Made
let server: Server | undefined

beforeAll(async () => {
  first = await make('first')
  second = await make('second')
})
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

/** A server whose files hold what `held` says now. */
async function serving(held: { cert: string; key: string }): Promise<{ certificate: Certificate; server: Server }> {
  const certificate = certificateOf(files, (_path, kind) => (kind === 'key' ? held.key : held.cert))
  const listening = createListener((_request, response) => response.end('fine'), {
    limits: defaultLimits,
    certificate,
    headers: () => ({}),
  })
  server = listening
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  return { certificate, server: listening }
}

/** Name in the certificate that a new connection is shown. */
async function nameShown(listening: Server): Promise<string> {
  const address = listening.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const socket = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  const { CN = '' } = socket.getPeerCertificate().subject
  socket.destroy()
  return String(CN)
}

describe('the certificate that we serve with', () => {
  it('is replaced for new connections, without a restart', async () => {
    const held = { ...first }
    const { certificate, server: listening } = await serving(held)
    expect(await nameShown(listening)).toBe('first')
    Object.assign(held, second)
    certificate.reload(listening)
    expect(await nameShown(listening)).toBe('second')
  })

  it('stays as it is while the new pair does not fit together', async () => {
    const held = { ...first }
    const { certificate, server: listening } = await serving(held)
    held.cert = second.cert
    expect(() => certificate.reload(listening)).toThrow()
    expect(await nameShown(listening)).toBe('first')
    held.key = second.key
    certificate.reload(listening)
    expect(await nameShown(listening)).toBe('second')
  })

  it('must be one at the start', () => {
    expect(() => certificateOf(files, (_path, kind) => (kind === 'key' ? first.key : 'no certificate'))).toThrow()
  })
})
