/** Machines outside Kubernetes: which WorkloadEntries a WorkloadGroup stands for. */
import type { Inventory } from '../inventory/inventory.ts'
import type { ConfigObject, Labels } from '../inventory/objects.ts'
import { fieldsOf, labelsOf } from '../istioconfig/read.ts'
import { isEmpty, selects, workloadSelector } from '../istioconfig/selectors.ts'

/** Entries of the group's namespace that carry all labels of its template; none when it states no label. */
export function entriesOf(inventory: Inventory, group: ConfigObject): readonly ConfigObject[] {
  const selector = workloadSelector(group)
  if (isEmpty(selector)) return []
  return inventory
    .in('workloadentries.networking.istio.io', group)
    .filter((entry) => selects(selector, entryLabels(entry)))
}

/** Labels of the machine: stated in the spec. */
export const entryLabels = (entry: ConfigObject): Labels => labelsOf(fieldsOf(entry.resource.spec).labels)
