/** How soon dead watches are found, and what was refused is read again, and at what cost, in a cluster in which time moves when told. */
import { describe, expect, it } from 'vitest'
import type { Kind } from '../inventory/inventory.ts'
import { allKinds, collectionPath, resources } from '../inventory/kinds.ts'
import { createInventory } from '../inventory/live.ts'
import { createSharing } from '../inventory/sharing.ts'
import { fakeTime, settled } from '../kube/testing.ts'
import { createPacer } from '../outbound/pacer.ts'
import { createKindWatches } from './kindWatches.ts'
import { core } from './state.ts'
import { watchedCluster } from './testing.ts'

const served = new Map(allKinds.map((kind) => [kind, resources[kind].versions[0] ?? '']))
const pathOf = (kind: Kind): string => collectionPath(kind, served.get(kind) ?? '')
const probe = { ok: true, tookMs: 1 } as const
const away = { ok: false, cause: { code: 'BIN-CLUSTER-UNREACHABLE', message: 'away' } } as const

/** All kinds of one cluster, in step, with a probe every two seconds. */
async function scene() {
  const time = fakeTime()
  const cluster = watchedCluster(time)
  const inventory = createInventory()
  const watches = createKindWatches({
    api: cluster.api,
    cluster: 'west',
    writer: inventory,
    sharing: createSharing(1 << 4),
    pacer: createPacer(),
    surroundings: time,
    choice: { names: undefined, selects: () => true },
    syncsAtOnce: 8,
    inStep: new Map(),
    signal: new AbortController().signal,
    onState: () => {},
  })
  watches.adopt(served)
  let isAway = false
  const probeAgain = (): void => {
    watches.probed(isAway ? away : probe)
    time.timers.after(2_000, probeAgain)
  }
  probeAgain()
  await settled()
  // Every kind has gone over from its list to watches of their own beat.
  await time.advance(120_000)
  const knows = (kind: Kind): boolean => (watches.stats.get(kind)?.events ?? 0) > 0
  return {
    time,
    cluster,
    watches,
    /** Its probes fail, too. */
    goAway: () => {
      isAway = true
      watches.probed(away)
    },
    comeBack: () => {
      isAway = false
      watches.probed(probe)
      watches.recover()
    },
    states: () => new Set(allKinds.map((kind) => inventory.state(kind, 'west').state)),
    /** Seconds, in steps of a tenth, until something holds; at most a hundred. */
    secondsUntil: async (holds: () => boolean): Promise<number> => {
      let tenths = 0
      for (; tenths < 1_000 && !holds(); tenths++) await time.advance(100)
      return tenths / 10
    },
    knows,
    knowsAll: () => allKinds.every(knows),
  }
}

describe('a watch that is lost alone', () => {
  it.each(core)('is found within 5 s: %s', async (kind) => {
    const { cluster, secondsUntil, knows } = await scene()
    cluster.lose(pathOf(kind))
    cluster.change(pathOf(kind))
    expect(await secondsUntil(() => knows(kind))).toBeLessThanOrEqual(5)
  })

  it('is found within 41 s where it is of a kind that the mesh can do without', async () => {
    const { cluster, secondsUntil, knows } = await scene()
    const kind = 'virtualservices.networking.istio.io'
    cluster.lose(pathOf(kind))
    cluster.change(pathOf(kind))
    expect(await secondsUntil(() => knows(kind))).toBeLessThanOrEqual(41)
  })
})

describe('all watches of a cluster', () => {
  it.each([0, 700, 1_400, 2_100, 2_800, 3_500])('lost %s ms later are found within 4 s, of every kind', async (ms) => {
    const { time, cluster, secondsUntil, knowsAll, states } = await scene()
    await time.advance(ms)
    cluster.lose()
    for (const kind of allKinds) cluster.change(pathOf(kind))
    expect(await secondsUntil(knowsAll)).toBeLessThanOrEqual(4)
    expect(states()).toEqual(new Set(['live']))
  })

  it('that stay silent make all kinds stale, and are read within 5 s of the end of it', async () => {
    const { time, cluster, secondsUntil, knowsAll, states } = await scene()
    cluster.silent = true
    cluster.lose()
    for (const kind of allKinds) cluster.change(pathOf(kind))
    await time.advance(60_000)
    expect(states()).toEqual(new Set(['stale']))
    cluster.silent = false
    expect(await secondsUntil(() => knowsAll() && states().has('live'))).toBeLessThanOrEqual(5)
    expect(states()).toEqual(new Set(['live']))
  })

  it('that stay silent cost about a request a second', async () => {
    const { time, cluster } = await scene()
    cluster.silent = true
    cluster.lose()
    await time.advance(60_000)
    const before = cluster.asked.length
    await time.advance(60_000)
    expect(cluster.asked.length - before).toBeLessThan(75)
  })

  it('that are open go on after an outage: a server that was only slow is not asked for all of them at once', async () => {
    const { cluster, watches, secondsUntil, knowsAll } = await scene()
    const before = cluster.asked.length
    watches.recover()
    await settled()
    expect(cluster.asked.length).toBe(before)
    for (const kind of allKinds) cluster.change(pathOf(kind))
    expect(await secondsUntil(knowsAll)).toBeLessThan(1)
  })

  it('that are well and quiet cost about two requests a second, and none is taken for dead', async () => {
    const { time, cluster, watches } = await scene()
    const before = cluster.asked.length
    await time.advance(600_000)
    expect((cluster.asked.length - before) / 600).toBeLessThan(2.5)
    expect(allKinds.reduce((sum, kind) => sum + (watches.stats.get(kind)?.silences ?? 0), 0)).toBe(0)
    expect(allKinds.reduce((sum, kind) => sum + (watches.stats.get(kind)?.restarts ?? 0), 0)).toBe(0)
  })
})

describe('watches that were refused for long', () => {
  it('are back within 3 s where the cluster answered its probes: nobody else tells them', async () => {
    const { time, cluster, secondsUntil, knowsAll } = await scene()
    cluster.refusing = true
    for (const kind of allKinds) cluster.change(pathOf(kind))
    await time.advance(120_000)
    cluster.refusing = false
    expect(await secondsUntil(knowsAll)).toBeLessThanOrEqual(3)
  })

  it('are back at once where the cluster was away, even those that had heard of it until then', async () => {
    const { time, cluster, watches, goAway, comeBack } = await scene()
    for (const kind of core) cluster.change(pathOf(kind))
    await time.advance(100)
    goAway()
    cluster.refusing = true
    for (const kind of allKinds) cluster.change(pathOf(kind))
    await time.advance(100)
    const before = new Map(allKinds.map((kind) => [kind, watches.stats.get(kind)?.events ?? 0]))
    cluster.refusing = false
    comeBack()
    await time.advance(100)
    expect(allKinds.filter((kind) => (watches.stats.get(kind)?.events ?? 0) === before.get(kind))).toEqual([])
  })

  it('leave a cluster that is away in peace', async () => {
    const { time, cluster, goAway } = await scene()
    goAway()
    cluster.refusing = true
    await time.advance(60_000)
    const before = cluster.asked.length
    await time.advance(60_000)
    // Each kind once in 15 to 30 s.
    expect((cluster.asked.length - before) / 60).toBeLessThan(3)
  })
})
