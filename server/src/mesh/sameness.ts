/**
 * Are two things of one namespace and name, in two clusters, the same thing for the mesh; and if not, why (reference:
 * multicluster.md 18.3, ui.md 17.6). The one place that decides it.
 */
import type { ClusterName, LogicalKind } from '@binocle/api/identity'
import type { LogicalObject } from '@binocle/api/multicluster'
import type { Config } from '../config/config.ts'
import { clusterLocality } from './clusterLocal.ts'
import { identityDomain, type MeshFacts } from './mesh.ts'
import type { ServiceSetting } from './meshConfig.ts'

/** One part of what may be one logical object. `kind` is the Kubernetes kind of a workload, '' otherwise. */
export interface Part {
  readonly cluster: ClusterName
  readonly kind: string
}

/** Parts that are one object. `apart`: why they are not one with the namesakes in other clusters. */
export interface Whole<P extends Part> {
  readonly parts: readonly P[]
  readonly apart?: NonNullable<LogicalObject['apart']>
}

/** Puts together what is the same, in the order in which the parts come. */
export function wholes<P extends Part>(
  facts: MeshFacts,
  config: Config['istio'],
  kind: LogicalKind,
  name: { readonly namespace: string; readonly name: string },
  parts: readonly P[],
): readonly Whole<P>[] {
  const local: Whole<P>[] = []
  const groups = new Map<string, P[]>()
  for (const part of parts) {
    const decidedBy = kind === 'service' ? localBy(facts, config, name, part.cluster) : undefined
    if (decidedBy !== undefined) {
      local.push({ parts: [part], apart: { reason: 'cluster-local', decidedBy } })
      continue
    }
    const key = `${part.kind} ${meshOf(facts, part.cluster)}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [part])
    else group.push(part)
  }
  if (groups.size < 2) return [...[...groups.values()].map((group) => ({ parts: group })), ...local]
  const kinds = new Set(parts.map((part) => part.kind))
  const shared = [...groups.values()].map((group): Whole<P> => {
    const [first] = group
    return {
      parts: group,
      apart:
        kinds.size > 1
          ? { reason: 'kind', decidedBy: first?.kind ?? '' }
          : { reason: 'mesh', decidedBy: first === undefined ? '' : meshOf(facts, first.cluster) },
    }
  })
  return [...shared, ...local]
}

/** The pattern by which the cluster's control planes keep a service to callers of its own cluster. */
function localBy(
  facts: MeshFacts,
  config: Config['istio'],
  { namespace, name }: { readonly namespace: string; readonly name: string },
  cluster: ClusterName,
): string | undefined {
  const domain = identityDomain(facts, cluster, config)
  const host = `${name}.${namespace}.${domain}`
  const settings = facts.managersOf(cluster)[0]?.config.serviceSettings ?? noSettings
  const { clusterLocal, decidedBy } = clusterLocality(host, settings, domain)
  return clusterLocal ? (decidedBy ?? '') : undefined
}

const noSettings: readonly ServiceSetting[] = []

/** The id of the mesh a cluster is part of; '' when nobody says: then it is taken for the same. */
const meshOf = (facts: MeshFacts, cluster: ClusterName): string => facts.managersOf(cluster)[0]?.config.meshId ?? ''
