/** Real handshakes: what the TLS policy lets in and out, on every listener and for every client. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ConnectionOptions, connect, type TlsOptions } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { loadConfig } from '../config/load.ts'
import { tlsPolicyOf } from '../config/tlsPolicy.ts'
import { createKubeApi } from '../kube/api.ts'
import { realTimers } from '../kube/surroundings.ts'
import { type RunningServer, startServer } from '../main.ts'
import { openOutbound } from './outbound.ts'
import { certificate, type Listening, listening, type Made } from './testing.ts'
import { adoptTlsPolicy, groupWorks } from './tlsDefaults.ts'

let folder: string
let authority: Made
let serving: Made
const open: { close(): unknown }[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'binocle-tls-'))
  authority = await certificate('the authority', { authority: true })
  serving = await certificate('localhost', { by: authority })
  for (const [name, content] of Object.entries({
    'ca.pem': authority.cert,
    'tls.crt': serving.cert,
    'tls.key': serving.key,
  })) {
    writeFileSync(join(folder, name), content, { mode: 0o600 })
  }
})
afterEach(async () => {
  for (const each of open.splice(0)) await each.close()
})
afterAll(() => rmSync(folder, { recursive: true }))

/** A peer that speaks this and nothing else, whatever the policy of the process is. */
const peers = {
  'TLS 1.1': { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' },
  'TLS 1.2': { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2', ciphers: 'DEFAULT' },
  'TLS 1.3': { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3', ciphers: 'DEFAULT:TLS_AES_128_GCM_SHA256' },
  'AES-128 only': { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' },
  'AES-256 only': { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' },
  'P-256 only': {
    minVersion: 'TLSv1.3',
    maxVersion: 'TLSv1.3',
    ciphers: 'DEFAULT:TLS_AES_128_GCM_SHA256',
    ecdhCurve: 'P-256',
  },
  'P-384 only': {
    minVersion: 'TLSv1.3',
    maxVersion: 'TLSv1.3',
    ciphers: 'DEFAULT:TLS_AES_128_GCM_SHA256',
    ecdhCurve: 'P-384',
  },
} as const satisfies Record<string, TlsOptions & ConnectionOptions>

type Peer = keyof typeof peers

/** Policy -> which peers get through. The others do not. */
const matrix: readonly (readonly [string, object, readonly Peer[]])[] = [
  ['nothing said', {}, ['TLS 1.2', 'TLS 1.3', 'AES-128 only', 'AES-256 only', 'P-256 only', 'P-384 only']],
  ['min_version 1.3', { min_version: 'TLSv1.3' }, ['TLS 1.3', 'P-256 only', 'P-384 only']],
  ['max_version 1.2', { max_version: 'TLSv1.2' }, ['TLS 1.2', 'AES-128 only', 'AES-256 only']],
  [
    'one cipher',
    { cipher_suites: ['TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384'] },
    ['TLS 1.2', 'TLS 1.3', 'AES-256 only', 'P-256 only', 'P-384 only'],
  ],
  // P-256, because under TLS 1.2 the curve of the certificate has to be among the groups too.
  ['one group', { groups: ['secp256r1'] }, ['TLS 1.2', 'TLS 1.3', 'AES-128 only', 'AES-256 only', 'P-256 only']],
]
const cases = matrix.flatMap(([said, tls, through]) =>
  Object.entries(peers).map(
    ([peer, options]) => [said, peer, through.some((each) => each === peer), tls, options] as const,
  ),
)

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })

const handshake = (port: number, options: ConnectionOptions): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, ca: authority.cert, ecdhCurve: 'X25519:P-256:P-384', ...options })
    socket.once('secureConnect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })

describe('our listeners', () => {
  let running: { readonly tls: object; readonly server: RunningServer; readonly metricsPort: number } | undefined
  afterAll(async () => {
    await running?.server.close()
    running = undefined
  })

  /** The same server for all peers of one policy. */
  async function serverWith(tls: object) {
    if (running?.tls === tls) return running
    await running?.server.close()
    const metricsPort = await freePort()
    const text = stringify({
      auth: { strategy: 'anonymous' },
      server: { port: 0, observability: { metrics: { port: metricsPort } } },
      identity: { cert_file: join(folder, 'tls.crt'), private_key_file: join(folder, 'tls.key') },
      credentials: { directories: [folder] },
      external_services: { prometheus: { enabled: false } },
      deployment: { tls_config: tls },
    })
    const { config } = loadConfig({ file: { name: 'config.yaml', text } })
    running = { tls, server: await startServer(config), metricsPort }
    return running
  }

  it.each(cases)('AUTH-162: with %s, let %s in: %s', async (_said, _peer, expected, tls, options) => {
    const { server, metricsPort } = await serverWith(tls)
    expect(await handshake(server.port, options)).toBe(expected)
    expect(await handshake(metricsPort, options)).toBe(expected)
  })
})

describe('our clients', () => {
  async function reached(peer: TlsOptions, tls: { [key: string]: unknown }): Promise<readonly boolean[]> {
    const { cert, key } = serving
    const to: Listening = await listening((_request, response) => response.end('{}'), {
      ecdhCurve: 'X25519:P-256:P-384',
      ...peer,
      cert,
      key,
    })
    const { outbound: config } = loadConfig({
      file: {
        name: 'config.yaml',
        text: stringify({ auth: { strategy: 'anonymous' }, deployment: { tls_config: tls } }),
      },
    }).config
    if (config === undefined) throw new Error('no outbound configuration')
    const restore = adoptTlsPolicy(tlsPolicyOf(config.tls.wishes, groupWorks).policy)
    open.push(to, { close: restore })
    const outbound = openOutbound(config, { clock: Date.now, log: () => {}, timers: realTimers })
    const service = outbound.service({
      url: to.url,
      timeoutMs: 5_000,
      caFile: join(folder, 'ca.pem'),
      insecureSkipVerify: false,
    })
    const api = createKubeApi({
      cluster: 'east',
      server: to.url,
      tls: { ca: authority.cert, insecureSkipVerify: false },
      credential: { kind: 'none' },
    })
    open.push(service, outbound, api)
    const succeeds = (work: Promise<unknown>): Promise<boolean> =>
      work.then(
        () => true,
        () => false,
      )
    return Promise.all([
      succeeds(service.send('/x').then(({ body }) => body.text())),
      succeeds(api.get('/version')),
      handshakeByDefault(Number(new URL(to.url).port)),
    ])
  }

  /** As a library would connect that was told nothing but the CA. */
  const handshakeByDefault = (port: number): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect({ host: '127.0.0.1', port, ca: authority.cert })
      socket.once('secureConnect', () => {
        socket.destroy()
        resolve(true)
      })
      socket.once('error', () => resolve(false))
    })

  it.each(cases)('AUTH-162: with %s, go to %s: %s', async (_said, _peer, expected, tls, options) => {
    expect(await reached(options, { ...tls })).toEqual([expected, expected, expected])
  })
})

