import { describe, expect, it } from 'vitest'
import { clustersHealth } from '../health/clustersHealth.ts'
import { appDetails, listApps } from './apps.ts'
import { serviceDetails } from './serviceDetails.ts'
import { listServices } from './services.ts'
import {
  call,
  deployment,
  everything,
  istio,
  namespace,
  onlySees,
  pod,
  service,
  type TestObject,
  testMesh,
} from './testing.ts'
import { workloadDetails } from './workloadDetails.ts'
import { listWorkloads } from './workloads.ts'

const at = { cluster: 'east', namespace: 'shop' }
const list = { cluster: 'east', health: true, istioResources: true }
const full = { ...list, onlyDefinitions: false }
const details = { health: true, istioResources: true, validate: false }

const virtualService = istio('VirtualService', 'shop', 'cart', {
  gateways: ['shop/front'],
  http: [{ route: [{ destination: { host: 'cart' } }] }],
})
const gateway = istio('Gateway', 'shop', 'front', { selector: { istio: 'ingressgateway' } })
const entry = istio('ServiceEntry', 'shop', 'partner', { hosts: ['api.example.com'], ports: [] })

describe('the list of services', () => {
  const mesh = testMesh({
    east: [
      service('shop', 'cart'),
      service('pay', 'cards'),
      virtualService,
      gateway,
      entry,
      pod('shop', 'cart-1', { app: 'cart' }, { sidecar: false }),
    ],
  })

  it('holds Kubernetes services and hosts of ServiceEntries', () => {
    expect(
      listServices(mesh, everything, full).services.map(({ name, serviceRegistry }) => [name, serviceRegistry]),
    ).toEqual([
      ['cards', 'Kubernetes'],
      ['cart', 'Kubernetes'],
      ['api.example.com', 'External'],
    ])
  })

  it('names what speaks of a service', () => {
    const { services } = listServices(mesh, everything, { ...full, namespaces: ['shop'] })
    expect(services[0]?.istioReferences?.map(({ objectGVK, name }) => `${objectGVK.Kind}/${name}`)).toEqual([
      'VirtualService/cart',
      'Gateway/front',
    ])
  })

  it('looks at pods only when asked to', () => {
    const sidecar = (onlyDefinitions: boolean) =>
      listServices(mesh, everything, { ...full, namespaces: ['shop'], onlyDefinitions }).services[0]?.istioSidecar
    expect([sidecar(true), sidecar(false)]).toEqual([true, false])
  })

  it.each([
    ['an unknown cluster', { ...full, cluster: 'mars' }],
    ['an unknown namespace', { ...full, namespaces: ['nosuch'] }],
  ])('is empty for %s', (_what, query) => {
    expect(listServices(mesh, everything, query).services).toEqual([])
  })

  it('leaves out what the viewer may not see, also in references', () => {
    const { services } = listServices(mesh, onlySees('east/pay'), full)
    expect(services.map(({ name }) => name)).toEqual(['cards'])
  })

  it('follows a change', () => {
    const changing = testMesh({ east: [namespace('shop'), service('shop', 'cart')] })
    const before = listServices(changing, everything, full).services.length
    changing.inventory.remove('services', at, 'cart')
    expect([before, listServices(changing, everything, full).services.length]).toEqual([1, 0])
  })
})

describe('the list of workloads', () => {
  it('names the policies that select a workload', () => {
    const policy = istio('AuthorizationPolicy', 'shop', 'deny', { selector: { matchLabels: { app: 'cart' } } })
    const mesh = testMesh({ east: [deployment('shop', 'cart'), deployment('shop', 'web'), policy] })
    const { workloads } = listWorkloads(mesh, everything, list)
    expect(workloads.map(({ istioReferences }) => istioReferences?.length)).toEqual([1, 0])
  })

  it('is the same whether health is asked for or not, but for health', () => {
    const mesh = testMesh({ east: [deployment('shop', 'cart')] })
    const [workload] = listWorkloads(mesh, everything, { ...list, health: false }).workloads
    expect(workload?.health).toEqual({
      requests: { healthAnnotations: {}, inbound: {}, outbound: {} },
      workloadStatus: null,
    })
  })
})

