/** Names the WorkloadEntries behind workload and app nodes (reference: graph.md 4.3). */
import { entryLabels } from '../../catalog/workloadEntries.ts'
import { labelNames } from '../../mesh/labels.ts'
import type { GraphContext } from '../context.ts'
import type { TrafficMap } from '../trafficMap.ts'

export function addWorkloadEntries(map: TrafficMap, context: GraphContext, namespace: string): void {
  const names = labelNames(context.mesh.config.istio)
  for (const node of map.values()) {
    if ((node.type !== 'workload' && node.type !== 'app') || node.namespace !== namespace) continue
    if (node.version === '' || !context.accessible(node)) continue
    const entries = context.inventory.in('workloadentries.networking.istio.io', node)
    if (entries.length === 0) continue
    const found = entries.filter((entry) => {
      const labels = entryLabels(entry)
      return names.appOf(labels) === node.app && names.versionOf(labels) === node.version
    })
    if (found.length > 0) node.marks.workloadEntries = found.map(({ name }) => name)
  }
}
