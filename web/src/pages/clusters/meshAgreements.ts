/**
 * What the clusters of one mesh must have in common, and whether they do: mesh id, trust domain, root of trust, istiod's
 * version. Networks stand beside them: they may differ, but one must know which.
 */
import type { ClusterStatus } from '@binocle/api/multicluster'

export interface Agreement {
  readonly what: string
  /** `alike`: all that are known say the same. `apart`: they should, but do not. `free`: they need not. */
  readonly verdict: 'alike' | 'apart' | 'free'
  readonly values: readonly { readonly value: string; readonly clusters: readonly string[] }[]
  /** Clusters that do not say. */
  readonly silent: readonly string[]
  /** What happens when they do not agree. */
  readonly consequence?: string
}

/** Clusters outside any mesh (no role, telemetry only, only managed from here) are left out; nothing known: no line. */
export function meshAgreements(clusters: readonly ClusterStatus[]): Agreement[] {
  const members = clusters.filter(
    ({ role, state }) => state !== 'telemetry-only' && role !== 'management' && role !== 'unmanaged',
  )
  const agreement = (
    what: string,
    wordsOf: (cluster: ClusterStatus) => readonly string[],
    consequence?: string,
    asked = members,
  ): Agreement[] => {
    const values = grouped(members, wordsOf)
    if (values.length === 0) return []
    const silent = asked.filter((cluster) => wordsOf(cluster).length === 0).map(({ name }) => name)
    if (consequence === undefined) return [{ what, verdict: 'free', values, silent }]
    const told = asked.length - silent.length
    const shared = values.filter((one) => one.clusters.length === told)
    if (shared.length > 0) return [{ what, verdict: 'alike', values: shared, silent }]
    return [{ what, verdict: 'apart', values, silent, consequence }]
  }
  return [
    ...agreement(
      'Mesh',
      only(({ meshId }) => meshId),
      'Telemetry and gateways take them for different meshes.',
    ),
    ...agreement(
      'Trust domain',
      ({ trustDomain, trustDomainAliases = [] }) =>
        trustDomain === undefined ? [] : [trustDomain, ...trustDomainAliases],
      'Policies that name an identity do not match callers of the other cluster, unless an alias says so.',
    ),
    ...agreement(
      'Root of trust',
      ({ rootCertificates = [] }) => rootCertificates.map(({ fingerprint }) => shortPrint(fingerprint)),
      'mTLS between them fails: neither accepts the certificates of the other.',
    ),
    ...agreement(
      'Network',
      only(({ network }) => network),
    ),
    ...agreement(
      'istiod',
      ({ controlPlanes }) => [...new Set(controlPlanes.flatMap(({ version }) => version ?? []))],
      undefined,
      members.filter(({ controlPlanes }) => controlPlanes.length > 0),
    ),
  ]
}

const only =
  (word: (cluster: ClusterStatus) => string | undefined) =>
  (cluster: ClusterStatus): string[] => {
    const found = word(cluster)
    return found === undefined || found === '' ? [] : [found]
  }

function grouped(
  clusters: readonly ClusterStatus[],
  wordsOf: (cluster: ClusterStatus) => readonly string[],
): { value: string; clusters: string[] }[] {
  const groups = new Map<string, string[]>()
  for (const cluster of clusters) {
    for (const word of wordsOf(cluster)) groups.set(word, [...(groups.get(word) ?? []), cluster.name])
  }
  return [...groups].map(([value, names]) => ({ value, clusters: names }))
}

/** The first four bytes: enough to tell two roots apart by eye. */
export const shortPrint = (fingerprint: string): string => fingerprint.split(':').slice(0, 4).join(':')
