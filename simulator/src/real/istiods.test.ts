/** The console's watch of istiods over real port-forwards to simulated ones, healthy and broken. */
import { lastValue } from '@binocle/api/known'
import { startClusters } from '@binocle/server/clusters/start'
import { createInventory } from '@binocle/server/inventory/live'
import type { IstiodFacts } from '@binocle/server/istiod/facts'
import { startIstiods } from '@binocle/server/istiod/start'
import { realTimers } from '@binocle/server/kube/surroundings'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { demoScenario } from '../demo/demo.ts'
import { modelNamed } from '../models/models.ts'
import type { Scenario } from '../scenario.ts'
import { startMesh } from '../start.ts'
import { istiodsOf, nameOfIstiod, namespaceOfIstiod } from '../system.ts'
import { topologyOf } from '../topology.ts'
import { until } from './until.ts'

const open: (() => Promise<unknown>)[] = []
afterAll(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

/** Time passes a hundred times as fast, but for requests. */
async function watched(scenario: Scenario) {
  const mesh = await startMesh({ scenario, living: false })
  open.push(() => mesh.close())
  const looks = new Set<() => void>()
  const timers = {
    after: (delayMs: number, then: () => void) =>
      realTimers.after(delayMs / 100, () => {
        then()
        for (const look of looks) look()
      }),
  }
  const surroundings = { clock: () => 100 * Date.now(), random: () => 0.5, timers, log: () => {} }
  const inventory = createInventory()
  const kubernetes = {
    homeCluster: '',
    kubeconfigs: [{ file: mesh.kubeconfigFile, contexts: ['*'] }],
    execProvider: { enabled: false, allow: [] },
  }
  const clusters = startClusters({ kubernetes }, inventory, { ...surroundings, clock: Date.now })
  open.push(() => clusters.close())
  const istiods = startIstiods({}, clusters, inventory, surroundings)
  open.push(async () => istiods.close())

  const topology = topologyOf(scenario)
  /** Every istiod pod of a cluster, with what it said. */
  const factsIn = (name: string): (IstiodFacts | undefined)[] => {
    const cluster = topology.cluster(name)
    if (cluster === undefined) return []
    return istiodsOf(cluster).flatMap((istiod) => {
      const namespace = namespaceOfIstiod(cluster, istiod)
      const workload = topology.workload({ cluster: name, namespace, workload: nameOfIstiod(istiod) })
      const pods = workload === undefined ? [] : topology.pods(workload)
      return pods.map((pod) => istiods.facts.facts({ cluster: name, namespace }, pod.name))
    })
  }
  const holds = (condition: () => boolean): Promise<void> =>
    until((look) => {
      looks.add(look)
      return () => looks.delete(look)
    }, condition)
  /** Until each of the facts of each istiod of the cluster is so. */
  const all = (cluster: string, is: (fact: IstiodFacts[keyof IstiodFacts]) => boolean): Promise<void> =>
    holds(() => {
      const facts = factsIn(cluster)
      return facts.length > 0 && facts.every((of) => of !== undefined && Object.values(of).every(is))
    })
  const fault = (cluster: string) => mesh.clusters.get(cluster)?.faults
  return { topology, istiods, factsIn, all, holds, fault }
}

const isKnown = ({ state }: { readonly state: string }): boolean => state === 'known'
const isStaleBy =
  (code: string) =>
  (fact: IstiodFacts[keyof IstiodFacts]): boolean =>
    fact.state === 'stale' && fact.cause.code === code

describe('istiods of the demo', () => {
  let demo: Awaited<ReturnType<typeof watched>>
  beforeAll(async () => {
    demo = await watched(demoScenario())
    await Promise.all([demo.all('east', isKnown), demo.all('west', isKnown)])
  })
  afterEach(async () => {
    await demo.fault('west')?.heal()
    await demo.all('west', isKnown)
  })

  it('say what was simulated', async () => {
    const { factsIn, topology } = demo
    const facts = factsIn('east')
    const proxies = topology.workloads
      .filter((w) => w.cluster === 'east' && (w.mode === 'sidecar' || w.gateway !== undefined))
      .flatMap((w) => topology.pods(w))
    expect(facts.reduce((sum, of) => sum + ((of && lastValue(of.proxies)) ?? 0), 0)).toBe(proxies.length)
    for (const of of facts) {
      expect(of && lastValue(of.ready)).toBe(true)
      expect(of && lastValue(of.version)).toBe('1.30.1-0000000-Clean')
      expect(of && lastValue(of.remotes)?.map(({ id, syncStatus }) => [id, syncStatus])).toEqual([
        ['east', 'synced'],
        ['west', 'synced'],
      ])
      expect(of && lastValue(of.config)?.objects).toBe(
        topology.scenario.config.filter(({ cluster }) => cluster === 'east').length,
      )
      expect(of && lastValue(of.registry)?.byCluster.west).toBe(
        topology.services.filter(({ cluster }) => cluster === 'west').length,
      )
    }
  })

  it.each([
    ['refuse connections', { istiod: 'down' }, 'BIN-ISTIOD-UNREACHABLE'],
    ['are in a cluster that is down', { connection: 'down' }, 'BIN-CLUSTER-UNREACHABLE'],
    ['are in a cluster that rejects our credential', { tokenExpired: true }, 'BIN-CLUSTER-AUTH'],
  ] as const)('keep what they said last while they %s, and the others go on', async (_what, broken, code) => {
    const { all, factsIn, fault, holds, istiods } = demo
    const { version } = istiods.proxies
    await fault('west')?.set(broken)
    await all('west', isStaleBy(code))
    const last = factsIn('east').map((of) => of?.ready)
    await holds(() => factsIn('east').every((of, i) => of !== undefined && of.ready !== last[i]))
    expect(factsIn('east').every((of) => of !== undefined && Object.values(of).every(isKnown))).toBe(true)
    expect(istiods.proxies.version).toBe(version)
  })

  it('are not believed when they answer garbage', async () => {
    const { factsIn, fault, holds } = demo
    await fault('west')?.set({ istiod: 'garbage' })
    await holds(() =>
      factsIn('west').every(
        (of) => of && [of.version, of.proxies, of.remotes].every((fact) => isStaleBy('BIN-ISTIOD-ANSWER')(fact)),
      ),
    )
  })

  it('that are slow delay nobody', async () => {
    const { factsIn, fault, holds } = demo
    await fault('west')?.set({ istiod: 'slow' })
    for (let poll = 0; poll < 3; poll++) {
      const last = factsIn('east').map((of) => of?.ready)
      await holds(() => factsIn('east').every((of, i) => of !== undefined && of.ready !== last[i]))
    }
    expect(factsIn('west').every((of) => of !== undefined && lastValue(of.ready))).toBe(true)
  })
})

describe('an external control plane', () => {
  it('tells of the proxies of the clusters that it serves from elsewhere', async () => {
    const scenario = modelNamed('external-control-plane')?.scenario
    if (scenario === undefined) throw new Error('there is no such model')
    const { holds, istiods, topology } = await watched(scenario)
    const proxies = topology.workloads
      .filter((w) => w.cluster === 'back' && w.mode === 'sidecar')
      .flatMap((w) =>
        topology.pods(w).map((pod) => ({ at: { cluster: 'back', namespace: w.namespace }, pod: pod.name })),
      )
    expect(proxies.length).toBeGreaterThan(0)
    await holds(() => proxies.every(({ at, pod }) => istiods.proxies.proxyStatus(at, pod)?.CDS === 'Synced'))
  })
})
