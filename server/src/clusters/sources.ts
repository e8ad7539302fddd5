/** All sources of clusters at once, in the order in which they count: the first that gives access to a name has it. */
import type { ClusterName } from '@binocle/api/identity'
import type { Problem } from '@binocle/api/problem'
import type { KubeApi } from '../kube/api.ts'
import type { ClusterSpec } from '../kube/spec.ts'
import type { Surroundings } from '../kube/surroundings.ts'
import type { Pacer } from '../outbound/pacer.ts'
import { watchInCluster } from './inCluster.ts'
import { watchKubeconfigs } from './kubeconfigFiles.ts'
import { mergeSpecs } from './merge.ts'
import { watchMountedSecrets } from './mountedSecrets.ts'
import { declaredSpecs, telemetrySpecs } from './named.ts'
import { secretRightsOf } from './secretRights.ts'
import type { ClusterSource, KubernetesConfig } from './source.ts'
import { istiosLabel, type WatchedSecrets, watchSecrets } from './watchedSecrets.ts'

export interface Sources {
  /** Each name once. */
  readonly specs: readonly ClusterSpec[]
  readonly home: ClusterName | undefined
  readonly problems: readonly Problem[]
  /** The API of the home cluster, over which Secrets are read. */
  secretsThrough(api: KubeApi | undefined): void
  seenInTelemetry(names: Iterable<ClusterName>): void
  stop(): void
}

/** Calls `onChange` when `specs` or `home` may have changed. */
export function startSources(
  { kubernetes }: KubernetesConfig,
  surroundings: Surroundings,
  pacer: Pacer,
  onChange: () => void,
): Sources {
  const { inCluster, secretsFolder = '', watchedSecrets, execProvider, homeCluster } = kubernetes
  const named = declaredSpecs(kubernetes.declared)
  const kubeconfigs = watchKubeconfigs({ kubernetes }, surroundings, onChange)
  const rightsOf = secretRightsOf(kubernetes.secretRights, () => kubeconfigs.specs)
  const watched = (label: string): WatchedSecrets[] =>
    watchedSecrets === undefined
      ? []
      : [watchSecrets({ ...watchedSecrets, label }, execProvider, rightsOf, surroundings, pacer, onChange)]
  const ours = watched(watchedSecrets?.label ?? '')
  const istios = watchedSecrets?.label === istiosLabel ? [] : watched(istiosLabel)
  const sources: readonly ClusterSource[] = [
    ...(inCluster === undefined ? [] : [watchInCluster(inCluster, homeCluster, surroundings, onChange)]),
    kubeconfigs,
    ...(secretsFolder === '' ? [] : [watchMountedSecrets(secretsFolder, kubernetes, rightsOf, surroundings, onChange)]),
    ...ours,
  ]
  let seen: readonly ClusterName[] = []

  const specs = (): readonly ClusterSpec[] =>
    mergeSpecs([
      ...sources.map((source) => source.specs),
      named,
      ...istios.map((source) => source.specs),
      telemetrySpecs(seen),
    ])

  return {
    get specs() {
      return specs()
    },
    get home() {
      if (homeCluster !== '') return homeCluster
      const said = sources.find((source) => source.home !== undefined)?.home
      if (said !== undefined) return said === 'undecided' ? undefined : said
      return sources.flatMap((source) => source.specs)[0]?.name
    },
    get problems() {
      return ours.flatMap(({ problem }) => (problem === undefined ? [] : [problem]))
    },
    secretsThrough: (api) => {
      for (const source of [...ours, ...istios]) source.through(api)
    },
    seenInTelemetry: (names) => {
      const next = [...names].sort()
      if (next.join('\n') === seen.join('\n')) return
      seen = next
      onChange()
    },
    stop: () => {
      for (const source of [...sources, ...istios]) source.stop()
    },
  }
}
