/** Adds services and workloads that had no traffic (reference: graph.md 4.7). */
import type { GraphType } from '@binocle/api/graph'
import type { NamespaceRef } from '@binocle/api/identity'
import type { NamespaceFacts } from '../../catalog/namespaceFacts.ts'
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
      if (map.has(identity.key)) continue
      addNode(map, identity).marks.idle = true
    }
  }
}

/** Kept until something in the namespace changes: nodes keep their ids that way. Unfiltered. */
const kept = new WeakMap<NamespaceFacts, Map<GraphType, readonly NodeIdentity[]>>()

function expected(at: NamespaceRef, context: GraphContext): readonly NodeIdentity[] {
  const facts = context.factsOf(at)
  const { graphType } = context.options
  const byType = kept.get(facts) ?? new Map<GraphType, readonly NodeIdentity[]>()
  kept.set(facts, byType)
  let identities = byType.get(graphType)
  if (identities === undefined) {
    identities = [...identitiesOf(at, facts, context)]
    byType.set(graphType, identities)
  }
  return identities
}

function* identitiesOf(at: NamespaceRef, facts: NamespaceFacts, context: GraphContext): Generator<NodeIdentity> {
  const { graphType } = context.options
  for (const service of [...facts.services.map(({ name }) => name), ...externalHosts(at, context)]) {
    const nobody = { workloadNamespace: at.namespace, workload: '', app: '', version: '' }
    const labels = { cluster: at.cluster, serviceNamespace: at.namespace, service, ...nobody }
    const identity = nodeIdentity(labels, graphType)
    if (identity !== undefined) yield identity
  }
  if (graphType === 'service') return
  for (const { name, app, version } of facts.workloads) {
    const labels = { workload: name, app: app ?? 'unknown', version: version ?? 'unknown' }
    const place = { cluster: at.cluster, serviceNamespace: at.namespace, workloadNamespace: at.namespace }
    const identity = nodeIdentity({ ...place, service: '', ...labels }, graphType)
    if (identity !== undefined) yield identity
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
