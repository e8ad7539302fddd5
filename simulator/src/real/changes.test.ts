/**
 * Changes, from the console's API to what a cluster keeps: as a person with few rights, before a simulated and before a real
 * API server that knows the definitions of Istio and the Gateway API. Both answer alike.
 */
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, browserOf, signingKey } from '@binocle/server/auth/testing'
import { loadConfig } from '@binocle/server/config/load'
import { createKubeApi, type KubeApi } from '@binocle/server/kube/api'
import { type RunningServer, startServer } from '@binocle/server/main'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { type Fields, isFields, textAt } from '../kube/json.ts'
import { kubeconfigOf } from '../kube/kubeconfig.ts'
import { type Bed, realBed, simulatedBed } from './beds.ts'
import { denial, startWebhook } from './webhook.ts'

const assets = process.env.KUBEBUILDER_ASSETS
const definitions = '../shared/crds'
const isReal = assets !== undefined && existsSync(definitions)
describe('before a simulated API server', () => suite(simulatedBed))
describe.skipIf(!isReal)(
  `before a real kube-apiserver (skipped unless KUBEBUILDER_ASSETS is set and there is ${definitions})`,
  () => suite(() => realBed(assets ?? ''), true),
)

const defined = [
  'virtualservices.networking.istio.io',
  'destinationrules.networking.istio.io',
  'httproutes.gateway.networking.k8s.io',
] as const
const rbac = 'rbac.authorization.k8s.io'

