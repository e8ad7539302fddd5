/** Adds services and workloads that had no traffic (reference: graph.md 4.7). */
import type { NamespaceRef } from '@binocle/api/identity'
import { entryHosts } from '../../istioconfig/routing.ts'
import type { GraphContext } from '../context.ts'
import { type NodeIdentity, nodeIdentity } from '../nodeIdentity.ts'
import { addNode, type TrafficMap } from '../trafficMap.ts'

/** Not on graphs about one app, workload or service; without service nodes Kiali adds none at all. */
export function addIdleNodes(map: TrafficMap, context: GraphContext, namespace: string): void {
  const { node, injectServiceNodes } = context.options
  if (node !== undefined && (node.kind !== 'aggregate' || node.service !== '')) return
  if (!injectServiceNodes) return
  for (const cluster of context.clustersOf(namespace)) {
    for (const identity of expected({ cluster, namespace }, context)) {
      if (identity === undefined || map.has(identity.key)) continue
      addNode(map, identity).marks.idle = true
    }
  }
}

function* expected(at: NamespaceRef, context: GraphContext): Generator<NodeIdentity | undefined> {
  const { graphType } = context.options
  const { services, workloads } = context.factsOf(at)
  for (const service of [...services.map(({ name }) => name), ...externalHosts(at, context)]) {
    const nobody = { workloadNamespace: at.namespace, workload: '', app: '', version: '' }
    yield nodeIdentity({ cluster: at.cluster, serviceNamespace: at.namespace, service, ...nobody }, graphType)
  }
  if (graphType === 'service') return
  for (const { name, app, version } of workloads) {
    const labels = { workload: name, app: app ?? 'unknown', version: version ?? 'unknown' }
    const place = { cluster: at.cluster, serviceNamespace: at.namespace, workloadNamespace: at.namespace }
    yield nodeIdentity({ ...place, service: '', ...labels }, graphType)
  }
}

/** Hosts of the namespace's ServiceEntries that no Kubernetes service backs are listed as services too. */
function externalHosts(at: NamespaceRef, context: GraphContext): Set<string> {
  const backed = (host: string) => {
    const [service = '', namespace = at.namespace] = host.split('.')
    return namespace === at.namespace && context.inventory.get('services', at, service) !== undefined
  }
  const entries = context.inventory.in('serviceentries.networking.istio.io', at)
  return new Set(entries.flatMap(entryHosts).filter((host) => !backed(host)))
}
