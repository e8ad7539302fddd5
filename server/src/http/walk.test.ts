/**
 * Walks over the whole table of routes, with the fixture of the threat table: `shop` is in east and in west; u sees it in
 * east alone, v in west alone; whatever lies in a place carries its mark. Titles begin with the number of what they hold.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { anonymousLogin } from '../access/login.ts'
import type { Viewer } from '../access/scope.ts'
import { createRights } from '../istioconfig/rights.ts'
import { ownMetrics } from '../ownMetrics.ts'
import { type Bed, createBed, type Told } from './testing/bed.ts'
import { allowedMarkers, clusterOf, marker, markersIn, namespaceOf } from './testing/markers.ts'
import { oracleOf, withoutEcho } from './testing/properties.ts'
import { all, none, only, type Rights, silent, unseen, viewerWith } from './testing/viewers.ts'
import { type WalkOptions, walk } from './testing/walk.ts'
import { createWorld, type World, type WorldOptions } from './testing/world.ts'

const viewer = (east: Rights, west: Rights): Viewer => viewerWith({ east, north: none, west })
const u = viewer(only('shop', 'vault'), none)
const v = viewer(none, only('shop', 'vault'))
const admin = viewer(all, all)
const [east, west] = [clusterOf('east'), clusterOf('west')]

let world: World
let bed: Bed

beforeAll(async () => {
  world = await createWorld()
  bed = createBed(world)
})

/** What each request of the walk was answered, and marks in it that the viewer may not read. */
async function walked(who: Viewer, options: WalkOptions = {}, over = bed) {
  const answers: { url: string; told: Told; marks: ReadonlySet<string>; leaked: string[] }[] = []
  const allowed = allowedMarkers(who.scope)
  for (const asked of walk(over.routes, options)) {
    const told = await over.ask(who, asked)
    const marks = markersIn(withoutEcho(`${told.headers} ${told.body}`, asked))
    const leaked = [...marks].filter((mark) => !allowed.has(mark))
    answers.push({ url: `${asked.method} ${asked.url}`, told, marks, leaked })
  }
  return answers
}

/** Where nobody logs in, nobody is asked what may be written. */
const askingRights: NonNullable<WorldOptions['config']> = (config) => ({
  ...config,
  auth: { ...config.auth, strategy: 'token' },
})

/** Metrics say that the namespace may not be seen, in Kiali's words. */
const refusalOf = (url: string): number => (/\/namespaces\/.*\/(metrics|usage_metrics|dashboard)/.test(url) ? 403 : 400)

const leaks = (answers: Awaited<ReturnType<typeof walked>>) => answers.filter(({ leaked }) => leaked.length > 0)
const get = (who: Viewer, url: string, over = bed) => over.ask(who, { method: 'GET', url })

