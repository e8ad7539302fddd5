/** Credentials and the whole console: what stops its start, and what it takes over while it runs. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { stringify } from 'yaml'
import { createSigningKeys } from '../auth/signingKeys.ts'
import { loadConfig } from '../config/load.ts'
import { fakeTime } from '../kube/testing.ts'
import { type RunningServer, startServer } from '../main.ts'
import { openOutbound } from './outbound.ts'
import { certificate, type Listening, listening } from './testing.ts'

let folder: string
const open: { close(): unknown }[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'binocle-start-'))
})
afterEach(async () => {
  for (const each of open.splice(0)) await each.close()
  rmSync(folder, { recursive: true })
})

const configOf = (more: object) => {
  const text = stringify({
    server: { port: 0 },
    credentials: { directories: [folder], override_directory: join(folder, 'overrides'), ca_directory: folder },
    clustering: { in_cluster: false, secrets_directory: '' },
    ...more,
  })
  return loadConfig({ file: { name: 'config.yaml', text } }).config
}

const key = 'Kx7#pQ2!vL9@mZ4$wN6^tR1&yB8*cD3%'
const prometheus = (auth: object, more: object = {}) => ({
  auth: { strategy: 'anonymous' },
  external_services: { prometheus: { url: 'http://127.0.0.1:9', auth, ...more } },
})
const oauth2 = {
  type: 'oauth2',
  oauth2: { token_url: 'https://issuer.example', client_id: 'me', client_secret: 'secret:abc:defgh' },
}

describe('a start', () => {
  it.each<[string, object]>([
    ['login_token.signing_key', { auth: { strategy: 'token' }, login_token: { signing_key: 'secret:abc:defgh' } }],
    ['...auth.token', prometheus({ type: 'bearer', token: 'secret:abc:defgh' })],
    ['...auth.password', prometheus({ type: 'basic', username: 'me', password: 'secret:abc:defgh' })],
    ['...oauth2.client_secret', prometheus(oauth2)],
    ['...auth.cert_file', prometheus({ cert_file: 'secret:abc:tls.crt', key_file: 'secret:abc:tls.key' })],
    ['...auth.use_kiali_token, outside of a pod', prometheus({ type: 'bearer', use_kiali_token: true })],
  ])('AUTH-5: ends where the credential of %s is not mounted', async (_what, more) => {
    const started = startServer(configOf(more)).then((server) => open.push(server))
    await expect(started).rejects.toMatchObject({ code: 'BIN-CONFIG-CREDENTIAL' })
  })

  it('AUTH-160: ends where everybody may read the file of a credential', async () => {
    const file = join(folder, 'token')
    writeFileSync(file, 't', { mode: 0o644 })
    const started = startServer(configOf(prometheus({ type: 'bearer', token: file }))).then((server) =>
      open.push(server),
    )
    await expect(started).rejects.toThrow('everybody on this machine may read it')
  })

  it('AUTH-T68: ends where a credential is a file elsewhere', async () => {
    const started = startServer(configOf(prometheus({ type: 'bearer', token: '/etc/hostname' }))).then((server) =>
      open.push(server),
    )
    await expect(started).rejects.toThrow('it is in none of the directories for credentials')
  })
})

/** As the kubelet does it: keys are links through `..data`, which is swapped at once. */
function mount(version: string, contents: Readonly<Record<string, string>>): void {
  mkdirSync(join(folder, `..${version}`))
  for (const [name, content] of Object.entries(contents)) {
    writeFileSync(join(folder, `..${version}`, name), content, { mode: 0o440 })
  }
  symlinkSync(`..${version}`, join(folder, '..data_tmp'))
  renameSync(join(folder, '..data_tmp'), join(folder, '..data'))
  if (version !== '1') return
  for (const name of Object.keys(contents)) symlinkSync(`..data/${name}`, join(folder, name))
}

describe('while it runs, the swap of a mounted Secret', () => {
  const shownName = (port: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
        resolve(socket.getPeerCertificate().subject?.CN)
        socket.destroy()
      })
      socket.once('error', reject)
    })

  it('AUTH-158: brings the next certificate of the listener, token of Prometheus and authority; and the audit tells of each', async () => {
    const audit: string[] = []
    const authorities = [
      await certificate('the first authority', { authority: true }),
      await certificate('the second authority', { authority: true }),
    ] as const
    const [first, second] = [
      await certificate('first', { by: authorities[0] }),
      await certificate('second', { by: authorities[1] }),
    ]
    const parts = (made: typeof first, ca: string, token: string) => ({
      'tls.crt': made.cert,
      'tls.key': made.key,
      'additional-ca-bundle.pem': ca,
      token,
    })
    mount('1', parts(first, authorities[0].cert, 'old'))
    let serving: Listening = await listening((_request, response) => response.end('{}'), first)
    open.push({ close: () => serving.close() })
    const port = Number(new URL(serving.url).port)
    const server: RunningServer = await startServer(
      configOf({
        ...prometheus({ type: 'bearer', token: join(folder, 'token') }, { url: serving.url }),
        identity: { cert_file: join(folder, 'tls.crt'), private_key_file: join(folder, 'tls.key') },
      }),
      { auditLine: (line) => audit.push(line) },
    )
    open.push(server)
    const tokens = () => new Set(serving.heard.map(({ headers }) => headers.authorization))
    await vi.waitUntil(() => tokens().has('Bearer old'), { timeout: 10_000 })
    expect(await shownName(server.port)).toBe('first')

    mount('2', parts(second, authorities[1].cert, 'new'))
    await vi.waitUntil(async () => (await shownName(server.port)) === 'second', { timeout: 10_000 })
    const heard = serving.heard.length
    expect(heard).toBeGreaterThan(0)
    await serving.close()
    serving = await listening((_request, response) => response.end('{}'), { cert: second.cert, key: second.key }, port)
    await vi.waitUntil(() => tokens().has('Bearer new'), { timeout: 30_000, interval: 100 })
    expect(tokens().has('Bearer old')).toBe(false)

    const rotated = audit
      .map((line): unknown => JSON.parse(line))
      .filter((line) => JSON.stringify(line).includes('"rotation"'))
    expect(rotated.map((line) => JSON.stringify(line)).join()).toContain(join(folder, 'token'))
    expect(audit.join()).not.toMatch(/old|new"|PRIVATE/)
  }, 60_000)

  it('AUTH-158: brings the next key of sessions', async () => {
    const next = [...key].reverse().join('')
    mount('1', { key })
    const time = fakeTime()
    const { auth, outbound: config } = configOf({
      auth: { strategy: 'token' },
      login_token: { signing_key: join(folder, 'key') },
    })
    const outbound = openOutbound(config, time)
    open.push(outbound)
    const keys = createSigningKeys({ auth, credentials: outbound.credentials, clock: time.clock, log: time.log })
    const before = keys.current()
    mount('2', { key: next })
    await time.advance(1_500)
    expect(keys.current()).not.toEqual(before)
    expect(keys.previous()).toContainEqual(before)
  })
})
