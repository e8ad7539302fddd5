/** Kubernetes label selectors: as objects (`matchLabels`, `matchExpressions`). */
import type { Labels } from '../inventory/objects.ts'
import { type Fields, labelsOf, recordsOf, textOf, textsOf } from '../istioconfig/read.ts'
import { selects } from '../istioconfig/selectors.ts'

/** The empty selector matches everything; an operator that Kubernetes does not know matches nothing. */
export function matchesSelector(selector: Fields, labels: Labels): boolean {
  return (
    selects(labelsOf(selector.matchLabels), labels) &&
    recordsOf(selector.matchExpressions).every((expression) => matches(expression, labels))
  )
}

function matches(expression: Fields, labels: Labels): boolean {
  const value = labels[textOf(expression.key)]
  const values = textsOf(expression.values)
  switch (expression.operator) {
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
