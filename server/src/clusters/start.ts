/**
 * The clusters of the mesh: takes what the sources of clusters declare, keeps a connection for each that can be
 * reached, and answers how each is. Returns at once; nothing waits for a cluster. Clusters come, go and change while
 * it runs.
 */
import type { ClusterName } from '@binocle/api/identity'
import type { Problem } from '@binocle/api/problem'
import type { InventoryWriter, Kind } from '../inventory/inventory.ts'
import { allKinds } from '../inventory/kinds.ts'
import { createSharing } from '../inventory/sharing.ts'
import type { KubeApi } from '../kube/api.ts'
import type { ClusterSpec } from '../kube/spec.ts'
import type { Surroundings } from '../kube/surroundings.ts'
import { createPacer, type Pacer } from '../outbound/pacer.ts'
import type { Cluster, ClusterStats, Clusters } from './clusters.ts'
import { type Connection, connect } from './connection.ts'
import type { ClusterCredential } from './credential.ts'
import { lost } from './kindState.ts'
import { choiceOf } from './namespaceChoice.ts'
import type { KubernetesConfig } from './source.ts'
import { startSources } from './sources.ts'
import type { UsersServer } from './userApis.ts'

export interface ClusterConnections extends Clusters {
  /** Our own identity's API of a cluster; undefined when it cannot be used at all. It may be unreachable now. */
  api(cluster: ClusterName): KubeApi | undefined
  /**
   * The API of the credential's cluster, as the credential says. Undefined when that cluster is not there or cannot be
   * used at all. Throws for a credential that is nobody's.
   */
  apiAs(credential: ClusterCredential): KubeApi | undefined
  /** How it was declared, whether or not it can be used: for the diagnosis, which connects on its own. */
  spec(cluster: ClusterName): ClusterSpec | undefined
  /** Live counters, per cluster and kind. */
  stats(): readonly ClusterStats[]
  /** Names that telemetry speaks of now: those of nobody's declaration become clusters that are only seen there. */
  seenInTelemetry(names: Iterable<ClusterName>): void
  /** Why a source of clusters cannot be read now. */
  sourceProblems(): readonly Problem[]
  close(): Promise<void>
}

