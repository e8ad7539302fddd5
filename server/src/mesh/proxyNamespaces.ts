/**
 * The namespaces of a cluster that hold proxies of their own: gateways, waypoints, ztunnels. They are few, and whoever
 * looks for such workloads needs to look nowhere else.
 */
import type { ClusterName } from '@binocle/api/identity'
import type { Inventory } from '../inventory/inventory.ts'
import type { Controller } from '../inventory/objects.ts'
import { workloadSelector } from '../istioconfig/selectors.ts'
import { finder } from './evidence.ts'
import { isGateway, isWaypoint, isZtunnel } from './labels.ts'

const isProxy = ({ template: { annotations, labels } }: Controller): boolean =>
  isWaypoint(labels) || isZtunnel(labels) || isGateway(labels, annotations)

// A gateway that a rollout controller makes is known by its ReplicaSet only.
const finders = [
  finder('daemonsets.apps', isProxy),
  finder('deployments.apps', isProxy),
  finder('replicasets.apps', isProxy),
  finder('statefulsets.apps', isProxy),
  finder('workloadgroups.networking.istio.io', (group) => isGateway(workloadSelector(group), {})),
] as const

/** In order of name. A pod that nobody owns is not looked for. */
export function proxyNamespaces(inventory: Inventory, cluster: ClusterName): readonly string[] {
  const names = new Set<string>()
  for (const find of finders) for (const { namespace } of find(inventory, cluster)) names.add(namespace)
  return [...names].sort()
}
