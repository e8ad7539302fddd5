/**
 * Changes through the whole console, over the network: in the one cluster that is named, read back at once, refused in
 * the words of Kubernetes, and written down.
 */
import { loadConfig } from '@binocle/server/config/load'
import { type RunningServer, startServer } from '@binocle/server/main'
import { modelNamed } from '@binocle/simulator/models/models'
import { type SimulatedMesh, startMesh } from '@binocle/simulator/start'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

let mesh: SimulatedMesh
let server: RunningServer
const lines: string[] = []

beforeAll(async () => {
  const model = modelNamed('three')
  if (!model) throw new Error('there is no model of three clusters')
  mesh = await startMesh({ scenario: { ...model.scenario, breath: 0 }, living: false })
  const { config } = loadConfig({
    file: { name: 'changes.yaml', text: 'auth: {strategy: anonymous, anonymous: {allow_writes: true}}' },
    flags: { port: 0, kubeconfigs: [mesh.kubeconfigFile], contexts: ['*'], prometheusUrl: mesh.prometheus.url },
  })
  server = await startServer(config, { auditLine: (line) => lines.push(line) })
  const reached = () => server.mesh.clusters.list().every(({ state }) => state === 'reachable')
  await vi.waitUntil(reached, { timeout: 30_000 })
})
afterAll(async () => {
  await server?.close()
  await mesh?.close()
})

async function ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${server.url}${path}`, {
    method,
    ...(body === undefined
      ? {}
      : {
          body: typeof body === 'string' ? body : JSON.stringify(body),
          headers: { 'content-type': 'application/json' },
        }),
  })
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) }
}

const type = 'networking.istio.io/v1/VirtualService'
const made = 'api/namespaces/front/istio/networking.istio.io/v1/VirtualService/made-here'
const collection = `api/namespaces/front/istio/${type}`
const object = {
  metadata: { name: 'made-here', namespace: 'front' },
  spec: { hosts: ['catalog'], http: [{ route: [{ destination: { host: 'catalog' } }] }] },
}

describe('an object of Istio', () => {
  it('is made, read back, changed and deleted in the cluster that is named, and in no other', async () => {
    const made1 = await ask('POST', `${collection}?clusterName=west`, object)
    expect(made1).toMatchObject({
      status: 200,
      body: { cluster: 'west', resource: { metadata: { name: 'made-here' } }, permissions: { create: false } },
    })
    expect(await ask('GET', `${made}?clusterName=west`)).toMatchObject({
      status: 200,
      body: { resource: { spec: object.spec }, permissions: { create: true, update: true, delete: true } },
    })
    for (const other of ['east', 'south'])
      expect(await ask('GET', `${made}?clusterName=${other}`)).toMatchObject({ status: 404 })

    const patch = { metadata: { annotations: { note: 'patched' } }, spec: { hosts: ['web'] } }
    expect(await ask('PATCH', `${made}?clusterName=west`, patch)).toMatchObject({ status: 200 })
    expect(await ask('GET', `${made}?clusterName=west`)).toMatchObject({
      body: { resource: { metadata: { annotations: { note: 'patched' } }, spec: { ...object.spec, hosts: ['web'] } } },
    })

    expect(await ask('DELETE', `${made}?clusterName=west`)).toEqual({ status: 200, body: undefined })
    expect(await ask('GET', `${made}?clusterName=west`)).toMatchObject({ status: 404 })
  })

  it('that is there already is a conflict; that is gone already is gone', async () => {
    await ask('POST', `${collection}?clusterName=east`, object)
    expect(await ask('POST', `${collection}?clusterName=east`, object)).toMatchObject({
      status: 409,
      body: { code: 'BIN-CHANGE-CONFLICT', error: expect.stringContaining('already exists') },
    })
    for (const _ of ['there', 'gone'])
      expect(await ask('DELETE', `${made}?clusterName=east`)).toMatchObject({ status: 200 })
    expect(await ask('PATCH', `${made}?clusterName=east`, {})).toMatchObject({
      status: 404,
      body: { code: 'BIN-NOT-FOUND' },
    })
  })

  it('that names no cluster is of home, as Kiali’s clients mean it', async () => {
    const name = 'at-home'
    await ask('POST', collection, { ...object, metadata: { name } })
    const home = mesh.clusters.keys().next().value ?? ''
    for (const cluster of mesh.clusters.keys())
      expect(await ask('GET', `${collection}/${name}?clusterName=${cluster}`)).toMatchObject({
        status: cluster === home ? 200 : 404,
      })
  })

  it('that the cluster refuses as wrong is told why', async () => {
    const wrong = { ...object, metadata: { name: 'wrong' }, spec: { hosts: 5 } }
    expect(await ask('POST', `${collection}?clusterName=west`, wrong)).toMatchObject({
      status: 422,
      body: { code: 'BIN-CHANGE-REFUSED', error: expect.stringContaining('spec.hosts in body must be of type array') },
    })
  })

  it.each([
    ['of a kind that is not managed', 'api/namespaces/front/istio//v1/Secret', object, 400],
    ['of a kind of another group', 'api/namespaces/front/istio/rbac.authorization.k8s.io/v1/Role', object, 400],
    ['in a namespace that does not exist', `api/namespaces/nosuch/istio/${type}`, object, 404],
    ['in a cluster that does not exist', `${collection}?clusterName=nosuch`, object, 400],
    ['with a body that is none', collection, 'not json', 400],
    ['with a body that would change all objects', collection, '{"__proto__":{"name":"x"},"spec":{}}', 400],
    ['with a body that no stack holds', collection, `{"spec":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 400],
    ['with a body that no API server takes', collection, `{"spec":"${'x'.repeat(3 * 1024 * 1024)}"}`, 413],
  ])('AUTH-152: %s is refused before anything is sent', async (_what, path, body, status) => {
    expect(await ask('POST', path, body)).toMatchObject({ status })
  })
})

