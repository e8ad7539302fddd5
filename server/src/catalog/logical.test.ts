import { describe, expect, it } from 'vitest'
import { serviceAcrossClusters } from './acrossClusters.ts'
import { logicalList } from './logical.ts'
import { overview } from './overview.ts'
import { call, controlPlane, deployment, everything, istio, onlySees, pod, service, testMesh } from './testing.ts'

const cartPod = pod('shop', 'cart-1', { app: 'cart' }, { owner: { kind: 'Deployment', name: 'cart' } })
const details = { health: true, istioResources: true, validate: false }
const cart = { namespace: 'shop', name: 'cart' }

describe('the same service in two clusters', () => {
  it('is one row with two members', async () => {
    const mesh = testMesh({ east: [service('shop', 'cart')], west: [service('shop', 'cart')] })
    const { objects } = await logicalList(mesh, everything, 'service')
    expect(objects).toMatchObject([
      { namespace: 'shop', name: 'cart', differs: [], members: [{ cluster: 'east' }, { cluster: 'west' }] },
    ])
  })

  it('is two rows when the mesh keeps it local', async () => {
    const mesh = 'serviceSettings:\n- settings: {clusterLocal: true}\n  hosts: ["cart.shop.svc.cluster.local"]\n'
    const { objects } = await logicalList(
      testMesh({
        east: [...controlPlane('east', { mesh }), service('shop', 'cart')],
        west: [...controlPlane('west', { mesh }), service('shop', 'cart')],
      }),
      everything,
      'service',
      { namespaces: ['shop'] },
    )
    const apart = { reason: 'cluster-local', decidedBy: 'cart.shop.svc.cluster.local' }
    expect(objects).toMatchObject([
      { name: 'cart', members: [{ cluster: 'east' }], apart },
      { name: 'cart', members: [{ cluster: 'west' }], apart },
    ])
  })

  it('differs in exactly what was made different', async () => {
    const mesh = testMesh({
      east: [
        ...controlPlane('east'),
        service('shop', 'cart', { labels: { app: 'cart', team: 'blue' } }),
        istio('VirtualService', 'shop', 'cart', {
          hosts: ['cart'],
          http: [{ route: [{ destination: { host: 'cart' } }] }],
        }),
      ],
      west: [
        ...controlPlane('west'),
        service('shop', 'cart', {
          labels: { app: 'cart', team: 'green' },
          ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
        }),
      ],
    })
    const document = await serviceAcrossClusters(mesh, everything, cart, details)
    expect(document.differences.map(({ attribute }) => attribute)).toEqual([
      'config.VirtualService.cart',
      'labels.team',
      'ports',
    ])
    expect(document.differences[2]?.values).toEqual({ east: 'http 80/TCP', west: 'http 8080/TCP' })
  })

  it('does not differ by Istio objects that a remote cluster has or lacks', async () => {
    const mesh = testMesh({
      east: [
        ...controlPlane('east'),
        service('shop', 'cart'),
        istio('DestinationRule', 'shop', 'cart', { host: 'cart' }),
      ],
      south: [service('shop', 'cart')],
    })
    expect((await serviceAcrossClusters(mesh, everything, cart, details)).differences).toEqual([])
  })
})

describe('workloads', () => {
  it('of different kinds are not one object', async () => {
    const stateful = { ...deployment('shop', 'cart'), kind: 'StatefulSet' }
    const mesh = testMesh({ east: [deployment('shop', 'cart')], west: [stateful] })
    const { objects } = await logicalList(mesh, everything, 'workload')
    expect(objects.map(({ apart }) => apart)).toEqual([
      { reason: 'kind', decidedBy: 'Deployment' },
      { reason: 'kind', decidedBy: 'StatefulSet' },
    ])
  })

  it('differ in image, replicas and version', async () => {
    const mesh = testMesh({
      east: [deployment('shop', 'cart', { labels: { app: 'cart', version: 'v1' } })],
      west: [deployment('shop', 'cart', { labels: { app: 'cart', version: 'v2' }, image: 'cart:2', replicas: 3 })],
    })
    const { objects } = await logicalList(mesh, everything, 'workload')
    expect(objects[0]?.differs).toEqual(['image', 'replicas', 'versions'])
  })
})

