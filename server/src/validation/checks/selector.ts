/** KIA0004: a selector that selects nothing; KIA0002 and KIA0003: two objects that select the same. */
import type { Labels } from '../../inventory/objects.ts'
import { isEmpty, selects, workloadSelector } from '../../istioconfig/selectors.ts'
import type { ConfigKind, Facts } from '../facts.ts'
import { type Check, referred } from './check.ts'

/** Looks in the own namespace only, also for policies that select in the whole mesh. */
export const selectsNothing =
  (path: string): Check =>
  ({ object, facts, report }) => {
    const selector = workloadSelector(object)
    if (isEmpty(selector)) return
    const some = facts.workloadsIn(object.namespace).some(({ labels }) => selects(selector, labels))
    if (!some) report('KIA0004', path)
  }

/** Sidecars of a namespace without workloads are left out; PeerAuthentications are not. */
export const selectsWhatAnotherSelects =
  (kind: ConfigKind, path: string, needsWorkloads: boolean): Check =>
  ({ object, facts, report }) => {
    if (needsWorkloads && facts.workloadsIn(object.namespace).length === 0) return
    const others = facts.inNamespace(kind, object.namespace).filter(({ name }) => name !== object.name)
    const own = workloadSelector(object)
    const same = others.filter((other) => {
      const selector = workloadSelector(other)
      return isEmpty(own) || isEmpty(selector) ? isEmpty(own) && isEmpty(selector) : overlap(facts, own, selector)
    })
    if (same.length > 0) report(isEmpty(own) ? 'KIA0002' : 'KIA0003', path, { references: same.map(referred) })
  }

/** A workload anywhere in the cluster carries both selectors. */
function overlap(facts: Facts, a: Labels, b: Labels): boolean {
  const compatible = Object.entries(a).every(([name, value]) => b[name] === undefined || b[name] === value)
  return compatible && facts.workloadsMatching({ ...a, ...b }).length > 0
}
