/**
 * Nothing leaves without the viewer's leave: random viewers ask random requests of every route, in worlds in which each
 * text carries the mark of its place. `BINOCLE_TAINT_CASES=100000` runs as many; without it a few seconds' worth.
 */
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Scope } from '../access/scope.ts'
import { listServices } from '../catalog/services.ts'
import { everything } from '../catalog/testing.ts'
import { empty, json, type Route } from './route.ts'
import { type Bed, createBed } from './testing/bed.ts'
import { clusterNames, clusterOf, namespaceNames, namespaceOf } from './testing/markers.ts'
import { differenceOf, leakOf, oracleOf } from './testing/properties.ts'
import { anyRequest } from './testing/requests.ts'
import type { Place } from './testing/series.ts'
import { anyRightsByCluster, viewerWith } from './testing/viewers.ts'
import { createWorld, type World, type WorldOptions } from './testing/world.ts'

const cases = Number(process.env.BINOCLE_TAINT_CASES ?? 1000)
const timeout = 60_000 + cases * 20

/** Healthy, and in some of the ways in which a mesh can be ill. */
const conditions: readonly WorldOptions[] = [
  {},
  { states: { west: 'unreachable' } },
  { states: { east: 'unauthorized', north: 'degraded' } },
  { states: { north: 'syncing', west: 'telemetry-only' } },
  { states: { east: 'unreachable', north: 'unreachable', west: 'unreachable' } },
  { northIsRemote: true },
  { northIsRemote: true, states: { north: 'unreachable' } },
  { withoutTelemetry: true },
  { config: (config) => ({ ...config, graph: { inaccessible: 'hide' } }) },
]

let worlds: readonly World[]
let routes: readonly Route[]

beforeAll(async () => {
  worlds = await Promise.all(conditions.map((condition) => createWorld(condition)))
  routes = worlds[0] === undefined ? [] : createBed(worlds[0]).routes
})

interface Beds {
  of(index: number): Promise<Bed | undefined>
  defects(): readonly unknown[]
}

/** One for each world, made anew now and then: a bed keeps the graphs of everybody who asked. */
function renewedBeds(): Beds {
  const used = new Map<number, { readonly bed: Bed; times: number }>()
  const heard: unknown[] = []
  return {
    async of(index) {
      const world = worlds[index]
      if (world === undefined) return undefined
      let known = used.get(index)
      if (known === undefined || known.times >= 500) {
        heard.push(...(known?.bed.defects ?? []))
        await known?.bed.close()
        known = { bed: createBed(world), times: 0 }
        used.set(index, known)
      }
      known.times++
      return known.bed
    },
    defects: () => [...heard, ...[...used.values()].flatMap(({ bed }) => bed.defects)],
  }
}

const anyBed = fc.nat(conditions.length - 1)

/** The worst that a shrunk counterexample says; '' without one. */
async function counterexample<T extends [unknown, ...unknown[]]>(
  property: fc.IAsyncPropertyWithHooks<T>,
  numRuns: number,
  endOnFailure = false,
): Promise<string> {
  const result = await fc.check(property, { numRuns, endOnFailure })
  if (!result.failed) return ''
  const why = result.errorInstance instanceof Error ? result.errorInstance.message : String(result.errorInstance)
  return `${why}\n${fc.stringify(result.counterexample)} (seed ${result.seed})`
}

const holds = (problem: string | undefined): void => {
  if (problem !== undefined) throw new Error(problem)
}

const leaks = (of: Beds['of'], routes: readonly Route[]) =>
  fc.asyncProperty(anyBed, anyRightsByCluster, anyRequest(routes), async (index, rights, asked) => {
    const bed = await of(index)
    if (bed !== undefined) holds(await leakOf(bed, viewerWith(rights), asked))
  })

describe('answers, headers, errors and events', () => {
  it('hold no mark of what the viewer may not see', { timeout }, async () => {
    const beds = renewedBeds()
    expect(await counterexample(leaks(beds.of, routes), cases)).toBe('')
    expect(beds.defects()).toEqual([])
  })

  it('are found out when a route forgets the scope', async () => {
    const world = worlds[0]
    if (world === undefined) throw new Error('no world')
    const forgetful: Route = {
      method: 'GET',
      path: '/api/forgetful',
      parameters: ['clusterName'],
      handle: ({ query }) =>
        json(
          listServices(world.mesh, everything, {
            cluster: query.text('clusterName'),
            health: true,
            istioResources: true,
            onlyDefinitions: false,
          }),
        ),
    }
    const bed = createBed(world, (routes) => [...routes, forgetful])
    expect(
      await counterexample(
        leaks(async () => bed, [forgetful]),
        200,
      ),
    ).toContain('GET /api/forgetful')
  })
})