describe('a document across clusters', () => {
  const rows = [call('east/shop/web', 'west/shop/cart', 3), call('west/shop/web', 'west/shop/cart', 1, { code: '503' })]
  const clusters = { east: [service('shop', 'web')], west: [service('shop', 'cart'), deployment('shop', 'cart')] }

  it("is Kiali's document of the first cluster that has the object, and one for each", async () => {
    const document = await serviceAcrossClusters(testMesh(clusters, rows), everything, cart, details)
    expect(document.service.cluster).toBe('west')
    expect(Object.keys(document.clusters)).toEqual(['west'])
  })

  it('tells who calls from where', async () => {
    const document = await serviceAcrossClusters(testMesh(clusters, rows), everything, cart, details)
    expect(document.traffic).toEqual([
      { source: 'east', destination: 'west', rps: 3, errorPercent: 0 },
      { source: 'west', destination: 'west', rps: 1, errorPercent: 100 },
    ])
  })

  it('holds nothing of a cluster that the viewer may not see', async () => {
    const mesh = testMesh({ ...clusters, east: [service('shop', 'cart')] }, rows)
    const scope = onlySees('east')
    const answers = [
      await serviceAcrossClusters(mesh, scope, cart, details),
      await logicalList(mesh, scope, 'service'),
      await overview(mesh, scope),
    ]
    expect(JSON.stringify(answers)).not.toContain('west')
  })

  it('does not exist when no cluster that may be seen has it', async () => {
    await expect(serviceAcrossClusters(testMesh(clusters), onlySees('east'), cart, details)).rejects.toMatchObject({
      code: 'BIN-NOT-FOUND',
    })
  })
})

describe('an unreachable cluster', () => {
  const mesh = testMesh(
    { east: [service('shop', 'cart')], west: [service('shop', 'cart'), deployment('shop', 'cart', { ready: 0 })] },
    [],
    { west: 'unreachable' },
  )

  it('is named, and its members are marked with what they last were', async () => {
    const { objects, unreachable } = await logicalList(mesh, everything, 'service')
    expect(unreachable).toMatchObject([{ code: 'BIN-CLUSTER-UNREACHABLE', cluster: 'west' }])
    expect(objects[0]?.members.map(({ stale }) => stale)).toEqual([undefined, true])
    expect(objects[0]?.unknownMembers).toBe(1)
  })

  it('is one problem, whatever its objects last were', async () => {
    const { problems } = await overview(mesh, everything)
    expect(problems.map(({ text }) => text)).toEqual(['west is unreachable: west does not answer.'])
  })
})

describe('what is wrong now', () => {
  it('is said in words, worst first, with a link to the evidence', async () => {
    const mesh = testMesh({ east: [service('shop', 'cart'), deployment('shop', 'web', { replicas: 2, ready: 0 })] }, [
      call('east/shop/web', 'east/shop/cart', 97),
      call('east/shop/web', 'east/shop/cart', 3, { code: '500' }),
    ])
    const { problems, counts } = await overview(mesh, everything)
    expect(problems.map(({ severity, text, href }) => [severity, text, href])).toEqual([
      ['Failure', 'web in shop has 0 of 2 pods ready in east', '/namespaces/shop/workloads/web?clusterName=east'],
      [
        'Degraded',
        'cart in shop fails 3.0 % of its requests in east',
        '/namespaces/shop/services/cart?clusterName=east',
      ],
    ])
    expect(counts.workloads).toEqual({ objects: 1, instances: 1, byHealth: { Failure: 1 } })
  })

  it('is nothing when all is well', async () => {
    const mesh = testMesh({ east: [service('shop', 'cart'), deployment('shop', 'cart'), cartPod] }, [
      call('east/shop/web', 'east/shop/cart', 5),
    ])
    expect((await overview(mesh, everything)).problems).toEqual([])
  })
})
