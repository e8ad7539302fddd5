/**
 * The HTTPS port of a simulated API server, with its network faults. A plain TCP listener stands before the TLS server,
 * so that a connection can be refused, held, or handed over later.
 */
import { once } from 'node:events'
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https'
import { createServer as createTcpServer, type Socket } from 'node:net'
import type { ServingCertificate } from './certificates.ts'
import type { CertificateState, FaultState, Wire } from './faults.ts'

export interface Listener extends Wire {
  readonly https: HttpsServer
  readonly port: number
  close(): Promise<void>
}

/** Listens on 127.0.0.1; port 0 takes a free one and keeps it. */
export async function listen(
  certificateOf: (state: CertificateState) => Promise<ServingCertificate>,
  port: number,
  initial: Pick<FaultState, 'certificate' | 'connection'>,
): Promise<Listener> {
  const certificate = await certificateOf(initial.certificate)
  const https = createHttpsServer({
    cert: certificate.certificatePem,
    key: certificate.keyPem,
    keepAliveTimeout: 90_000,
  })
  // Clients go away in the middle of a handshake; that is their right.
  https.on('tlsClientError', () => {})
  const open = new Set<Socket>()
  const held = new Set<Socket>()
  let connection = initial.connection
  const tcp = createTcpServer((socket) => {
    open.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => {
      open.delete(socket)
      held.delete(socket)
    })
    socket.setNoDelay(true)
    if (connection === 'ok') https.emit('connection', socket)
    else held.add(socket)
  })

  async function bind(on: number): Promise<void> {
    tcp.listen(on, '127.0.0.1')
    await once(tcp, 'listening')
  }

  async function shut(): Promise<void> {
    const closed = new Promise<void>((resolve) => tcp.close(() => resolve()))
    for (const socket of open) socket.destroy()
    await closed
  }

  await bind(port)
  const address = tcp.address()
  const taken = typeof address === 'object' && address ? address.port : port
  if (connection === 'down') await shut()

  return {
    https,
    port: taken,
    async connect(next, before) {
      connection = next
      if (next === 'down') await shut()
      else if (before === 'down') await bind(taken)
      if (before === 'blackHole') for (const socket of open) socket.destroy()
      if (next !== 'ok') return
      for (const socket of held) https.emit('connection', socket)
      held.clear()
    },
    async present(state) {
      const { certificatePem, keyPem } = await certificateOf(state)
      https.setSecureContext({ cert: certificatePem, key: keyPem })
    },
    cut() {
      for (const socket of open) socket.destroy()
    },
    async close() {
      https.closeAllConnections()
      if (tcp.listening) await shut()
    },
  }
}
