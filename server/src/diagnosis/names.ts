/**
 * One cluster has one name, written in many places: its secret and kubeconfig (compared where they are read), istiod's
 * CLUSTER_ID, the labels of its metrics. Where they differ, data silently falls apart (reference: multicluster.md 1).
 */
import type { ClusterName } from '@binocle/api/identity'
import type { ControlPlanesSeen } from './istiod.ts'
import { type Outcome, ok, trouble } from './step.ts'

export interface NamesSeen {
  readonly cluster: ClusterName
  /** Undefined = they could not be looked for. */
  readonly istiods: ControlPlanesSeen | undefined
  /** Names that metrics carry; undefined = not known. */
  readonly telemetry: readonly string[] | undefined
  /** All clusters that the console knows. */
  readonly clusters: readonly ClusterName[]
}

export function namesOutcome(seen: NamesSeen): Outcome {
  const { cluster, telemetry, clusters } = seen
  const pods = seen.istiods?.pods ?? []
  const ids = [...new Set(pods.map(({ clusterId }) => clusterId || 'Kubernetes'))]
  const strange = pods.find(({ clusterId, external }) => (clusterId || 'Kubernetes') !== cluster && !external)
  if (strange !== undefined) return otherId(cluster, strange.clusterId || 'Kubernetes', strange.name)
  const unknown = (telemetry ?? []).filter((name) => !clusters.includes(name) && name !== 'unknown' && name !== '')
  if (telemetry !== undefined && !telemetry.includes(cluster) && unknown.length > 0) {
    return trouble(
      'warning',
      `No metric names ${cluster}.`,
      `Metrics name ${unknown.join(', ')}, which no cluster here is called: one of them may be this one.`,
      "Give the cluster the name that its proxies report (ISTIO_META_CLUSTER_ID), which is Istio's global.multiCluster.clusterName.",
    )
  }
  if (seen.istiods === undefined) {
    return trouble(
      'unknown',
      `Called ${cluster} in the kubeconfig.`,
      'What its istiod calls it (CLUSTER_ID) could not be read.',
      'See istiod.',
    )
  }
  const others = ids.filter((id) => id !== cluster)
  const hosts = others.length === 0 ? '' : ` It hosts the control plane of ${others.join(', ')}.`
  return ok(`Called ${cluster} in the kubeconfig${ids.includes(cluster) ? ' and by its istiod' : ''}.${hosts}`)
}

function otherId(cluster: ClusterName, id: string, pod: string): Outcome {
  const byDefault = id === 'Kubernetes' ? ' (the default, when nobody sets one)' : ''
  return trouble(
    'failed',
    `Called ${cluster} here, and ${id} by its istiod.`,
    `CLUSTER_ID of ${pod} is ${id}${byDefault}, so its proxies and metrics are of ${id}, and nothing of ${cluster}.`,
    `Name the cluster ${id} where it is declared (binocle remote-secret create --name ${id}), or set global.multiCluster.clusterName=${cluster} and restart its workloads.`,
    { code: 'BIN-CLUSTER-CONFIG' },
  )
}
