/**
 * Every route of the table, before a cluster that writes down what it is asked for: who may change something, what does
 * change something, and what the metrics hold. A route that is added is walked without being named here.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadConfig } from '../../config/load.ts'
import { type RunningServer, startServer } from '../../main.ts'
import type { Route } from '../route.ts'
import { routeTable } from '../testing/routeTable.ts'

const routes = routeTable()
const changing = routes.filter(({ method }) => method !== 'GET')
const endless = ['/api/multicluster/events']

/** Variables filled with names that stand in the cluster. */
const urlOf = ({ path }: Route): string =>
  path.replace(/:([a-zA-Z]+)/g, (_all, name: string) => (name === 'cluster' ? 'east' : 'shop'))

let upstream: Server
let folder = ''
/** `METHOD path` of everything that the cluster and Prometheus were asked for. */
const asked: string[] = []
let server: RunningServer
let viewOnly: RunningServer

const portOf = (listening: Server): number => {
  const address: AddressInfo | string | null = listening.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function start(text: string): Promise<RunningServer> {
  const upstreamUrl = `http://127.0.0.1:${portOf(upstream)}`
  const { config } = loadConfig({
    file: { name: 'walk.yaml', text },
    flags: { port: 0, kubeconfigs: [join(folder, 'kubeconfig')], contexts: ['*'], prometheusUrl: upstreamUrl },
  })
  return startServer(config)
}

beforeAll(async () => {
  upstream = createServer(({ method, url }, response) => {
    asked.push(`${method} ${url?.split('?')[0]}`)
    const list = { kind: 'List', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items: [] }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(list))
  })
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  folder = await mkdtemp(join(tmpdir(), 'binocle-walk-'))
  await writeFile(
    join(folder, 'kubeconfig'),
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'east', cluster: { server: `http://127.0.0.1:${portOf(upstream)}` } }],
      contexts: [{ name: 'east', context: { cluster: 'east', user: 'nobody' } }],
      users: [{ name: 'nobody', user: {} }],
    }),
  )
  // Where nobody logs in, nobody changes anything unless that is wanted.
  server = await start('auth: {strategy: anonymous, anonymous: {allow_writes: true}}')
  viewOnly = await start('deployment: {view_only_mode: true}')
})
afterAll(async () => {
  await Promise.all([server.close(), viewOnly.close()])
  upstream.closeAllConnections()
  upstream.close()
  await rm(folder, { recursive: true })
})

const ask = (to: RunningServer, method: string, path: string, headers: Record<string, string> = {}, body?: string) =>
  fetch(new URL(path.slice(1), to.url), {
    method,
    headers,
    redirect: 'manual',
    ...(body === undefined ? {} : { body }),
  })

const raw = (port: number, method: string, path: string): Promise<{ readonly status: number }> =>
  new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, method, path }, (answer) => {
      answer.resume()
      resolve({ status: answer.statusCode ?? 0 })
    })
      .on('error', reject)
      .end()
  })

const form = { 'content-type': 'application/x-www-form-urlencoded' }

describe('routes that change something', () => {
  it.each(changing.map((route) => [route.method, route.path, route] as const))(
    'AUTH-167: %s %s is closed to pages of other sites and to bodies that forms can send',
    async (method, path, route) => {
      const url = urlOf(route)
      const status = async (headers: Record<string, string>, body?: string) =>
        (await ask(server, method, url, headers, body)).status
      expect(await status({ 'sec-fetch-site': 'cross-site' })).toBe(403)
      expect(await status({ 'sec-fetch-site': 'same-site' })).toBe(403)
      expect(await status({ origin: 'https://evil.example' })).toBe(403)
      expect(await status({ origin: 'null' })).toBe(403)
      expect(await status({ 'content-type': 'text/plain' }, 'a=b')).toBe(415)
      if (path !== '/api/authenticate') expect(await status(form, 'a=b')).toBe(415)
      expect(await status({ 'sec-fetch-site': 'same-origin' })).not.toBe(403)
    },
  )

  it.each(changing.map((route) => [route.method, route.path, route] as const))(
    'AUTH-T71: %s %s is refused in view-only mode, unless it changes nothing of the mesh',
    async (method, path, route) => {
      const asks = path === '/api/stats/metrics'
      const isFree =
        asks || ['/api/authenticate', '/api/logout', '/api/multicluster/clusters/:cluster/retry'].includes(path)
      const [headers, body] = asks ? [{ 'content-type': 'application/json' }, '{}'] : []
      const { status } = await ask(viewOnly, method, urlOf(route), headers, body)
      if (isFree) expect(status).toBeLessThan(300)
      else expect(status).toBe(403)
    },
  )
})