describe('a walk over all routes', () => {
  it('reaches each of them: whoever sees all is answered, and told of what he sees', async () => {
    const answered = new Map(bed.routes.map(({ method, path }) => [`${method} ${path}`, false]))
    for (const route of bed.routes)
      for (const asked of walk([route]))
        if ((await bed.ask(admin, asked)).status < 300) answered.set(`${route.method} ${route.path}`, true)
    expect([...answered].filter(([, is]) => !is).map(([route]) => route)).toEqual([])
    const told = new Set((await walked(admin)).flatMap(({ marks }) => [...marks]))
    expect([...allowedMarkers(admin.scope)].filter((mark) => !told.has(mark))).toEqual([])
  })

  it('AUTH-T1: as u with clusterName=west finds no mark of west, and no answer where the route knows one cluster', async () => {
    const answers = await walked(u, { clusterName: west })
    expect(answers.length).toBeGreaterThan(100)
    expect(leaks(answers)).toEqual([])
    const checked = new Set(
      bed.routes.filter(({ parameters }) => parameters?.includes('clusterName')).map(({ path }) => path),
    )
    const asked = walk(
      bed.routes.filter(({ path }) => checked.has(path)),
      { clusterName: west },
    )
    for (const each of asked)
      expect([each.url, (await bed.ask(u, each)).status]).toEqual([each.url, refusalOf(each.url)])
  })

  it('AUTH-T2: as u without clusterName finds marks of east, and none of west', async () => {
    const answers = await walked(u)
    expect(leaks(answers)).toEqual([])
    const marks = new Set(answers.flatMap(({ marks: each }) => [...each]))
    expect([...marks].sort()).toEqual([...allowedMarkers(u.scope)].sort())
  })

  it.each([
    ['AUTH-137: as u', u],
    ['AUTH-138: as v', v],
    ['AUTH-138: as one who sees nothing remote', viewer(all, none)],
    ['AUTH-138: as one who sees nothing at all', unseen],
    ['AUTH-138: as one of whom west says nothing', viewer(all, silent)],
  ] as const)('%s finds no mark of an invisible pair in bodies, headers and streams', async (_title, who) => {
    for (const options of [{}, { clusterName: east }, { clusterName: west }])
      expect(leaks(await walked(who, options))).toEqual([])
  })

  it('AUTH-138: finds nothing of what was taken away while it went on, and all of what is left', async () => {
    const quiet = createBed(await createWorld(), (routes) => routes.filter(({ path }) => !path.endsWith('/events')))
    const [more, less] = [await walked(admin, {}, quiet), await walked(u, {}, quiet)]
    expect(more.some(({ marks }) => marks.has('taintw1x'))).toBe(true)
    expect(leaks(less)).toEqual([])
    const fresh = createBed(await createWorld(), (routes) => routes.filter(({ path }) => !path.endsWith('/events')))
    const told = (answers: typeof less) => answers.map((answer) => answer.told)
    expect(told(less)).toEqual(told(await walked(u, {}, fresh)))
  })

  it('AUTH-66: leaves no graph that one viewer has built to another', async () => {
    const url = '/api/namespaces/graph?namespaces=shop,vault&appenders=health,istio,labeler'
    const cold = async (who: Viewer) => (await get(who, url, createBed(world))).body
    const [asAdmin, asU] = [await cold(admin), await cold(u)]
    expect(asAdmin).not.toBe(asU)
    const shared = createBed(world)
    for (const [who, expected] of [
      [admin, asAdmin],
      [u, asU],
      [admin, asAdmin],
    ] as const)
      expect((await get(who, url, shared)).body).toBe(expected)
  })

  it('AUTH-T74: without a login finds only what is meant for everybody', async () => {
    const open = bed.routes.filter(({ auth }) => auth !== undefined)
    expect(open.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
      'GET /api',
      'GET /api/auth/info',
      'GET /api/authenticate',
      'GET /api/logout',
      'GET /healthz',
      'POST /api/authenticate',
      'POST /api/logout',
    ])
    for (const asked of walk(open)) {
      const { body } = await bed.ask(unseen, asked)
      expect(['', '{"sessionInfo":{},"strategy":"anonymous"}', '{"status":{"Kiali state":"running"}}']).toContain(body)
    }
  })

  it('AUTH-T18: is answered while west, which is known not to answer, answers nothing', async () => {
    const never = new Promise<never>(() => {})
    const sick = await createWorld({ states: { west: 'unreachable' }, config: askingRights })
    const rights = createRights({
      mayDo: ({ cluster }) => (cluster === west ? never : Promise.resolve(true)),
      keyOf: ({ cluster }) => cluster,
      answers: (cluster) => sick.mesh.clusters.get(cluster)?.state === 'reachable',
      nowMs: () => 0,
    })
    const login = anonymousLogin
    // A diagnosis is what tries a cluster all the same: it waits for nothing but itself.
    const over = createBed({ ...sick, mesh: { ...sick.mesh, rights } }, (routes) =>
      routes.filter(({ path }) => !path.endsWith('/diagnosis')),
    )
    for (const who of [u, viewer(all, silent), viewer(all, all)])
      for (const options of [{}, { clusterName: east }, { clusterName: west }]) {
        const answers = await walked({ ...who, login }, options, over)
        expect(answers.filter(({ told }) => told.status >= 500)).toEqual([])
      }
  })
})

describe('queries to Prometheus', () => {
  let ofAdmin: ReadonlySet<string>
  let ofU: ReadonlySet<string>

  beforeAll(async () => {
    const asked = async (who: Viewer) => {
      const fresh = await createWorld()
      await walked(who, {}, createBed(fresh))
      await walked(who, { clusterName: west }, createBed(fresh))
      return new Set(fresh.queries)
    }
    ofAdmin = await asked(admin)
    ofU = await asked(u)
  })

  it.each(['AUTH-145', 'AUTH-T3'])('%s: name no cluster and no namespace, whoever asks: all share one answer', () => {
    expect([...ofU].filter((query) => !ofAdmin.has(query))).toEqual([])
    expect([...ofAdmin].filter((query) => /taint|east|west|shop|vault|istio-system/.test(query))).toEqual([])
  })
})