describe('labels and annotations', () => {
  it('of a namespace change in one cluster', async () => {
    const labels = { 'istio-injection': 'disabled', touched: 'yes' }
    const path = 'api/namespaces/front'
    expect(await ask('PATCH', `${path}?clusterName=south`, { metadata: { labels } })).toMatchObject({
      status: 200,
      body: { name: 'front', cluster: 'south', labels },
    })
    expect(await ask('GET', `${path}/info?clusterName=east`)).not.toMatchObject({
      body: { labels: { touched: 'yes' } },
    })
  })

  it.each([
    ['services', 'catalog', 'clusterName=east', ['service', 'annotations']],
    ['workloads', 'catalog-v1', 'clusterName=east&gvk=apps/v1,%20Kind=Deployment', ['annotations']],
  ])('of one of the %s change, and the answer has them', async (kind, name, query, at) => {
    const body = { metadata: { annotations: { 'example.com/note': 'seen' } } }
    const answer = await ask('PATCH', `api/namespaces/front/${kind}/${name}?${query}`, body)
    expect(answer.status).toBe(200)
    expect(answer.body).toHaveProperty([...at, 'example.com/note'], 'seen')
  })
})

describe('what is written down of changes', () => {
  it('names who, what and where, and how it ended, and nothing of the body', async () => {
    lines.splice(0)
    await ask('POST', `${collection}?clusterName=west`, object)
    await ask('POST', `${collection}?clusterName=west`, object)
    const told = lines.map((line) => JSON.parse(line))
    expect(told).toMatchObject([
      {
        type: 'write',
        outcome: 'success',
        verb: 'create',
        cluster: 'west',
        namespace: 'front',
        gvk: 'networking.istio.io/v1, Kind=VirtualService',
        name: 'made-here',
        status: 200,
        user: 'anonymous',
        bodyBytes: JSON.stringify(object).length,
      },
      { outcome: 'failure', name: 'made-here', status: 409, reason: 'BIN-CHANGE-CONFLICT' },
    ])
    expect(lines.join()).not.toContain('catalog')
  })
})

describe('a change of what cannot be found', () => {
  it.each([
    [`api/namespaces/nosuch/istio/${type}?clusterName=west`, 'west', 'nosuch', 'BIN-NOT-FOUND'],
    [`${collection}?clusterName=nosuch`, 'nosuch', 'front', 'BIN-QUERY-CLUSTER'],
    ['api/namespaces/front/istio//v1/Secret?clusterName=west', 'west', 'front', 'BIN-QUERY-TYPE'],
  ])('is written down too: %s', async (path, cluster, namespace, reason) => {
    lines.splice(0)
    await ask('POST', path, object)
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { type: 'write', outcome: 'failure', verb: 'create', cluster, namespace, reason },
    ])
  })
})

describe('a cluster that does not answer', () => {
  it('is told by its code, nothing is changed elsewhere, and others go on', async () => {
    const south = mesh.clusters.get('south')
    await south?.faults.set({ connection: 'down' })
    const name = 'not-there'
    const path = `${collection}/${name}`
    const refused = await ask('POST', `${collection}?clusterName=south`, { ...object, metadata: { name } })
    expect(refused).toMatchObject({ status: 503, body: { code: 'BIN-CLUSTER-UNREACHABLE' } })
    expect(await ask('GET', `${path}?clusterName=west`)).toMatchObject({ status: 404 })
    expect(await ask('DELETE', `${path}?clusterName=west`)).toMatchObject({ status: 200 })
    await south?.faults.heal()
  })
})