/** `hasWebhooks`: it asks others before it keeps an object. */
function suite(start: () => Promise<Bed>, hasWebhooks = false): void {
  let bed: Bed
  let folder: string
  let server: RunningServer
  let admin: KubeApi
  let browser: Browser
  const audited: string[] = []

  beforeAll(async () => {
    bed = await start()
    folder = await mkdtemp(join(tmpdir(), 'binocle-changes-'))
    const kubeconfig = join(folder, 'kubeconfig')
    const own = kubeconfigOf([{ cluster: 'east', url: bed.url, caPem: bed.caPem }], { east: bed.token })
    await writeFile(kubeconfig, own, { mode: 0o600 })
    admin = createKubeApi({
      cluster: 'east',
      server: bed.url,
      tls: { ca: bed.caPem, insecureSkipVerify: false },
      credential: { kind: 'token', token: bed.token },
    })
    if (bed.definesKinds) await define(admin)
    for (const name of ['shop', 'bank', 'vault']) await admin.request('POST', '/api/v1/namespaces', namespace(name))
    await grant(admin)
    const { config } = loadConfig({
      file: { name: 'changes.yaml', text: `auth: {strategy: token}\nlogin_token: {signing_key: ${signingKey}}\n` },
      flags: { port: 0, kubeconfigs: [kubeconfig], contexts: ['*'], prometheusUrl: 'http://127.0.0.1:1' },
    })
    server = await startServer(config, { auditLine: (line) => audited.push(line) })
    const { inventory } = server.mesh
    const live = () => defined.every((kind) => inventory.state(kind, 'east').state === 'live')
    await vi.waitUntil(() => live() && inventory.get('namespaces', whole, 'vault') !== undefined, { timeout: 60_000 })
    browser = browserOf(server)
    const login = await browser.post('api/authenticate', { token: bed.strangersToken })
    expect([login.status, login.text]).toEqual([200, expect.any(String)])
  }, 120_000)
  afterAll(async () => {
    await server?.close()
    await admin?.close()
    await bed?.close()
    await rm(folder, { recursive: true, force: true })
  }, 30_000)

  async function send(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(new URL(`api/namespaces/${path}`, server.url), {
      method,
      headers: { cookie, 'kiali-ui': 'true', 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    const parsed: unknown = text === '' ? undefined : JSON.parse(text)
    return { status: answer.status, body: parsed }
  }

  const services = 'istio/networking.istio.io/v1/VirtualService'
  const rules = 'istio/networking.istio.io/v1/DestinationRule'
  const routes = 'istio/gateway.networking.k8s.io/v1/HTTPRoute'
  const named = (name: string, spec: unknown) => ({ metadata: { name }, spec })

  it('makes, changes and deletes what the person may, and reads it back at once', async () => {
    const spec = { hosts: ['web'], http: [{ route: [{ destination: { host: 'web' } }] }] }
    const made = await send('POST', `shop/${services}?clusterName=east`, named('web', spec))
    expect(made).toMatchObject({ status: 200, body: { cluster: 'east', resource: { spec } } })
    const patched = await send('PATCH', `shop/${services}/web?clusterName=east`, { spec: { hosts: ['web', 'www'] } })
    expect(patched).toMatchObject({ status: 200, body: { resource: { spec: { ...spec, hosts: ['web', 'www'] } } } })
    expect(await send('GET', `shop/${services}/web?clusterName=east`)).toMatchObject({
      status: 200,
      body: {
        resource: { spec: { ...spec, hosts: ['web', 'www'] } },
        permissions: { create: true, update: true, delete: true },
      },
    })
    expect((await send('DELETE', `shop/${services}/web?clusterName=east`)).status).toBe(200)
    expect((await send('GET', `shop/${services}/web?clusterName=east`)).status).toBe(404)
  })

  it('is told no by the cluster, as itself, where the person only looks', async () => {
    const denied = await send('POST', `bank/${services}?clusterName=east`, named('web', { hosts: ['web'] }))
    expect(denied).toMatchObject({
      status: 403,
      body: {
        code: 'BIN-CHANGE-FORBIDDEN',
        error:
          'virtualservices.networking.istio.io is forbidden: User "stranger" cannot create resource "virtualservices" in API group "networking.istio.io" in the namespace "bank"',
      },
    })
    expect((await send('DELETE', `bank/${services}/web?clusterName=east`)).status).toBe(403)
    expect((await send('PATCH', 'bank?clusterName=east', { metadata: { labels: { a: 'b' } } })).status).toBe(403)
    expect(await admin.get('/api/v1/namespaces/bank')).not.toMatchObject({ metadata: { labels: { a: 'b' } } })
  })

  it('says nothing of a namespace that the person does not see', async () => {
    const hidden = await send('POST', `vault/${services}?clusterName=east`, named('web', { hosts: ['web'] }))
    const absent = await send('POST', `nosuch/${services}?clusterName=east`, named('web', { hosts: ['web'] }))
    expect(hidden.status).toBe(absent.status)
    expect(JSON.stringify(hidden.body)).toBe(JSON.stringify(absent.body).replaceAll('nosuch', 'vault'))
  })

  it('drops what nobody defined, and keeps the rest as it was', async () => {
    await send('POST', `shop/${services}?clusterName=east`, named('kept', { hosts: ['web'] }))
    const path = '/apis/networking.istio.io/v1/namespaces/shop/virtualservices/kept'
    const before = await admin.get(path)
    const answer = await send('PATCH', `shop/${services}/kept?clusterName=east`, { spec: { nosuchfield: 1 } })
    expect(answer).toMatchObject({ status: 200, body: { resource: { spec: { hosts: ['web'] } } } })
    expect(await admin.get(path)).toEqual(before)
  })

  it.each([
    [
      'of another type than defined',
      services,
      { hosts: 5 },
      'spec.hosts: Invalid value: "integer": spec.hosts in body must be of type array: "integer"',
    ],
    ['that lacks a field', rules, { subsets: [] }, 'spec.host: Required value'],
  ])('passes on why the cluster refuses an object %s', async (_what, path, spec, error) => {
    expect(await send('POST', `shop/${path}?clusterName=east`, named('wrong', spec))).toMatchObject({
      status: 422,
      body: { code: 'BIN-CHANGE-REFUSED', error: expect.stringContaining(error) },
    })
  })

  it('shows the defaults that the cluster fills in', async () => {
    const spec = { parentRefs: [{ name: 'public' }], rules: [{ backendRefs: [{ name: 'web', port: 80 }] }] }
    const made = await send('POST', `shop/${routes}?clusterName=east`, named('web', spec))
    expect(made).toMatchObject({
      status: 200,
      body: {
        resource: {
          spec: {
            parentRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'public' }],
            rules: [
              {
                matches: [{ path: { type: 'PathPrefix', value: '/' } }],
                backendRefs: [{ group: '', kind: 'Service', name: 'web', port: 80, weight: 1 }],
              },
            ],
          },
        },
      },
    })
  })

  it('that meets a change of somebody else is a conflict', async () => {
    await send('POST', `shop/${services}?clusterName=east`, named('twice', { hosts: ['web'] }))
    expect(await send('POST', `shop/${services}?clusterName=east`, named('twice', { hosts: ['web'] }))).toMatchObject({
      status: 409,
      body: { code: 'BIN-CHANGE-CONFLICT' },
    })
    const stale = { metadata: { resourceVersion: '1' }, spec: { hosts: ['old'] } }
    expect(await send('PATCH', `shop/${services}/twice?clusterName=east`, stale)).toMatchObject({
      status: 409,
      body: { code: 'BIN-CHANGE-CONFLICT' },
    })
  })

  if (hasWebhooks)
    it('is denied by a webhook in its words, and by one that is down in those of the cluster', async () => {
      const webhook = await startWebhook(admin)
      const denied = named('denied', { hosts: ['web'] })
      expect(await send('POST', `shop/${services}?clusterName=east`, denied)).toMatchObject({
        status: 400,
        body: {
          code: 'BIN-CHANGE-REFUSED',
          error: `admission webhook "rev.validation.istio.io" denied the request: ${denial}`,
        },
      })
      await webhook.close()
      expect(await send('POST', `shop/${services}?clusterName=east`, denied)).toMatchObject({
        status: 422,
        body: {
          code: 'BIN-CHANGE-REFUSED',
          error: expect.stringContaining('failed calling webhook "rev.validation.istio.io"'),
        },
      })
    })

  it('is written down as done by the person', () => {
    const told = audited.map((line): unknown => JSON.parse(line))
    expect(told).toContainEqual(
      expect.objectContaining({ type: 'write', outcome: 'denied', user: 'stranger', status: 403 }),
    )
    expect(told).toContainEqual(
      expect.objectContaining({ type: 'write', outcome: 'success', user: 'stranger', cluster: 'east', verb: 'delete' }),
    )
  })
}

const whole = { cluster: 'east', namespace: '' }
const namespace = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })

