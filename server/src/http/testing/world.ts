/**
 * A world of three clusters in which every text carries the mark of its place, with all that the server knows of a mesh:
 * inventory, traffic, verdicts, what istiods and diagnoses say. Nothing in it does I/O.
 */
import { known } from '@binocle/api/known'
import type { ClusterStateName } from '@binocle/api/multicluster'
import { testMesh } from '../../catalog/testing.ts'
import type { Cluster, Clusters } from '../../clusters/clusters.ts'
import type { KindStats } from '../../clusters/kindWatch.ts'
import type { Diagnoses } from '../../diagnosis/diagnoses.ts'
import type { Inventory, InventoryWriter } from '../../inventory/inventory.ts'
import { inventoryOf } from '../../inventory/testing.ts'
import type { IstiodFacts, IstiodFactsSource } from '../../istiod/facts.ts'
import type { Mesh } from '../../model.ts'
import { createSeriesSource } from '../../telemetry/series.ts'
import { startTrafficSource } from '../../telemetry/source.ts'
import { validationDocuments } from '../../validation/documents.ts'
import { startEngine } from '../../validation/engine.ts'
import { willing } from './changes.ts'
import { clusterNames, clusterOf, marker, namespaceNames } from './markers.ts'
import { addNamespace, addWhole } from './objects.ts'
import { type Place, playedPrometheus } from './series.ts'

export interface WorldOptions {
  /** Places whose inner life is another one. */
  readonly isTwin?: (at: Place) => boolean
  /** By the short name of the cluster; reachable without. */
  readonly states?: Readonly<Record<string, ClusterStateName>>
  /** North has no control plane of its own. */
  readonly northIsRemote?: boolean
  /** Of the configuration: what every query is confined to. */
  readonly queryScope?: Readonly<Record<string, string>>
  /** Prometheus does not answer. */
  readonly withoutTelemetry?: boolean
  readonly config?: (config: Mesh['config']) => Mesh['config']
}

export interface World {
  readonly mesh: Mesh & { readonly inventory: Inventory & InventoryWriter }
  readonly diagnoses: Diagnoses
  /** Every query sent to Prometheus, in order. */
  readonly queries: readonly string[]
  /** The same of queries about one namespace over time. */
  readonly ranges: readonly string[]
  /** Something happens in every place, in every cluster, and in the traffic. */
  stir(): void
}

/** Unix seconds of "now". */
const worldNow = 1_700_000_100

export async function createWorld({
  isTwin = () => false,
  states = {},
  config,
  northIsRemote = false,
  queryScope = {},
  withoutTelemetry = false,
}: WorldOptions = {}): Promise<World> {
  const inventory = inventoryOf(
    clusterNames.map((cluster) => ({
      cluster: clusterOf(cluster),
      lists: listsOf(cluster, isTwin, northIsRemote && cluster === 'north'),
    })),
  )
  let stirs = 0
  const queries: string[] = []
  const refreshed: (() => void)[] = []
  const ranges: string[] = []
  const prometheus = playedPrometheus(isTwin, (query) => queries.push(query), withoutTelemetry)
  const traffic = startTrafficSource(prometheus, {
    queryScope,
    clock: () => worldNow * 1000,
    gridS: 15,
    healthDurationS: 300,
    refreshIntervalS: 30,
    later: () => () => {},
  })
  await new Promise<void>((resolve) => traffic.onRefresh(resolve))
  const base = testMesh({ [clusterOf('east')]: [] }).config
  const settings = config?.(base) ?? base
  const engine = startEngine({ inventory, config: settings, defer: () => {}, nowMs: () => 0 })
  engine.catchUp()
  const { clusters, tell } = clustersOf(states)
  for (const cluster of clusters.list()) ageKinds(inventory, cluster)
  const mesh: World['mesh'] = {
    config: settings,
    inventory,
    clusters,
    traffic: {
      ...traffic,
      onRefresh: (listener: () => void) => {
        refreshed.push(listener)
        return () => void refreshed.splice(refreshed.indexOf(listener), 1)
      },
    },
    clock: () => worldNow * 1000,
    validations: validationDocuments(engine, inventory),
    istiodFacts: istiodFacts(),
    istiod: { version: 1, proxyStatus: () => ({ CDS: 'Synced', EDS: 'Synced', LDS: 'Stale', RDS: 'Synced' }) },
    runtimes: async () => [],
    change: willing(inventory),
    series: createSeriesSource(
      playedPrometheus(isTwin, (query) => ranges.push(query), withoutTelemetry),
      queryScope,
    ),
  }
  return {
    mesh,
    diagnoses: diagnosesOf(),
    queries,
    ranges,
    stir() {
      stirs++
      for (const cluster of clusterNames.map(clusterOf)) {
        const stirred = { stirred: String(stirs) }
        for (const each of [...inventory.all('namespaces', cluster)])
          inventory.put('namespaces', { ...each, annotations: { ...each.annotations, ...stirred } })
        for (const each of [...inventory.all('nodes', cluster)])
          inventory.put('nodes', { ...each, annotations: { ...each.annotations, ...stirred } })
        for (const each of [...inventory.all('services', cluster)])
          inventory.put('services', { ...each, annotations: { ...each.annotations, ...stirred } })
        tell(cluster)
      }
      for (const listener of [...refreshed]) listener()
    },
  }
}

