/**
 * The clusters of the mesh: takes what the sources of clusters declare, keeps a connection for each that can be
 * reached, and answers how each is. Returns at once; nothing waits for a cluster. Clusters come, go and change while
 * it runs.
 */
import type { ClusterName } from '@binocle/api/identity'
import type { InventoryWriter, Kind } from '../inventory/inventory.ts'
import { allKinds } from '../inventory/kinds.ts'
import { createSharing } from '../inventory/sharing.ts'
import type { KubeApi } from '../kube/api.ts'
import type { ClusterSpec } from '../kube/kubeconfig.ts'
import { createPacer } from '../kube/pacer.ts'
import type { Surroundings } from '../kube/surroundings.ts'
import type { Cluster, Clusters } from './clusters.ts'
import { type Connection, connect, type KindStats, lost } from './connection.ts'
import { type KubernetesConfig, watchKubeconfigs } from './kubeconfigFiles.ts'

export interface ClusterConnections extends Clusters {
  /** Our own identity's API of a cluster; undefined when it cannot be used at all. It may be unreachable now. */
  api(cluster: ClusterName): KubeApi | undefined
  /** How it was declared, whether or not it can be used: for the diagnosis, which connects on its own. */
  spec(cluster: ClusterName): ClusterSpec | undefined
  /** Live counters, per cluster and kind. */
  stats(): readonly ClusterStats[]
  close(): Promise<void>
}

export interface ClusterStats {
  readonly cluster: ClusterName
  readonly kinds: ReadonlyMap<Kind, KindStats>
}

export function startClusters(
  config: KubernetesConfig,
  writer: InventoryWriter,
  surroundings: Surroundings,
): ClusterConnections {
  const sharing = createSharing(1 << 16)
  const pacer = createPacer()
  const members = new Map<ClusterName, Member>()
  const listeners = new Set<(cluster: Cluster) => void>()
  const source = watchKubeconfigs(config, surroundings, adopt)
  let home = homeOf(source.specs)
  adopt(source.specs)

  /** A changed access is a new connection over the same objects: what did not change meanwhile causes no change. */
  function adopt(specs: readonly ClusterSpec[]): void {
    home = homeOf(specs)
    const declared = new Set(specs.map(({ name }) => name))
    for (const [name, { connection }] of members) {
      if (declared.has(name)) continue
      members.delete(name)
      end(name, connection)
      writer.dropCluster(name)
    }
    for (const spec of specs) {
      const before = members.get(spec.name)
      if (before !== undefined && JSON.stringify(before.spec) === JSON.stringify(spec)) continue
      end(spec.name, before?.connection)
      const inStep = before?.connection?.inStep ?? before?.inStep ?? new Map()
      members.set(spec.name, { spec, connection: connectionOf(spec, inStep), since: surroundings.clock(), inStep })
      if (before !== undefined) tell(spec.name)
    }
  }

  function connectionOf(spec: ClusterSpec, inStep: Member['inStep']): Connection | undefined {
    if ('problem' in spec) {
      for (const kind of allKinds) writer.setState(kind, spec.name, lost(inStep.get(kind), spec.problem))
      return undefined
    }
    const onStatus = (): void => tell(spec.name)
    return connect({ access: spec.access, writer, sharing, pacer, surroundings, inStep, onStatus })
  }

  function end(cluster: ClusterName, connection: Connection | undefined): void {
    connection
      ?.close()
      .catch((error: unknown) => surroundings.log('warn', 'did not close properly', { cluster, error }))
  }

  function homeOf(specs: readonly ClusterSpec[]): ClusterName | undefined {
    return config.kubernetes.homeCluster || specs[0]?.name
  }

  function tell(name: ClusterName): void {
    const member = members.get(name)
    if (member === undefined) return
    for (const listener of listeners) {
      try {
        listener(clusterOf(member, home))
      } catch (error) {
        surroundings.log('error', 'a listener of clusters failed', { error })
      }
    }
  }

  return {
    list: () => [...members.values()].map((member) => clusterOf(member, home)).sort(homeFirst),
    get: (name) => {
      const member = members.get(name)
      return member === undefined ? undefined : clusterOf(member, home)
    },
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    retry: (name) => members.get(name)?.connection?.retry(),
    api: (name) => members.get(name)?.connection?.api,
    spec: (name) => members.get(name)?.spec,
    stats: () => [...members].map(([cluster, { connection }]) => ({ cluster, kinds: connection?.kinds ?? new Map() })),
    close: async () => {
      source.stop()
      await Promise.all([...members.values()].map(({ connection }) => connection?.close()))
    },
  }
}

interface Member {
  readonly spec: ClusterSpec
  readonly connection: Connection | undefined
  readonly since: number
  /** As of the connection before this one. */
  readonly inStep: ReadonlyMap<Kind, number>
}

function clusterOf({ spec, connection, since }: Member, home: ClusterName | undefined): Cluster {
  const declared = { name: spec.name, home: spec.name === home, accessible: connection !== undefined, secretName: '' }
  if ('problem' in spec || connection === undefined) {
    const cause = 'problem' in spec ? { cause: spec.problem } : {}
    return { ...declared, apiEndpoint: 'server' in spec ? spec.server : '', state: 'unreachable', since, ...cause }
  }
  return { ...declared, apiEndpoint: spec.access.server, ...connection.status }
}

function homeFirst(a: Cluster, b: Cluster): number {
  if (a.home !== b.home) return a.home ? -1 : 1
  return a.name < b.name ? -1 : 1
}
