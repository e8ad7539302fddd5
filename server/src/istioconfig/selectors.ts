/** Which workloads an object of Istio's configuration selects, and which labels contain which. */
import type { ConfigObject, Labels } from '../inventory/objects.ts'
import { fieldsOf, labelsOf } from './read.ts'

/** Every pair of `selector` is in `labels`; the empty selector is in everything. */
export function selects(selector: Labels, labels: Labels): boolean {
  for (const name in selector) if (labels[name] !== selector[name]) return false
  return true
}

export const isEmpty = (labels: Labels): boolean => Object.keys(labels).length === 0

/** The labels by which a policy, Sidecar, EnvoyFilter, Gateway or WorkloadGroup picks workloads; empty = all. */
export function workloadSelector(object: ConfigObject): Labels {
  const spec = fieldsOf(object.resource.spec)
  switch (object.kind) {
    case 'Gateway':
      return labelsOf(spec.selector)
    case 'Sidecar':
    case 'EnvoyFilter':
      return labelsOf(fieldsOf(spec.workloadSelector).labels)
    case 'WorkloadGroup':
      return labelsOf(fieldsOf(spec.metadata).labels)
    default:
      return labelsOf(fieldsOf(spec.selector).matchLabels)
  }
}