/** `pacer` is shared with others that work through much. */
export function startClusters(
  config: KubernetesConfig,
  writer: InventoryWriter,
  surroundings: Surroundings,
  pacer: Pacer = createPacer(),
): ClusterConnections {
  const { clock, log } = surroundings
  const sharing = createSharing(1 << 16)
  const members = new Map<ClusterName, Member>()
  let declared = 0
  const listeners = new Set<(cluster: Cluster) => void>()
  const sources = startSources(config, surroundings, pacer, adopt)
  let home = sources.home
  adopt()

  function adopt(): void {
    const { specs } = sources
    const homeBefore = home
    home = sources.home
    const names = new Set(specs.map(({ name }) => name))
    declared = names.size
    for (const name of members.keys()) if (!names.has(name)) drop(name)
    for (const spec of specs) take(spec)
    for (const name of new Set([homeBefore, home])) if (homeBefore !== home && name !== undefined) tell(name)
    sources.secretsThrough(home === undefined ? undefined : members.get(home)?.connection?.api)
  }

  function drop(name: ClusterName): void {
    const member = members.get(name)
    if (member === undefined) return
    members.delete(name)
    end(name, member.connection)
    writer.dropCluster(name)
    announce({ ...clusterOf(member, home), gone: true })
  }

  /** A changed access is a new connection over the same objects: what did not change meanwhile causes no change. */
  function take(spec: ClusterSpec): void {
    const before = members.get(spec.name)
    const usersServer = usersServerOf(spec.name)
    const goesThere = before?.usersServer === usersServer
    if (before !== undefined && goesThere && JSON.stringify(before.spec) === JSON.stringify(spec)) return
    if (before?.connection !== undefined && goesThere && sameAccess(before.spec, spec)) {
      members.set(spec.name, { ...before, spec })
    } else {
      end(spec.name, before?.connection)
      const inStep = before?.connection?.inStep ?? before?.inStep ?? new Map()
      const connection = connectionOf(spec, inStep)
      members.set(spec.name, { spec, connection, since: clock(), inStep, ...(usersServer && { usersServer }) })
      for (const note of spec.notes ?? []) log('warn', 'a cluster is oddly declared', { ...note })
      if ('access' in spec && spec.access.tls.insecureSkipVerify) {
        log('warn', 'a protection is switched off', {
          cluster: spec.name,
          message: 'insecure-skip-tls-verify: the certificate of its API server is not verified.',
        })
      }
    }
    tell(spec.name)
  }

  function connectionOf(spec: ClusterSpec, inStep: Member['inStep']): Connection | undefined {
    if ('problem' in spec) {
      if (spec.only === 'telemetry') return undefined
      if (spec.only === undefined) log('error', 'a cluster cannot be used', { ...spec.problem })
      for (const kind of allKinds) writer.setState(kind, spec.name, lost(inStep.get(kind), spec.problem))
      return undefined
    }
    const onStatus = (): void => tell(spec.name)
    const syncsAtOnce = Math.min(4, Math.ceil(listsAtOnce / Math.max(1, declared)))
    const choice = choiceOf(config.deployment?.discoverySelectors, spec.name)
    const usersServer = usersServerOf(spec.name)
    return connect({
      access: spec.access,
      writer,
      sharing,
      pacer,
      surroundings,
      choice,
      syncsAtOnce,
      inStep,
      onStatus,
      ...(usersServer && { usersServer }),
    })
  }

  function usersServerOf(name: ClusterName): UsersServer | undefined {
    return name === home ? config.kubernetes.usersServer : undefined
  }

  function end(cluster: ClusterName, connection: Connection | undefined): void {
    connection?.close().catch((error: unknown) => log('warn', 'did not close properly', { cluster, error }))
  }

  function tell(name: ClusterName): void {
    const member = members.get(name)
    if (member !== undefined) announce(clusterOf(member, home))
  }

  function announce(cluster: Cluster): void {
    for (const listener of listeners) {
      try {
        listener(cluster)
      } catch (error) {
        log('error', 'a listener of clusters failed', { error })
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
    apiAs: (credential) => members.get(credential.cluster)?.connection?.users.apiAs(credential),
    spec: (name) => members.get(name)?.spec,
    stats: () =>
      [...members].map(([cluster, { spec, connection }]) => ({
        cluster,
        origin: spec.origin ?? '',
        kinds: connection?.kinds ?? new Map(),
      })),
    seenInTelemetry: sources.seenInTelemetry,
    sourceProblems: () => sources.problems,
    close: async () => {
      sources.stop()
      await Promise.all([...members.values()].map(({ connection }) => connection?.close()))
    },
  }
}

/**
 * Lists of all clusters together, about: each opens a connection, and all may start at the same moment. Shared by
 * number, never waited for: a cluster that is stuck keeps nothing from the others.
 */
const listsAtOnce = 24

interface Member {
  readonly spec: ClusterSpec
  readonly connection: Connection | undefined
  readonly since: number
  /** As of the connection before this one. */
  readonly inStep: ReadonlyMap<Kind, number>
  readonly usersServer?: UsersServer
}

const sameAccess = (a: ClusterSpec, b: ClusterSpec): boolean =>
  'access' in a && 'access' in b && JSON.stringify(a.access) === JSON.stringify(b.access)

/** As it was told last, while nothing of it has changed: each answer asks for all clusters several times. */
const told = new WeakMap<Member, { readonly status: unknown; readonly home: boolean; readonly cluster: Cluster }>()

function clusterOf(member: Member, homeName: ClusterName | undefined): Cluster {
  const status = member.connection?.status
  const home = member.spec.name === homeName
  const before = told.get(member)
  if (before?.status === status && before?.home === home) return before.cluster
  const cluster = describe(member, home)
  told.set(member, { status, home, cluster })
  return cluster
}

function describe({ spec, connection, since }: Member, home: boolean): Cluster {
  const { name, secretName = '', notes } = spec
  const declared = { name, home, secretName, ...(notes === undefined ? {} : { notes }) }
  if ('problem' in spec || connection === undefined) {
    const telemetryOnly = 'only' in spec && spec.only === 'telemetry'
    return {
      ...declared,
      // As Kiali has it: a declared secret counts, whether or not it is there.
      accessible:
        'only' in spec && spec.only === 'declared' && secretName !== '' && spec.origin === 'clustering.clusters',
      apiEndpoint: 'server' in spec ? spec.server : '',
      state: telemetryOnly ? 'telemetry-only' : 'unreachable',
      since,
      ...('problem' in spec ? { cause: spec.problem } : {}),
    }
  }
  const { status } = connection
  return { ...declared, accessible: true, apiEndpoint: spec.access.server, ...status, ...causeOf(status.cause, notes) }
}

/** Where rights are missing because the secret is Istio's, that is the cause to name. */
function causeOf(cause: Problem | undefined, notes: readonly Problem[] = []): { cause?: Problem } {
  const istios = notes.find(({ code }) => code === 'BIN-CLUSTER-ISTIO-SECRET')
  return cause?.code === 'BIN-CLUSTER-FORBIDDEN' && istios !== undefined ? { cause: istios } : {}
}

function homeFirst(a: Cluster, b: Cluster): number {
  if (a.home !== b.home) return a.home ? -1 : 1
  return a.name < b.name ? -1 : 1
}