describe('reading', () => {
  it('AUTH-170: changes nothing: clusters are asked to read, and what may be done', async () => {
    asked.splice(0)
    const got = routes.filter(({ method, path }) => method === 'GET' && !endless.includes(path))
    for (const route of got) {
      for (const method of ['GET', 'HEAD']) {
        const answer = await ask(server, method, urlOf(route))
        await answer.arrayBuffer()
        expect(answer.status, route.path).not.toBe(500)
      }
    }
    // Reviews are asked by POST and store nothing; Prometheus takes long queries by POST.
    const harmless =
      /^POST \/(apis\/(authorization|authentication)\.k8s\.io\/v1\/[a-z]*reviews|api\/v1\/(query|query_range|series))$/
    const others = asked.filter((line) => !line.startsWith('GET ') && !harmless.test(line))
    expect(others).toEqual([])
    expect(asked.length).toBeGreaterThan(0)
  })
})

describe('names in a path', () => {
  const names = [
    '..',
    '%2e%2e',
    '..%2f..%2fsecrets',
    '%252e%252e%252fsecrets',
    '..%5csecrets',
    '..;',
    'a%00b',
    'a%0d%0ab',
    '%2fapi%2fv1%2fsecrets',
  ]

  it.each(names)('AUTH-178: lead nowhere else: %s', async (name) => {
    asked.splice(0)
    for (const { method, path } of routes.filter((each) => each.path.includes(':'))) {
      const url = path.replace(/:([a-zA-Z]+)/g, name)
      // As it is written: `fetch` would tidy it up first.
      const { status } = await raw(server.port, method, url)
      expect(status, url).toBeLessThan(500)
    }
    expect(asked.filter((line) => /secrets|\.\.|%2e|%5c|%00|\s.*\s/i.test(line))).toEqual([])
  })
})

describe('the metrics', () => {
  it('AUTH-183: hold no name of a user, a namespace or an object, and no URL', async () => {
    await ask(server, 'GET', '/api/namespaces/secret-namespace/services/secret-service?x=secret-parameter', {
      authorization: 'Bearer secret-token',
      'x-request-id': 'secret-id',
    })
    const text = await (await ask(server, 'GET', '/metrics')).text()
    expect(text).toContain('route="/api/namespaces/:namespace/services/:service"')
    expect(text).not.toContain('secret-')
    const labels = new Set([...text.matchAll(/[{,]([a-z_]+)="/g)].map(([, name]) => name))
    for (const label of ['user', 'namespace', 'session', 'url', 'path', 'client', 'address'])
      expect(labels.has(label)).toBe(false)
  })

  it('AUTH-183: on a port of their own are all that is there', async () => {
    const free = createServer()
    await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve))
    const port = portOf(free)
    await new Promise((resolve) => free.close(resolve))
    const own = await start(`server: {observability: {metrics: {port: ${port}}}}`)
    try {
      expect(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()).toContain('binocle_')
      for (const path of ['', 'api/namespaces', 'metrics/x', 'debug/pprof'])
        expect((await fetch(`http://127.0.0.1:${port}/${path}`)).status).toBe(404)
      expect((await fetch(`http://127.0.0.1:${port}/metrics`, { method: 'POST' })).status).toBe(404)
      expect((await ask(own, 'GET', '/metrics')).status).toBe(404)
    } finally {
      await own.close()
    }
  })
})