/** The stranger sees `shop` and `bank`, and may change objects of Istio and routes in `shop`. */
async function grant(admin: KubeApi): Promise<void> {
  const subjects = [{ kind: 'User', name: 'stranger', apiGroup: rbac }]
  const looks = [{ apiGroups: [''], resources: ['namespaces'], verbs: ['get'] }]
  const groups = ['networking.istio.io', 'security.istio.io', 'gateway.networking.k8s.io']
  const changes = [{ apiGroups: groups, resources: ['*'], verbs: ['create', 'patch', 'delete'] }]
  for (const [place, rules] of [
    ['shop', [...looks, ...changes]],
    ['bank', looks],
  ] as const) {
    const path = `/apis/${rbac}/v1/namespaces/${place}`
    const head = { apiVersion: `${rbac}/v1`, metadata: { name: 'stranger' } }
    await admin.request('POST', `${path}/roles`, { ...head, kind: 'Role', rules })
    const roleRef = { kind: 'Role', name: 'stranger', apiGroup: rbac }
    await admin.request('POST', `${path}/rolebindings`, { ...head, kind: 'RoleBinding', roleRef, subjects })
  }
}

/** Makes a real server serve these kinds, as they are really defined. */
async function define(admin: KubeApi): Promise<void> {
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
  for (const definition of await readDefinitions()) {
    const name = textAt(definition, 'metadata', 'name')
    if (!defined.some((each) => each === name)) continue
    await admin.request('POST', path, definition)
    for (;;) {
      const { conditions } = fieldsOf(fieldsOf(await admin.get(`${path}/${name}`)).status)
      const isServed = (each: unknown): boolean =>
        textAt(each, 'type') === 'Established' && textAt(each, 'status') === 'True'
      if (Array.isArray(conditions) && conditions.some(isServed)) break
    }
  }
}

async function readDefinitions(): Promise<readonly Fields[]> {
  const files = ['istio.yaml', 'gateway-api.yaml'].map((file) => readFile(join(definitions, file), 'utf8'))
  return (await Promise.all(files))
    .flatMap((text) => parseAllDocuments(text).map((document): unknown => document.toJS()))
    .filter(isFields)
}

const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {})