function listsOf(
  cluster: string,
  isTwin: (at: Place) => boolean,
  remote: boolean,
): Record<string, { items: object[] }> {
  const lists: Record<string, { items: object[] }> = {}
  for (const place of namespaceNames) addNamespace(lists, cluster, place, isTwin({ cluster, place }), remote)
  addWhole(lists, cluster)
  return lists
}

const troubled = (state: ClusterStateName): boolean => state !== 'reachable' && state !== 'telemetry-only'

function clustersOf(states: Readonly<Record<string, ClusterStateName>>): {
  clusters: Clusters
  tell(name: string): void
} {
  const listeners = new Set<(cluster: Cluster) => void>()
  const list = clusterNames.map((short): Cluster => {
    const state = states[short] ?? 'reachable'
    const common = marker(short, 'common')
    const whole = marker(short, 'whole')
    const problem = { code: 'BIN-CLUSTER-UNREACHABLE', message: `message-${whole}`, remedy: `remedy-${whole}` }
    return {
      name: clusterOf(short),
      home: short === 'east',
      accessible: true,
      apiEndpoint: `https://${common}.example.com`,
      secretName: `secret-${common}`,
      state,
      since: 1,
      kubernetesVersion: 'v1.34.1',
      notes: [{ code: 'BIN-CLUSTER-NAME', message: `note-${whole}`, remedy: `remedy-${whole}` }],
      ...(troubled(state) ? { cause: { ...problem, cluster: clusterOf(short) } } : {}),
    }
  })
  const clusters: Clusters = {
    list: () => list,
    get: (name) => list.find((cluster) => cluster.name === name),
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    retry: () => {},
    stats: () =>
      clusterNames.map((short) => ({
        cluster: clusterOf(short),
        origin: `origin-${marker(short, 'whole')}`,
        kinds: new Map([['pods', statsOf(short)]]),
      })),
    sourceProblems: () => [{ code: 'BIN-CLUSTER-CONFIG', message: `source-${marker('east', 'whole')}` }],
  }
  const tell = (name: string): void => {
    const cluster = clusters.get(name)
    if (cluster === undefined) return
    for (const listener of [...listeners]) listener(cluster)
    for (const listener of [...listeners]) listener({ ...cluster, gone: true })
  }
  return { clusters, tell }
}

const statsOf = (short: string): KindStats => ({
  version: 'v1',
  mode: 'streaming',
  events: 1,
  bytes: 1,
  relists: 0,
  restarts: 0,
  silences: 0,
  sinkErrors: 0,
  rejected: 0,
  lastByteAt: 0,
  namespaces: [`watched-${marker(short, 'whole')}`],
})

/** One kind cannot be read any more, and says why. */
function ageKinds(inventory: InventoryWriter, { name }: Cluster): void {
  const short = clusterNames.find((each) => clusterOf(each) === name) ?? 'east'
  const cause = { code: 'BIN-CLUSTER-FORBIDDEN', message: `kind-${marker(short, 'whole')}`, cluster: name }
  inventory.setState('jobs.batch', name, { state: 'stale', asOf: 0, cause })
}

function istiodFacts(): IstiodFactsSource {
  const of = (cluster: string): { pod: string; facts: IstiodFacts } | undefined => {
    const short = clusterNames.find((each) => clusterOf(each) === cluster)
    if (short === undefined) return undefined
    const mark = marker(short, 'istio-system')
    return {
      pod: `istiod-${mark}`,
      facts: {
        ready: known(true, 0),
        version: known(`1.30.1-${mark}`, 0),
        remotes: known(
          clusterNames.map((each) => ({
            id: clusterOf(each),
            secretName: `istio-system/remote-${mark}`,
            syncStatus: each === 'west' ? 'timeout' : 'synced',
          })),
          0,
        ),
        proxies: known(3, 0),
        registry: known(
          { services: 9, byCluster: Object.fromEntries(clusterNames.map((each) => [clusterOf(each), 3])) },
          0,
        ),
        config: known({ objects: 5, byKind: {} }, 0),
      },
    }
  }
  return {
    version: 1,
    facts: (at) => of(at.cluster)?.facts,
    ofRevision: ({ cluster }) => {
      const found = of(cluster)
      return found === undefined ? [] : [found]
    },
  }
}

function diagnosesOf(): Diagnoses {
  return {
    of: (cluster) => {
      const short = clusterNames.find((each) => clusterOf(each) === cluster)
      if (short === undefined) return undefined
      const mark = marker(short, 'whole')
      return Promise.resolve({
        cluster,
        state: 'ok',
        at: 0,
        durationMs: 1,
        apiEndpoint: mark,
        identity: `identity-${mark}`,
        steps: [{ name: 'dns', title: 'DNS', state: 'ok', found: `found-${mark}`, durationMs: 1 }],
        rights: [],
      })
    },
  }
}
