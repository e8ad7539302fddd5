/** What answers without a login: the routes that lead to one, and nothing else. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadConfig } from '../config/load.ts'
import { routeTable } from '../http/testing/routeTable.ts'
import { type RunningServer, startServer } from '../main.ts'
import { signingKey } from './testing.ts'

const table = routeTable()

/** Enough to start each. */
const minimal = {
  anonymous: 'auth: {strategy: anonymous}',
  token: `auth: {strategy: token}\nlogin_token: {signing_key: ${signingKey}}`,
  header: `auth: {strategy: header, header: {trusted_proxies: [127.0.0.1]}}\nlogin_token: {signing_key: ${signingKey}}`,
  openid: `auth: {strategy: openid, openid: {issuer_uri: "https://id.example.com", client_id: binocle}}
server: {web_fqdn: mesh.example.com, web_schema: https, host_aliases: [127.0.0.1]}
login_token: {signing_key: ${signingKey}}`,
  openshift: `auth: {strategy: openshift}\nlogin_token: {signing_key: ${signingKey}}`,
} as const

let folder = ''
const running = new Map<string, RunningServer>()

async function start(text: string): Promise<RunningServer> {
  const { config } = loadConfig({
    file: { name: 'minimal', text },
    flags: { port: 0, kubeconfigs: [join(folder, 'kubeconfig')], contexts: ['*'], prometheusUrl: 'http://127.0.0.1:1' },
  })
  return startServer(config)
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'binocle-routes-'))
  await writeFile(
    join(folder, 'kubeconfig'),
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'east', cluster: { server: 'https://127.0.0.1:1' } }],
      contexts: [{ name: 'east', context: { cluster: 'east', user: 'nobody' } }],
      users: [{ name: 'nobody', user: { token: 'x' } }],
    }),
  )
  for (const [strategy, text] of Object.entries(minimal)) running.set(strategy, await start(text))
})
afterAll(async () => {
  await Promise.all([...running.values()].map((server) => server.close()))
  await rm(folder, { recursive: true })
})

function ask(strategy: string, method: string, path: string): Promise<Response> {
  const url = running.get(strategy)?.url ?? ''
  const body = method === 'GET' ? {} : { body: '{}' }
  const headers = { 'kiali-ui': 'true', ...(method === 'GET' ? {} : { 'content-type': 'application/json' }) }
  return fetch(new URL(path.slice(1), url), { method, headers, redirect: 'manual', ...body })
}

describe('without a login', () => {
  it('AUTH-19: these routes answer', () => {
    const open = table.filter(({ auth }) => auth !== undefined).map(({ method, path }) => `${method} ${path}`)
    expect(open.sort()).toEqual([
      'GET /api',
      'GET /api/auth/info',
      'GET /api/authenticate',
      'GET /api/logout',
      'GET /healthz',
      'POST /api/authenticate',
      'POST /api/logout',
    ])
  })

  const closed = table.filter(({ auth }) => auth === undefined)

  it.each(['token', 'header', 'openid', 'openshift'])(
    'AUTH-19: every other route is 401 under %s',
    async (strategy) => {
      const answers = await Promise.all(
        closed.map(async ({ method, path }) => {
          const { status } = await ask(strategy, method, path.replace(/:[a-zA-Z]+/g, 'shop'))
          return `${method} ${path} ${status}`
        }),
      )
      expect(answers.filter((answer) => !answer.endsWith(' 401'))).toEqual(
        // There is no such route where people log in.
        answers.filter((answer) => answer.startsWith('GET /metrics ')),
      )
    },
  )

  it.each([
    ['token', '/api/auth/openid_redirect', 404],
    ['token', '/api/auth/redirect', 404],
    ['openshift', '/api/auth/openid_redirect', 404],
    ['openid', '/api/auth/redirect', 404],
    ['openid', '/api/auth/callback', 404],
  ])('AUTH-19: %s has no %s', async (strategy, path, status) => {
    expect((await ask(strategy, 'GET', path)).status).toBe(status)
  })

  it.each([
    ['openid', '/api/auth/openid_redirect'],
    ['openshift', '/api/auth/redirect'],
    ['openshift', '/api/auth/callback'],
  ])('AUTH-19: %s leads to its login by %s', async (strategy, path) => {
    expect([401, 404]).not.toContain((await ask(strategy, 'GET', path)).status)
  })

  it.each(Object.keys(minimal))('AUTH-2: %s starts with little', async (strategy) => {
    expect((await ask(strategy, 'GET', '/healthz')).status).toBe(200)
    expect((await (await ask(strategy, 'GET', '/api/auth/info')).text()).includes(`"strategy":"${strategy}"`)).toBe(
      true,
    )
  })

  it.each([
    ['anonymous', {}],
    ['token', {}],
    ['header', {}],
    ['openid', { authorizationEndpoint: 'https://mesh.example.com/api/auth/openid_redirect' }],
    [
      'openshift',
      {
        authorizationEndpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/api\/auth\/redirect$/),
        // No cluster here has an OAuth server.
        authorizationEndpointPerCluster: {},
      },
    ],
  ])('AUTH-21: %s says how to log in', async (strategy, more) => {
    expect(await (await ask(strategy, 'GET', '/api/auth/info')).json()).toEqual({ strategy, sessionInfo: {}, ...more })
  })

  it.each(['token', 'header', 'openid', 'openshift'])('AUTH-20: /api tells under %s that it runs', async (strategy) => {
    const answer = await ask(strategy, 'GET', '/api')
    expect([answer.status, await answer.json()]).toEqual([200, { status: { 'Kiali state': 'running' } }])
  })

  it('AUTH-20: /api tells nothing where that is configured', async () => {
    const server = await start(`${minimal.token}\nserver: {require_auth: true}`)
    expect((await fetch(new URL('api', server.url))).status).toBe(401)
    await server.close()
  })
})
