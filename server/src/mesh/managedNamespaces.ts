/** Which namespaces follow which control plane (reference: multicluster.md 9.6). */
import type { Labels, Namespace } from '../inventory/objects.ts'
import type { Clusters, ControlPlane } from './controlPlanes.ts'
import { matchesSelector } from './labelSelector.ts'

/**
 * The namespaces of all clusters that the control plane manages, in order of its clusters, then of name. Where a tag
 * points to the revision, Kiali counts the namespaces of the tag only; both count for Istio, and for us.
 */
export function namespacesOf(plane: ControlPlane, clusters: Clusters): readonly Namespace[] {
  const { discoverySelectors } = plane.config
  return plane.managedClusters.flatMap((cluster) => {
    const names = revisionNames(plane, cluster)
    return (clusters.get(cluster)?.namespaces ?? []).filter(
      ({ labels }) =>
        names.has(membership(labels)) &&
        (discoverySelectors.length === 0 || discoverySelectors.some((selector) => matchesSelector(selector, labels))),
    )
  })
}

/** What a namespace may name to follow the control plane: its revision, and the tags of that cluster that point to it. */
export function revisionNames(plane: ControlPlane, cluster: string): ReadonlySet<string> {
  return new Set([
    plane.revision || 'default',
    ...plane.tags.filter((tag) => tag.cluster === cluster).map(({ name }) => name),
  ])
}

/** The revision or tag that a namespace's labels ask for; '' = none. Injection switched on, or ambient, asks for `default`. */
export function membership(labels: Labels): string {
  if (labels['istio-injection'] === 'enabled') return 'default'
  const revision = labels['istio.io/rev']
  if (revision !== undefined) return revision
  return labels['istio.io/dataplane-mode'] === 'ambient' ? 'default' : ''
}
