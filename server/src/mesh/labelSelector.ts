/** Kubernetes' label selectors as Istio's mesh configuration holds them: `matchLabels` and `matchExpressions`. */
import type { Labels } from '../inventory/objects.ts'
import { fieldsOf, labelsOf, recordsOf, textOf, textsOf } from '../istioconfig/read.ts'

/** The empty selector, and no selector at all, match everything. An operator that does not exist matches nothing. */
export function matchesSelector(selector: unknown, labels: Labels): boolean {
  const { matchExpressions, matchLabels } = fieldsOf(selector)
  return (
    Object.entries(labelsOf(matchLabels)).every(([name, value]) => labels[name] === value) &&
    recordsOf(matchExpressions).every(({ key, operator, values }) =>
      holds(labels[textOf(key)], textOf(operator), textsOf(values)),
    )
  )
}

function holds(value: string | undefined, operator: string, values: readonly string[]): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    default:
      return false
  }
}
