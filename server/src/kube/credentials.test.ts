/** What leaves the console with a credential, and where to: servers on loopback write down what they are sent. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ClusterAccess, Credential } from './access.ts'
import { createKubeApi, type KubeApi } from './api.ts'
import { authorizationOf } from './authorization.ts'
import { KubeFailure } from './failure.ts'

const canary = 'c4nary-credential'
const closing: (() => unknown)[] = []
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'binocle-credentials-'))
})
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
  rmSync(folder, { recursive: true })
})

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  return `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
}

interface Recorded {
  readonly url: string
  /** The headers of each request. */
  readonly heard: IncomingMessage['headers'][]
}

async function recording(answer: (response: ServerResponse) => unknown): Promise<Recorded> {
  const heard: IncomingMessage['headers'][] = []
  const at = await listening(
    createServer((request, response) => {
      heard.push(request.headers)
      answer(response)
    }),
  )
  return { url: `http://${at}`, heard }
}

const version = (response: ServerResponse): unknown => response.end('{"gitVersion":"v1.34.0"}')

function apiOf(server: string, credential: Credential, more: Partial<ClusterAccess> = {}): KubeApi {
  const api = createKubeApi({ cluster: 'west', server, tls: { insecureSkipVerify: false }, credential, ...more })
  closing.push(() => api.close())
  return api
}

async function failureOf(work: Promise<unknown>): Promise<KubeFailure> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof KubeFailure) return error
  throw new Error(`not a failure: ${String(error)}`)
}

const token: Credential = { kind: 'token', token: canary }

describe('a credential', () => {
  it.each<[string, Credential, string]>([
    ['a token', token, `Bearer ${canary}`],
    ['a name and a password', { kind: 'basic', username: 'me', password: 'pw' }, 'Basic bWU6cHc='],
  ])('that is %s goes to its server', async (_what, credential, expected) => {
    const server = await recording(version)
    await apiOf(server.url, credential).get('/version')
    expect(server.heard.map(({ authorization }) => authorization)).toEqual([expected])
  })

  it.each([301, 302, 307, 308])('AUTH-T54: does not follow a redirect (%d)', async (status) => {
    const elsewhere = await recording(version)
    const server = await recording((response) =>
      response.writeHead(status, { location: `${elsewhere.url}/version` }).end('{}'),
    )
    const failure = await failureOf(apiOf(server.url, token).get('/version'))
    expect(failure.problem.code).toBe('BIN-CLUSTER-ANSWER')
    expect(elsewhere.heard).toEqual([])
  })

  it('AUTH-165: is not repeated when a server echoes it', async () => {
    const server = await recording((response) =>
      response.writeHead(400).end(JSON.stringify({ message: `unexpected header: Bearer ${canary}` })),
    )
    const { message } = await failureOf(apiOf(server.url, token).get('/version'))
    expect(message).toContain('unexpected header')
    expect(message).not.toContain(canary)
  })

  it('acts for whom it impersonates', async () => {
    const server = await recording(version)
    const impersonate = { user: 'bob', groups: ['ops', 'dev'], uid: '7', extra: { 'Example.com/Scopes': ['a'] } }
    await apiOf(server.url, token, { impersonate }).get('/version')
    expect(server.heard[0]).toMatchObject({
      'impersonate-user': 'bob',
      'impersonate-group': 'ops, dev',
      'impersonate-uid': '7',
      'impersonate-extra-example.com%2fscopes': 'a',
    })
  })

  it('AUTH-158: in a file is that before while the file is empty, and none once the file is gone', async () => {
    const server = await recording(version)
    const file = join(folder, 'token')
    writeFileSync(file, 'first')
    const api = apiOf(server.url, { kind: 'tokenFile', file })
    await api.get('/version')
    writeFileSync(file, '')
    await api.get('/version')
    rmSync(file)
    expect((await failureOf(api.get('/version'))).problem.code).toBe('BIN-CLUSTER-CONFIG')
    expect(server.heard.map(({ authorization }) => authorization)).toEqual(['Bearer first', 'Bearer first'])
  })

  it('AUTH-158: in a file is read again when the file changes', async () => {
    const server = await recording(version)
    const file = join(folder, 'token')
    writeFileSync(file, 'first\n')
    const api = apiOf(server.url, { kind: 'tokenFile', file })
    await api.get('/version')
    writeFileSync(file, 'renewed\n')
    await api.get('/version')
    expect(server.heard.map(({ authorization }) => authorization)).toEqual(['Bearer first', 'Bearer renewed'])
  })

  it.each<[string, (server: string) => KubeApi]>([
    ['is rejected', (server) => apiOf(server, token)],
    ['is basic and rejected', (server) => apiOf(server, { kind: 'basic', username: 'me', password: canary })],
    ['cannot be sent at all', () => apiOf('http://127.0.0.1:1', token)],
    [
      'is that of a proxy which is away',
      (server) => apiOf(server, token, { proxy: `http://me:${canary}@127.0.0.1:1` }),
    ],
    ['goes with a URL that is no host', () => apiOf('http://no-such-host.invalid', token)],
  ])('appears in no error when it %s', async (_when, make) => {
    const server = await recording((response) => response.writeHead(401).end(`{"message":"no"}`))
    const failure = await failureOf(make(server.url).get('/version'))
    const everything = [failure.message, failure.stack, JSON.stringify(failure.problem), String(failure.cause)].join()
    expect(everything).not.toContain(canary)
    expect(everything).not.toContain(Buffer.from(`me:${canary}`).toString('base64'))
  })
})