describe('answers', () => {
  it('AUTH-T5: refer from a verdict only to what the viewer sees', async () => {
    const url = `/api/istio/config?clusterName=${east}&objects=networking.istio.io/v1, Kind=DestinationRule&validate=true`
    const references = async (who: Viewer): Promise<Set<string>> => {
      const { validations } = JSON.parse((await get(who, url)).body)
      return new Set(
        Object.values<Record<string, { references: { namespace: string }[] | null }>>(validations)
          .flatMap((byName) => Object.values(byName))
          .flatMap((verdict) => verdict.references ?? [])
          .map(({ namespace }) => namespace),
      )
    }
    expect([...(await references(admin))].sort()).toEqual(['istio-system', namespaceOf('east', 'own'), 'shop', 'vault'])
    expect([...(await references(u))].sort()).toEqual(['shop', 'vault'])
  })

  it('AUTH-T9: count what the viewer sees, and what he does not see is all that is missing', async () => {
    const counts = async (who: Viewer): Promise<Record<string, number>> => {
      const { counts: found } = JSON.parse((await get(who, '/api/multicluster/overview')).body)
      return { apps: found.apps.instances, services: found.services.instances, workloads: found.workloads.instances }
    }
    const seen = await counts(u)
    const others = await counts(viewer(only('istio-system', 'own'), all))
    const whole = await counts(admin)
    expect(seen.services).toBeGreaterThan(0)
    for (const kind of ['apps', 'services', 'workloads'])
      expect((seen[kind] ?? 0) + (others[kind] ?? 0)).toBe(whole[kind])
  })

  it.each([
    ['a namespace', `/api/namespaces/vault/info?clusterName=${east}`, 'vault'],
    ['a namespace of a graph', '/api/namespaces/graph?namespaces=vault', 'vault'],
    ['a namespace of a list', `/api/clusters/services?clusterName=${east}&namespaces=vault`, 'vault'],
    ['a service across clusters', '/api/namespaces/vault/services/cart', 'vault'],
    ['a cluster', `/api/clusters/services?clusterName=${west}`, west],
    ['a cluster to diagnose', `/api/multicluster/clusters/${west}/diagnosis`, west],
    ['a cluster of a list', `/api/multicluster/services?clusters=${west}`, west],
  ])('AUTH-T10: say the same of %s that is hidden and one that does not exist', async (_what, url, hidden) => {
    expect(await oracleOf(bed, viewer(only('shop'), none), { method: 'GET', url }, hidden)).toBeUndefined()
  })

  it('AUTH-T19: leave as JSON that no browser takes for a page, whatever texts a cluster has', async () => {
    const hostile = await createWorld()
    for (const each of [...hostile.mesh.inventory.all('services', east)])
      hostile.mesh.inventory.put('services', { ...each, annotations: { note: '<script>alert(1)</script>\u2028' } })
    const answers = await walked(u, { clusterName: east }, createBed(hostile))
    const carrying = answers.filter(({ told }) => told.body.includes('<script>'))
    expect(carrying.length).toBeGreaterThan(0)
    for (const { told } of carrying) {
      const headers = new Map<string, string>(JSON.parse(told.headers))
      expect(headers.get('content-type')).toMatch(/^application\/json/)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(() => JSON.parse(told.body)).not.toThrow()
    }
  })

  it('AUTH-T21: show nothing of a place because a series names it', async () => {
    const graph = JSON.parse((await get(u, '/api/namespaces/graph?namespaces=shop&includeIdleEdges=true')).body)
    const clusters = new Set(graph.elements.nodes.map(({ data }: { data: { cluster: string } }) => data.cluster))
    expect([...clusters].sort()).toEqual([east, 'unknown'])
    expect((await get(u, `/api/clusters/services?clusterName=${west}`)).status).toBe(400)
  })

  it('AUTH-T73: hold the object of the cluster that was asked for, never its namesake', async () => {
    for (const [cluster, mark] of [
      [east, 'tainte1x'],
      [west, 'taintw1x'],
    ] as const) {
      for (const path of [
        'services/cart',
        'workloads/cart-v1',
        'apps/cart',
        'istio/networking.istio.io/v1/Gateway/gw',
      ]) {
        const { body } = await get(admin, `/api/namespaces/shop/${path}?clusterName=${cluster}`)
        expect([path, [...markersIn(body)].filter((each) => /[enw]1x/.test(each))]).toEqual([path, [mark]])
        expect(JSON.parse(body).cluster ?? cluster).toBe(cluster)
      }
    }
  })
})