describe('the TLS policy of OpenShift', () => {
  async function start(status: number, answer: object): Promise<RunningServer> {
    const api = await listening(({ url }, response) => {
      const found = url === '/apis/config.openshift.io/v1/apiservers/cluster'
      response.writeHead(found ? status : 404).end(JSON.stringify(answer))
    })
    open.push(api)
    const kubeconfig = {
      'current-context': 'home',
      contexts: [{ name: 'home', context: { cluster: 'home' } }],
      clusters: [{ name: 'home', cluster: { server: api.url } }],
    }
    writeFileSync(join(folder, 'kubeconfig'), stringify(kubeconfig))
    const text = stringify({
      auth: { strategy: 'anonymous' },
      server: { port: 0 },
      identity: { cert_file: join(folder, 'tls.crt'), private_key_file: join(folder, 'tls.key') },
      credentials: { directories: [folder] },
      clustering: { kubeconfigs: [join(folder, 'kubeconfig')] },
      external_services: { prometheus: { enabled: false } },
      deployment: { tls_config: { source: 'auto' } },
    })
    const server = await startServer(loadConfig({ file: { name: 'config.yaml', text } }).config)
    open.push(server)
    return server
  }

  it('AUTH-163: holds for the listener', async () => {
    const { port } = await start(200, { kind: 'APIServer', spec: { tlsSecurityProfile: { type: 'Modern' } } })
    expect(await handshake(port, peers['TLS 1.3'])).toBe(true)
    expect(await handshake(port, peers['TLS 1.2'])).toBe(false)
  })

  it.each([
    ['is not there', 404, { kind: 'Status' }],
    ['may not be read', 403, { kind: 'Status' }],
    ['asks for TLS 1.0', 200, { kind: 'APIServer', spec: { tlsSecurityProfile: { type: 'Old' } } }],
  ])('AUTH-163: stops the start when it %s', async (_what, status, answer) => {
    await expect(start(status, answer)).rejects.toMatchObject({ code: 'BIN-CONFIG-TLS' })
  })
})
