/**
 * The whole way of a login, with nothing of our own but the console: a real provider, a real API server that verifies its
 * tokens and decides by RBAC. The same holds for the simulated one.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { quietPort } from '@binocle/server/auth/openid/testing'
import { loadConfig } from '@binocle/server/config/load'
import { createKubeApi } from '@binocle/server/kube/api'
import { type RunningServer, startServer } from '@binocle/server/main'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApiServer } from '../kube/apiServer.ts'
import { kubeconfigOf } from '../kube/kubeconfig.ts'
import type { OidcIssuer } from '../kube/oidcTokens.ts'
import { peopleOf, rightsIn } from '../oidc/people.ts'
import { type SimulatedOidc, startOidcProvider } from '../oidc/provider.ts'
import { type Browser, choose, createBrowser, type Page } from '../oidc/testBrowser.ts'
import { startRealKube } from './kube.ts'
import { until } from './until.ts'

interface Server {
  readonly url: string
  readonly caPem: string
  readonly token: string
  close(): Promise<void>
}

const simulated = async (oidc: OidcIssuer): Promise<Server> => {
  const identities = [{ token: 'admin-token', user: 'admin', groups: ['system:masters'] }]
  const server = await startApiServer({ cluster: 'east', oidc, identities, objects: [] })
  return { url: server.url, caPem: server.caPem, token: 'admin-token', close: server.close }
}
const real = async (assets: string, oidc: OidcIssuer): Promise<Server> => {
  const { server, ca, token, close } = await startRealKube(assets, { oidc })
  return { url: server, caPem: ca, token, close }
}

const assets = process.env.KUBEBUILDER_ASSETS
describe('OpenID with a simulated API server', () => suite(simulated))
describe.skipIf(assets === undefined)(
  'OpenID with a real kube-apiserver (skipped unless KUBEBUILDER_ASSETS is set)',
  () => suite((oidc) => real(assets ?? '', oidc)),
)

function suite(start: (oidc: OidcIssuer) => Promise<Server>): void {
  const people = peopleOf(['east'], 'shop')
  let folder = ''
  let oidc: SimulatedOidc
  let kube: Server
  let console: RunningServer
  let url = ''

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'binocle-oidc-'))
    const port = await quietPort()
    url = `http://127.0.0.1:${port}`
    const accounts = [...people, { name: 'stranger', rights: 'none' }]
    oidc = await startOidcProvider({ people: accounts, consoles: [url], clientSecret: 'the/secret of+console' })
    kube = await start(oidc)
    await grant()
    await writeFile(join(folder, 'openid-server-ca.crt'), oidc.caPem)
    await writeFile(join(folder, 'secret'), 'the/secret of+console\n', { mode: 0o600 })
    const kubeconfig = join(folder, 'kubeconfig')
    await writeFile(kubeconfig, kubeconfigOf([{ cluster: 'east', ...kube }], { east: kube.token }), { mode: 0o600 })
    const { config } = loadConfig({
      file: { name: 'test', text: JSON.stringify(settings(port)) },
      flags: { port, kubeconfigs: [kubeconfig], contexts: ['*'], prometheusUrl: 'http://127.0.0.1:1' },
    })
    console = await startServer(config)
    const { clusters, inventory } = console.mesh
    const onChange = (listener: () => void) => {
      const stops = [clusters.onChange(listener), inventory.onChange(listener)]
      return () => stops.forEach((stop) => void stop())
    }
    await until(onChange, () => inventory.state('namespaces', 'east').state === 'live')
  })
  afterAll(async () => {
    await console?.close()
    await kube?.close()
    await oidc?.close()
    await rm(folder, { recursive: true })
  })

  const settings = (port: number) => ({
    auth: {
      strategy: 'openid',
      openid: { issuer_uri: oidc.issuer, client_id: oidc.clientId, client_secret_file: join(folder, 'secret') },
    },
    credentials: { ca_directory: folder, directories: [folder] },
    login_token: { signing_key: 'q7Zr1nXk0Vb3LmT9sWc5YdEf8GhJ2PaU' },
    server: { web_fqdn: '127.0.0.1', web_port: port, web_schema: 'http' },
  })

  async function grant(): Promise<void> {
    const admin = createKubeApi({
      cluster: 'east',
      server: kube.url,
      tls: { ca: kube.caPem, insecureSkipVerify: false },
      credential: { kind: 'token', token: kube.token },
    })
    for (const name of ['shop', 'bank'])
      await admin.request('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
    for (const object of rightsIn('east', people)) {
      const { namespace } = object.metadata
      const place = namespace === undefined ? '' : `/namespaces/${namespace}`
      const plural = `${object.kind.toLowerCase()}s`
      await admin.request('POST', `/apis/rbac.authorization.k8s.io/v1${place}/${plural}`, object)
    }
    await admin.close()
  }

  async function logIn(browser: Browser, account: string): Promise<Page> {
    const page = await browser.follow(`${url}/api/auth/openid_redirect`)
    return await browser.open(await choose(browser, page, account, url))
  }

  it.each([
    ['everywhere', ['bank', 'shop']],
    ['east-only', ['bank', 'shop']],
    ['east-shop', ['shop']],
  ])('%s logs in and sees %j', async (account, expected) => {
    const browser = createBrowser([oidc.caPem])
    expect((await logIn(browser, account)).location).toBe('/')
    const listed: unknown = JSON.parse((await browser.open(`${url}/api/namespaces`)).body)
    const names = Array.isArray(listed) ? listed.map(({ name }) => String(name)) : []
    expect(names.filter((name) => ['bank', 'shop'].includes(name)).sort()).toEqual(expected)
    if (account === 'east-shop') expect(names).toEqual(['shop'])
  })

  it('lets nobody in who may see nothing', async () => {
    expect((await logIn(createBrowser([oidc.caPem]), 'stranger')).location).toBe('/?openid_error=forbidden')
  })
}