describe('a rejected token', () => {
  const jwt = (claims: object): Credential => ({
    kind: 'token',
    token: `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`,
  })

  it.each([
    ['has expired', { exp: 1_000_000_000, sub: 'me' }, 'our token, of me, expired at 2001-09-09T01:46:40.000Z'],
    ['was revoked', { exp: 9_000_000_000 }, 'our token is good until 2255-03-14T16:00:00.000Z: it was revoked'],
    ['lasts for ever', { sub: 'me' }, 'our token, of me, names no end: its account or secret may be gone'],
  ])('that %s: the failure says so, and how to renew it', async (_what, claims, expected) => {
    const server = await recording((response) => response.writeHead(401).end('{}'))
    const { problem } = await failureOf(apiOf(server.url, jwt(claims)).get('/version'))
    expect(problem.code).toBe('BIN-CLUSTER-AUTH')
    expect(problem.message).toContain(expected)
    expect(problem.remedy).toContain('binocle remote-secret create --name west')
  })
})

describe('a proxy', () => {
  it('is asked to connect, with its own credential, and hears nothing of ours', async () => {
    const server = await recording(version)
    const asked: string[] = []
    const proxy = createServer()
    proxy.on('connect', (request, socket) => {
      asked.push(`${request.url} ${request.headers['proxy-authorization']} ${request.headers.authorization}`)
      const { port } = new URL(server.url)
      const onwards = connect(Number(port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        onwards.pipe(socket).pipe(onwards)
      })
      onwards.on('error', () => socket.destroy())
      socket.on('error', () => onwards.destroy())
      closing.unshift(() => {
        onwards.destroy()
        socket.destroy()
      })
    })
    const at = await listening(proxy)
    await apiOf(server.url, token, { proxy: `http://me:pw@${at}` }).get('/version')
    expect(asked).toEqual([`${server.url.replace('http://', '')} Basic bWU6cHc= undefined`])
    expect(server.heard).toHaveLength(1)
  })

  it.each([
    ['that refuses', (response: ServerResponse) => response.writeHead(403).end(), 'its proxy answers'],
    ['that is away', undefined, 'its proxy cannot be reached (ECONNREFUSED)'],
  ])('%s is named as the cause', async (_what, answer, expected) => {
    const proxy = createServer()
    if (answer !== undefined) proxy.on('connect', (_request, socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'))
    const at = answer === undefined ? '127.0.0.1:1' : await listening(proxy)
    const { problem } = await failureOf(apiOf('http://127.0.0.1:2', token, { proxy: `http://${at}` }).get('/version'))
    expect(problem.code).toBe('BIN-CLUSTER-PROXY')
    expect(problem.message).toContain(expected)
  })
})

describe('a program that prints a token', () => {
  let now = 0

  /** It counts its runs in a file, and prints what `prints` says as JavaScript, with `runs` and `info` in reach. */
  function plugin(prints: string, apiVersion = 'client.authentication.k8s.io/v1') {
    const command = join(folder, 'get-token')
    const counter = join(folder, 'runs')
    writeFileSync(
      command,
      `#!${process.execPath}
const fs = require('node:fs')
fs.appendFileSync(${JSON.stringify(counter)}, 'x')
const runs = fs.readFileSync(${JSON.stringify(counter)}, 'utf8').length
const info = JSON.parse(process.env.KUBERNETES_EXEC_INFO)
const credential = (status) => JSON.stringify({ apiVersion: info.apiVersion, kind: 'ExecCredential', status })
process.stdout.write(String(${prints}))
`,
    )
    chmodSync(command, 0o755)
    const args = ['; touch hacked', '$(touch hacked)']
    const credential = { kind: 'exec', command, args, env: { A: 'b' }, apiVersion, tellsCluster: true } as const
    const access = { cluster: 'west', server: 'https://west', tls: { insecureSkipVerify: false }, credential }
    now = 1_000_000
    return authorizationOf(access, () => now)
  }
  const sent = async (authorization: ReturnType<typeof plugin>): Promise<unknown> =>
    (await authorization.headers()).authorization

  it('is run once for all who ask until its token is about to expire', async () => {
    const authorization = plugin(
      "credential({ token: 't' + runs, expirationTimestamp: new Date(1_060_000).toISOString() })",
    )
    expect(await Promise.all([sent(authorization), sent(authorization)])).toEqual(['Bearer t1', 'Bearer t1'])
    now = 1_049_000
    expect(await sent(authorization)).toBe('Bearer t1')
    now = 1_051_000
    expect(await sent(authorization)).toBe('Bearer t2')
  })

  it('is run again when its token was rejected, and not by every watch', async () => {
    const authorization = plugin("credential({ token: 't' + runs })")
    expect(await sent(authorization)).toBe('Bearer t1')
    expect(authorization.reload()).toBe(false)
    now += 10_000
    expect(authorization.reload()).toBe(true)
    expect(await sent(authorization)).toBe('Bearer t2')
  })

  it('gets its arguments as they are, its environment, and the cluster where it asks for it', async () => {
    const told =
      "credential({ token: [process.argv.slice(2).join('|'), process.env.A, info.spec.cluster.server].join('|').replaceAll(' ', '_') })"
    expect(await sent(plugin(told))).toBe('Bearer ;_touch_hacked|$(touch_hacked)|b|https://west')
  })

  it('may speak v1beta1', async () => {
    expect(await sent(plugin("credential({ token: 't' })", 'client.authentication.k8s.io/v1beta1'))).toBe('Bearer t')
  })

  it.each([
    ['ends with an error', '(console.error("c4nary-credential"), process.exit(3))', 'failed (3)'],
    ['prints garbage', '"c4nary-credential"', 'printed no ExecCredential'],
    ['speaks another version', "credential({ token: 't' }).replace('/v1', '/v9')", 'of another version'],
    [
      'prints a client certificate',
      "credential({ clientCertificateData: 'c4nary-credential' })",
      'a client certificate',
    ],
  ])('and %s is a failure that repeats nothing of what it printed', async (_what, prints, expected) => {
    const { message, problem } = await failureOf(plugin(prints).headers())
    expect(message).toContain(expected)
    expect(`${message} ${JSON.stringify(problem)}`).not.toContain(canary)
  })

  it('that failed is not run again at once', async () => {
    const authorization = plugin("runs === 1 ? '' : credential({ token: 't' + runs })")
    await failureOf(authorization.headers())
    await failureOf(authorization.headers())
    now += 10_000
    expect(await sent(authorization)).toBe('Bearer t2')
  })
})
