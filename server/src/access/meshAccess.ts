/**
 * Who may read what is of no namespace: nodes, how a cluster is followed and reached, what is wrong with its place in the
 * mesh. Kubernetes has no right for that, so it goes with the namespaces of control planes: who sees one looks after its
 * cluster (reference: auth.md 8.1, "mesh access").
 */
import type { ClusterName } from '@binocle/api/identity'
import type { Scope } from './scope.ts'

/** What is known of the clusters. `namespaces` and `systemNamespaces` are names; empty where nothing could be read. */
export interface MeshAccessFacts {
  /** The cluster that the console calls home; undefined without any. */
  readonly home: ClusterName | undefined
  /** Where one looks for Istio in a cluster of which nothing is known. */
  readonly rootNamespace: string
  /** Those that exist and hold a control plane of the cluster, or would. */
  systemNamespaces(cluster: ClusterName): readonly string[]
  namespaces(cluster: ClusterName): Iterable<string>
}

/** The viewer looks after the mesh: sees a control plane's namespace of the home cluster. */
export function hasMeshAccess(scope: Scope, facts: MeshAccessFacts): boolean {
  const { home, rootNamespace } = facts
  if (home === undefined || scope.seesCluster(home) === 'no') return false
  return seesSystem(scope, facts, home) ?? scope.sees({ cluster: home, namespace: rootNamespace }) === 'yes'
}

/**
 * The viewer looks after the cluster. Of one that cannot say now who may see it, or of which nothing was ever read, those
 * who look after the mesh: it is they who can bring it back.
 */
export function hasClusterAccess(scope: Scope, facts: MeshAccessFacts, cluster: ClusterName): boolean {
  const known = scope.seesCluster(cluster)
  if (known === 'no') return false
  const system = seesSystem(scope, facts, cluster)
  return system === true || ((known === 'unknown' || system === undefined) && hasMeshAccess(scope, facts))
}

/**
 * The viewer sees what control planes of the cluster are told and tell. Without Istio there is no such namespace: then it
 * takes all that there are. undefined = nothing is known of the cluster.
 */
export function seesSystem(scope: Scope, facts: MeshAccessFacts, cluster: ClusterName): boolean | undefined {
  const sees = (namespace: string): boolean => scope.sees({ cluster, namespace }) === 'yes'
  const system = facts.systemNamespaces(cluster)
  if (system.length > 0) return system.some(sees)
  let any = false
  for (const namespace of facts.namespaces(cluster)) {
    if (!sees(namespace)) return false
    any = true
  }
  return any ? true : undefined
}
