/** Gives nodes the labels of what they stand for, without those that name app and version (reference: graph.md 4.12). */
import type { Labels } from '../../inventory/objects.ts'
import type { GraphContext } from '../context.ts'
import type { Node, TrafficMap } from '../trafficMap.ts'

export function addLabels(map: TrafficMap, context: GraphContext): void {
  for (const node of map.values()) {
    if (node.marks.outside === true || node.marks.inaccessible === true) continue
    const labels = labelsOf(node, context)
    if (labels !== undefined) node.marks.labels = withoutNames(labels)
  }
}

function labelsOf(node: Node, context: GraphContext): Labels | undefined {
  switch (node.type) {
    case 'service':
      return context.inventory.get('services', node, node.service)?.labels
    case 'workload':
      return context.factsOf(node).workload(node.workload)?.labels
    case 'app':
      return node.version === '' ? appLabels(node, context) : context.factsOf(node).workload(node.workload)?.labels
    default:
      return undefined
  }
}

/** Of all its workloads and services; different values of one label stand together, as in the list of apps. */
function appLabels(node: Node, context: GraphContext): Labels | undefined {
  const facts = context.factsOf(node)
  const workloads = facts.apps.get(node.app)
  if (workloads === undefined) return undefined
  const values = new Map<string, Set<string>>()
  const services = new Set(workloads.flatMap((workload) => facts.servicesOf(workload)))
  for (const { labels } of [...workloads, ...services]) {
    for (const [name, value] of Object.entries(labels)) {
      const set = values.get(name) ?? new Set()
      values.set(name, set.add(value))
    }
  }
  return Object.fromEntries([...values].map(([name, set]) => [name, [...set].sort().join(',')]))
}

const appNames = ['service.istio.io/canonical-name', 'app.kubernetes.io/name', 'app'] as const
const versionNames = ['service.istio.io/canonical-revision', 'app.kubernetes.io/version', 'version'] as const

function withoutNames(labels: Labels): Labels {
  const app = appNames.find((name) => name in labels)
  const version = versionNames.find((name) => name in labels)
  const others: Record<string, string> = {}
  for (const name in labels) if (name !== app && name !== version) others[name] = labels[name] ?? ''
  return others
}