describe('apps', () => {
  const objects: TestObject[] = [
    deployment('shop', 'cart-v1', { labels: { app: 'cart', version: 'v1' } }),
    deployment('shop', 'cart-v2', { labels: { app: 'cart', version: 'v2' } }),
    service('shop', 'cart', { labels: { app: 'cart', team: 'blue' } }),
  ]

  it('join the labels of their workloads and services', () => {
    const { applications } = listApps(testMesh({ east: objects }), everything, list)
    expect(applications.map(({ name, labels }) => [name, labels])).toEqual([
      ['cart', { app: 'cart', version: 'v1,v2', team: 'blue' }],
    ])
  })

  it('name their workloads and services', async () => {
    const app = await appDetails(testMesh({ east: objects }), everything, at, 'cart', details)
    expect(app.workloads.map(({ workloadName }) => workloadName)).toEqual(['cart-v1', 'cart-v2'])
    expect(app.serviceNames).toEqual(['cart'])
  })
})

describe('details', () => {
  const mesh = testMesh(
    {
      east: [
        service('shop', 'cart'),
        deployment('shop', 'cart'),
        pod('shop', 'cart-1', { app: 'cart' }, { owner: { kind: 'Deployment', name: 'cart' } }),
        virtualService,
        entry,
      ],
    },
    [call('east/shop/web', 'east/shop/cart', 4)],
  )

  it('of a service hold its workloads, configuration and health', async () => {
    const document = await serviceDetails(mesh, everything, at, 'cart', details)
    expect(document.workloads?.map(({ name }) => name)).toEqual(['cart'])
    expect(document.virtualServices?.map(({ metadata }) => metadata.name)).toEqual(['cart'])
    expect(document.health.requests.inbound).toEqual({ http: { 200: 4 } })
  })

  it('of an external host are of type External', async () => {
    const document = await serviceDetails(mesh, everything, at, 'api.example.com', details)
    expect(document.service).toMatchObject({ type: 'External', createdAt: '' })
    expect(document.serviceEntries?.map(({ metadata }) => metadata.name)).toEqual(['partner'])
  })

  it('of a workload hold its pods with the containers told apart', async () => {
    const document = await workloadDetails(mesh, everything, at, 'cart', details)
    expect(document.pods.map(({ name, containers }) => [name, containers?.map((each) => each.name)])).toEqual([
      ['cart-1', ['app']],
    ])
    expect(document.services?.map(({ name }) => name)).toEqual(['cart'])
  })

  it.each([
    ['apps/v1, Kind=StatefulSet', false],
    ['apps/v1, Kind=Deployment', true],
    ['bogus', true],
  ])('of a workload with gvk %s: found %s', async (gvk, found) => {
    const answer = workloadDetails(mesh, everything, at, 'cart', { ...details, gvk })
    await expect(
      answer.then(
        () => true,
        () => false,
      ),
    ).resolves.toBe(found)
  })

  it('do not tell what is absent from what may not be seen', async () => {
    const asked = (name: string, scope = everything) =>
      serviceDetails(mesh, scope, { cluster: 'east', namespace: name }, 'cart', details).catch((error) =>
        String(error).replaceAll(name, '?'),
      )
    expect(await asked('shop', onlySees('east/pay'))).toBe(await asked('nosuch'))
  })
})

describe("a cluster's health", () => {
  const mesh = testMesh(
    { east: [service('shop', 'cart'), deployment('shop', 'cart', { ready: 0 }), namespace('pay')] },
    [call('east/shop/web', 'east/shop/cart', 4)],
  )

  it('sorts names by status', () => {
    const { namespaceHealth } = clustersHealth(mesh, everything, { cluster: 'east' })
    expect(namespaceHealth?.shop).toMatchObject({
      statusService: { inSuccess: ['cart'] },
      statusWorkload: { inError: ['cart'] },
      worstStatus: 'Failure',
    })
  })

  it('holds only the type that was asked for', () => {
    const answer = clustersHealth(mesh, everything, { cluster: 'east', type: 'service' })
    expect(Object.keys(answer).sort()).toEqual(['namespaceHealth', 'namespaceServiceHealth'])
  })

  it('says the same of a namespace that may not be seen and of one that does not exist', () => {
    const health = (name: string) =>
      clustersHealth(mesh, onlySees('east/pay'), { cluster: 'east', namespaces: [name] }).namespaceHealth?.[name]
    expect(health('shop')).toEqual(health('nosuch'))
  })
})