describe('the console’s own metrics', () => {
  it('name clusters, and nothing that lies in them', async () => {
    const metrics = ownMetrics(world.mesh)
    world.stir()
    const text = await metrics.text()
    metrics.close()
    expect([...markersIn(text)].sort()).toEqual(['east', 'north', 'west'].map((cluster) => marker(cluster, 'name')))
  })
})

describe('parameters', () => {
  it.each([
    ['core/v1', 'Secret'],
    ['v1', 'Secret'],
    ['rbac.authorization.k8s.io/v1', 'ClusterRole'],
    ['apps/v1', 'Deployment'],
    ['networking.istio.io/v1', 'Secret'],
    ['networking.istio.io/v1', '__proto__'],
  ])('AUTH-152: %s %s is no type that is read', async (group, kind) => {
    const path = group.includes('/') ? group : `core/${group}`
    const { status, body } = await get(admin, `/api/namespaces/shop/istio/${path}/${kind}/cart?clusterName=${east}`)
    expect([status, JSON.parse(body).code]).toEqual([400, 'BIN-QUERY-TYPE'])
  })

  it('AUTH-T72: no other kinds than those of the table can be named', async () => {
    for (const kind of ['Secret', 'ConfigMap', 'Pod', 'Node', 'GatewayClass', 'Namespace'])
      for (const group of ['networking.istio.io/v1', 'gateway.networking.k8s.io/v1', 'core/v1'])
        expect((await get(admin, `/api/namespaces/shop/istio/${group}/${kind}/istio`)).status).toBe(400)
  })

  it('AUTH-153: without clusterName home is meant, and an unknown one is refused', async () => {
    const acrossClusters = /\/:(app|service|workload)$/
    const routes = bed.routes.filter(
      ({ parameters, path }) => parameters?.includes('clusterName') && !acrossClusters.test(path),
    )
    expect(routes.length).toBeGreaterThan(8)
    const absent = [...walk(routes)]
    const stated = [...walk(routes, { clusterName: east })]
    for (const [index, asked] of absent.entries()) {
      const named = stated[index]
      if (named === undefined) throw new Error('walks differ')
      expect((await bed.ask(admin, asked)).body).toBe((await bed.ask(admin, named)).body)
    }
    for (const asked of walk(routes, { clusterName: 'nowhere' }))
      expect((await bed.ask(admin, asked)).status).toBe(refusalOf(asked.url))
  })

  it('AUTH-154: what is of no namespace is for who sees the control plane', async () => {
    const without = viewer(only('shop', 'vault', 'own'), all)
    const diagnosis = `/api/multicluster/clusters/${east}/diagnosis`
    const retry = { method: 'POST', url: `/api/multicluster/clusters/${east}/retry` } as const
    expect([(await get(without, diagnosis)).status, (await bed.ask(without, retry)).status]).toEqual([403, 403])
    expect([(await get(admin, diagnosis)).status, (await bed.ask(admin, retry)).status]).toEqual([200, 202])
    const diagnosed = async (who: Viewer): Promise<string[]> =>
      JSON.parse((await get(who, '/api/multicluster/diagnostics')).body).clusters.map(
        ({ name }: { name: string }) => name,
      )
    expect(await diagnosed(without)).toEqual([west])
    expect(await diagnosed(admin)).toEqual([east, west])
  })

  it('AUTH-T49: no name from a path reaches a cluster but a namespace that is seen', async () => {
    const asked = new Set<string>()
    const rights: World['mesh']['rights'] = async (_login, { cluster, namespace }) => {
      asked.add(`${cluster}/${namespace}`)
      return { create: false, update: false, delete: false }
    }
    const asking = await createWorld({ config: askingRights })
    const over = createBed({ ...asking, mesh: { ...asking.mesh, rights } })
    for (const name of [
      '..',
      '%2e%2e',
      '..%2f..%2fsecrets',
      '%252e%252e',
      '..;/x',
      'shop%2f..%2fvault',
      'vault',
      'shop',
    ])
      for (const path of [
        'info',
        'tls',
        'services/cart',
        `services/${name}`,
        `istio/networking.istio.io/v1/Gateway/${name}`,
      ])
        await get(viewer(only('shop'), none), `/api/namespaces/${name}/${path}?clusterName=${east}`, over)
    await get(
      viewer(only('shop'), none),
      `/api/istio/permissions?clusterName=${east}&namespaces=shop,vault,..,%2e%2e`,
      over,
    )
    expect([...asked]).toEqual([`${east}/shop`])
  })
})
