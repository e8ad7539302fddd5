/** For tests: the server as a client meets it, over real connections, with bytes as they are. */
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { anonymousViewer } from '../../access/anonymous.ts'
import { noAudit } from '../../audit.ts'
import { loadConfig } from '../../config/load.ts'
import type { ServerConfig } from '../../config/server.ts'
import { BinocleError } from '../../errors.ts'
import { createExternal } from '../external.ts'
import { gatesOf } from '../gates/gates.ts'
import type { Limits } from '../limits.ts'
import { empty, json, type Route, redirect, text } from '../route.ts'
import { createServer, type ServerOptions } from '../server.ts'

export const big = 'x'.repeat(8 * 1024 * 1024)

const routes: readonly Route[] = [
  { method: 'GET', path: '/healthz', auth: 'none', handle: () => empty(200) },
  { method: 'GET', path: '/api/fine', handle: () => json({ fine: true }) },
  { method: 'GET', path: '/api/moved', handle: () => redirect('/kiali/') },
  { method: 'GET', path: '/api/big', handle: () => text(200, 'text/plain', big) },
  { method: 'PATCH', path: '/api/write', handle: ({ incoming }) => json({ bytes: incoming.body.length }) },
  {
    method: 'PATCH',
    path: '/api/large',
    maxBodyBytes: 4096,
    handle: ({ incoming }) => json({ bytes: incoming.body.length }),
  },
  {
    method: 'GET',
    path: '/api/forbidden',
    handle: () => {
      throw new BinocleError('BIN-QUERY-NAMESPACE', 'no')
    },
  },
  {
    method: 'GET',
    path: '/api/breaks',
    handle: () => {
      throw new Error('inside')
    },
  },
]

const viewer = { name: '', scope: anonymousViewer.scope }
const open: (() => Promise<void>)[] = []
let webDir = ''
let lastConnections = (): Promise<number> => Promise.resolve(0)

/** Of the server that was started last. */
export const connections = (): Promise<number> => lastConnections()

/** To be called once by a file of tests: what `listening` starts ends with its test. */
export function endServers(): void {
  beforeAll(async () => {
    webDir = await mkdtemp(join(tmpdir(), 'binocle-hard-'))
    await writeFile(join(webDir, 'index.html'), '<html><base href="/" /></html>')
    await writeFile(join(webDir, 'favicon.svg'), '<svg/>')
  })
  afterEach(() => Promise.all(open.splice(0).map((close) => close())))
  afterAll(() => rm(webDir, { recursive: true }))
}

export async function listening(
  server: Partial<ServerConfig> = {},
  limits: Partial<Limits> = {},
  more: Partial<ServerOptions> = {},
): Promise<number> {
  const { config } = loadConfig({
    file: { name: 'wire.yaml', text: 'auth: {anonymous: {allow_writes: true}}' },
    flags: { address: '127.0.0.1', port: 0, webRoot: '/kiali' },
  })
  const whole = { ...config, server: { ...config.server, ...server } }
  const external = createExternal(whole.server)
  const gates = gatesOf(whole, { audit: noAudit, external, nowMs: () => performance.now() })
  const app = createServer({
    config: whole.server,
    routes: gates.guard(routes),
    gates: gates.gates,
    checks: gates.checks,
    viewerOf: ({ headers }) => {
      if (headers.authorization === 'none') throw new BinocleError('BIN-AUTH-LOGIN', 'who are you?')
      return viewer
    },
    nobody: viewer,
    webDir,
    onError: () => {},
    onAnswer: () => {},
    limits,
    ...more,
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  open.push(async () => app.close())
  lastConnections = () =>
    new Promise((resolve, reject) =>
      app.server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
    )
  const address = app.server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Sends bytes as they are, and reads until the other side closes. */
export async function sent(port: number, bytes: string): Promise<Answer> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write(bytes)
  return answerFrom(socket)
}

export async function answerFrom(socket: Socket): Promise<Answer> {
  let received = ''
  socket.setEncoding('latin1')
  socket.on('data', (chunk: string) => {
    received += chunk
  })
  await once(socket, 'close')
  const end = received.indexOf('\r\n\r\n')
  const [first = '', ...lines] = received.slice(0, Math.max(0, end)).split('\r\n')
  return {
    status: Number(first.split(' ')[1] ?? 0),
    headers: Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    ),
    body: received.slice(end + 4),
  }
}

export const request = (line: string, headers: readonly string[] = [], body = ''): string =>
  [`${line} HTTP/1.1`, 'Host: 127.0.0.1', 'Connection: close', ...headers, '', body].join('\r\n')

export const patch = (path: string, bytes: number, headers: readonly string[] = []): string =>
  request(
    `PATCH /kiali${path}`,
    ['Content-Type: application/json', `Content-Length: ${bytes}`, ...headers],
    'x'.repeat(bytes),
  )
