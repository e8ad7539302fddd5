import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { loadConfig } from './config/load.ts'
import { BinocleError } from './errors.ts'
import type { Log } from './kube/surroundings.ts'
import { type RunningServer, startServer } from './main.ts'

/** Accepts connections and never says a word: what a frozen API server looks like. */
let silent: Server
let folder = ''
const running: RunningServer[] = []

const portOf = (server: Server): number => {
  const address: AddressInfo | string | null = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

beforeAll(async () => {
  silent = createServer(() => {})
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  folder = await mkdtemp(join(tmpdir(), 'binocle-main-'))
  const cluster = (name: string, server: string) => `- {name: ${name}, cluster: {server: "${server}"}}`
  const context = (name: string) => `- {name: ${name}, context: {cluster: ${name}, user: nobody}}`
  await writeFile(
    join(folder, 'kubeconfig'),
    `apiVersion: v1
kind: Config
clusters:
${cluster('silent', `http://127.0.0.1:${portOf(silent)}`)}
${cluster('refusing', 'http://127.0.0.1:1')}
contexts:
${context('silent')}
${context('refusing')}
users:
- {name: nobody, user: {}}
`,
  )
})

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()))
})
afterAll(async () => {
  silent.close()
  await rm(folder, { recursive: true })
})

async function start(port = 0, log: Log = () => {}): Promise<RunningServer> {
  const { config } = loadConfig({
    flags: { port, kubeconfigs: [join(folder, 'kubeconfig')], contexts: ['*'], prometheusUrl: 'http://127.0.0.1:1' },
  })
  const server = await startServer(config, { log })
  running.push(server)
  return server
}

const get = (server: RunningServer, path: string) => fetch(new URL(path, server.url))

describe('a console whose clusters and Prometheus are all dead', () => {
  it.each([
    'healthz',
    'api/status',
    'api/config',
    'api/config/disabled',
    'api/auth/info',
    'api/namespaces',
    'api/clusters/services',
    'api/clusters/workloads?clusterName=refusing',
    'api/clusters/apps',
    'api/clusters/health',
    'api/multicluster/clusters',
    'api/multicluster/services',
    'api/multicluster/namespaces',
    'api/multicluster/overview',
    'api/multicluster/graph',
    'metrics',
  ])('answers %s', async (path) => {
    expect((await get(await start(), path)).status).toBe(200)
  })

  it.each([
    ['api/namespaces/shop/services/web', 404],
    ['api/namespaces/shop/services/web?clusterName=refusing', 404],
    ['api/namespaces/graph?namespaces=shop', 403],
    ['api/namespaces/shop/info', 404],
  ])('says of %s that it is not known, never that the console failed', async (path, status) => {
    expect((await get(await start(), path)).status).toBe(status)
  })

  it('names the clusters that lists lack', async () => {
    const server = await start()
    expect((await get(server, 'api/namespaces')).headers.get('x-binocle-unreachable')).toMatch(/refusing/)
  })
})

describe('starting and stopping', () => {
  it('says which port is taken', async () => {
    const { port } = await start()
    const error: unknown = await start(port).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(error instanceof BinocleError && [error.code, error.message]).toEqual([
      'BIN-PORT-TAKEN',
      `Port ${port} of 127.0.0.1 is taken by another process.`,
    ])
  })

  it('leaves nothing running when it cannot start', async () => {
    const { config } = loadConfig({
      file: { name: 'x', text: 'identity: {cert_file: /no/such.crt, private_key_file: /no/such.key}' },
      flags: {
        port: 0,
        kubeconfigs: [join(folder, 'kubeconfig')],
        contexts: ['*'],
        prometheusUrl: 'http://127.0.0.1:1',
      },
    })
    const told: string[] = []
    const log = (_level: string, message: string, fields: object = {}) =>
      void told.push(`${message} ${JSON.stringify(fields)}`)
    await expect(startServer(config, { log })).rejects.toBeInstanceOf(BinocleError)
    const before = told.length
    // One that does start hears of the same cluster, and later than one that still ran would.
    const heard = new Promise<void>((resolve) => {
      void start(0, (_level, message) => message === 'cluster does not answer' && resolve())
    })
    await heard
    expect(told.slice(before)).toEqual([])
  })

  it('closes event streams that are open', async () => {
    const server = await start()
    const answer = await get(server, 'api/multicluster/events')
    const reader = answer.body?.getReader()
    const first = new TextDecoder().decode((await reader?.read())?.value)
    expect(first).toMatch(/^event: hello\n/)
    await server.close()
    running.pop()
    await expect(reader?.read().then(() => reader.read())).rejects.toThrow()
  })
})
