/**
 * The clusters of the mesh: takes what the sources of clusters declare, keeps a connection for each that can be
 * reached, and answers how each is. Returns at once; nothing waits for a cluster.
 */
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { ClusterName } from '@binocle/api/identity'
import type { Config } from '../config/config.ts'
import type { InventoryWriter, Kind } from '../inventory/inventory.ts'
import { createSharing } from '../inventory/sharing.ts'
import type { KubeApi } from '../kube/api.ts'
import { type ClusterSpec, parseKubeconfig } from '../kube/kubeconfig.ts'
import { createPacer } from '../kube/pacer.ts'
import type { Surroundings } from '../kube/surroundings.ts'
import type { Cluster, Clusters } from './clusters.ts'
import { type Connection, connect, type KindStats } from './connection.ts'

/** The part of the configuration that says which clusters there are. */
export interface KubernetesConfig {
  readonly kubernetes: Pick<Config['kubernetes'], 'execProvider' | 'homeCluster' | 'kubeconfigs'>
}

export interface ClusterConnections extends Clusters {
  /** Our own identity's API of a cluster; undefined when it cannot be used at all. It may be unreachable now. */
  api(cluster: ClusterName): KubeApi | undefined
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
  const specs = declared(config, surroundings)
  const home = config.kubernetes.homeCluster || specs[0]?.name

  for (const spec of specs) {
    const since = surroundings.clock()
    const connection =
      'access' in spec
        ? connect({ access: spec.access, writer, sharing, pacer, surroundings, onStatus: () => tell(spec.name) })
        : undefined
    members.set(spec.name, { spec, connection, since })
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
    stats: () => [...members].map(([cluster, { connection }]) => ({ cluster, kinds: connection?.kinds ?? new Map() })),
    close: async () => {
      await Promise.all([...members.values()].map(({ connection }) => connection?.close()))
    },
  }
}

interface Member {
  readonly spec: ClusterSpec
  readonly connection: Connection | undefined
  readonly since: number
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

function declared(config: KubernetesConfig, { log }: Surroundings): readonly ClusterSpec[] {
  const { kubeconfigs, execProvider } = config.kubernetes
  const byName = new Map<ClusterName, ClusterSpec>()
  for (const { file, contexts } of kubeconfigs) {
    for (const spec of readKubeconfig(file, contexts, execProvider)) {
      if (byName.has(spec.name))
        log('error', 'two contexts lead to the same cluster: the first is used', { cluster: spec.name, file })
      else byName.set(spec.name, spec)
    }
  }
  return [...byName.values()]
}

function readKubeconfig(
  file: string,
  contexts: readonly string[],
  execProvider: Config['kubernetes']['execProvider'],
): readonly ClusterSpec[] {
  const options = {
    folder: dirname(file),
    file,
    contexts,
    execProvider,
    readFile: (path: string) => readFileSync(path, 'utf8'),
  }
  let source: string
  try {
    source = readFileSync(file, 'utf8')
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'it cannot be read'
    const names = contexts.filter((context) => context !== '*')
    return (names.length > 0 ? names : [file]).map((name) => ({
      name,
      server: '',
      problem: {
        code: 'BIN-CLUSTER-CONFIG',
        message: `${name}: the kubeconfig ${file} cannot be read (${why})`,
        cluster: name,
        remedy: 'Check the path and who may read it.',
      },
    }))
  }
  return parseKubeconfig(source, options)
}