describe('what the viewer may not see', () => {
  it('changes no answer, whatever happens in it', { timeout }, async () => {
    const property = interference(routes, (world) => createBed(world))
    expect(await counterexample(property, Math.ceil(cases / 10 / requestsPerWorld), true)).toBe('')
  })

  it('is found out when a route counts it', async () => {
    const counting = (world: World): Route => ({
      method: 'GET',
      path: '/api/counting',
      parameters: [],
      handle: () => json(clusterNames.map((cluster) => world.mesh.inventory.count('pods', clusterOf(cluster)))),
    })
    const property = interference([counting(await createWorld())], (each) =>
      createBed(each, (all) => [...all, counting(each)]),
    )
    expect(await counterexample(property, 20, true)).toContain('GET /api/counting')
  })

  it('AUTH-36: is answered like what does not exist', { timeout }, async () => {
    expect(await counterexample(oracles(renewedBeds().of, routes.filter(namesPlaces)), Math.ceil(cases / 2))).toBe('')
  })

  it('is found out when a route tells that it exists', async () => {
    const world = worlds[0]
    if (world === undefined) throw new Error('no world')
    const telling: Route = {
      method: 'GET',
      path: '/api/telling/:namespace',
      parameters: [],
      handle: ({ path: { namespace = '' }, viewer }) => {
        const at = clusterNames.map((cluster) => ({ cluster: clusterOf(cluster), namespace }))
        if (at.some((each) => viewer.scope.sees(each) === 'yes')) return empty(200)
        const exists = at.some((each) => world.mesh.inventory.get('namespaces', { ...each, namespace: '' }, namespace))
        return empty(exists ? 403 : 404)
      },
    }
    const bed = createBed(world, (all) => [...all, telling])
    expect(
      await counterexample(
        oracles(async () => bed, [telling]),
        200,
      ),
    ).toContain('GET /api/telling')
  })
})

/** Worlds of one viewer, and what he asks of both. */
const interference = (routes: readonly Route[], bedOf: (world: World) => Bed) =>
  fc.asyncProperty(
    anyRightsByCluster,
    fc.array(anyRequest(routes), { minLength: requestsPerWorld, maxLength: requestsPerWorld }),
    async (rights, requests) => {
      const viewer = viewerWith(rights)
      const isHidden = ({ cluster, place }: Place): boolean =>
        viewer.scope.sees({ cluster: clusterOf(cluster), namespace: namespaceOf(cluster, place) }) !== 'yes'
      const pair = [bedOf(await createWorld()), bedOf(await createWorld({ isTwin: isHidden }))] as const
      for (const asked of requests) holds(await differenceOf(pair, viewer, asked))
      for (const bed of pair) await bed.close()
    },
  )

const oracles = (of: Beds['of'], routes: readonly Route[]) =>
  fc.asyncProperty(anyBed, anyRightsByCluster, anyRequest(routes), async (index, rights, asked) => {
    const viewer = viewerWith(rights)
    const bed = await of(index)
    if (bed === undefined) return
    for (const hidden of hiddenNames(viewer.scope))
      if (asked.url.includes(encodeURIComponent(hidden))) holds(await oracleOf(bed, viewer, asked, hidden))
  })

const requestsPerWorld = 40

const namesPlaces = ({ parameters, path }: Route): boolean =>
  /:(namespace|cluster)/.test(path) ||
  parameters === undefined ||
  parameters.some((name) => /namespace|cluster/.test(name))

/** Clusters, and namespaces in no cluster that he may see. */
function hiddenNames(scope: Scope): readonly string[] {
  const clusters = clusterNames.map(clusterOf)
  const namespaces = new Set(
    clusterNames.flatMap((cluster) => namespaceNames.map((place) => namespaceOf(cluster, place))),
  )
  return [
    ...clusters.filter((cluster) => scope.seesCluster(cluster) === 'no'),
    ...[...namespaces].filter((namespace) => clusters.every((cluster) => scope.sees({ cluster, namespace }) !== 'yes')),
  ]
}
