/** KIA0109, 0110, 1110 to 1112, 1115 to 1117: L7 policies of an ambient namespace that no waypoint reads. */
import type { ConfigObject } from '../../inventory/objects.ts'
import { isEmpty, selects, workloadSelector } from '../../istioconfig/selectors.ts'
import { dataplaneMode } from '../../mesh/labels.ts'
import { isAmbient, isEnrolled, isL7 } from '../ambient.ts'
import type { Code } from '../catalogue.ts'
import { type Facts, targetRefs } from '../facts.ts'
import type { Check } from './check.ts'

export const ambientPolicy =
  (notEnrolled: Code, withoutTarget: Code): Check =>
  ({ object, facts, report }) => {
    if (!isAmbient(facts, object.namespace) || !isL7[object.kind]?.(object)) return
    if (!isTargetEnrolled(facts, object)) report(notEnrolled, '')
    if (targetRefs(object).length === 0) report(withoutTarget, '')
  }

function isTargetEnrolled(facts: Facts, object: ConfigObject): boolean {
  const { namespace } = object
  const services = targetRefs(object)
    .filter(({ group, kind }) => kind === 'Service' && (group === '' || group === 'core'))
    .flatMap(({ name }) => facts.service(namespace, name) ?? [])
  if (services.length > 0) return services.every(({ labels }) => isEnrolled(facts, labels, namespace))
  const selector = workloadSelector(object)
  const ofNamespace = isEnrolled(facts, {}, namespace)
  if (isEmpty(selector)) return ofNamespace
  const selected = facts
    .workloadsIn(namespace)
    .filter(({ labels, isWaypoint }) => !isWaypoint && selects(selector, labels))
  const inMesh = selected.filter(({ labels }) => labels[dataplaneMode] !== 'none')
  if (inMesh.length > 0) return inMesh.every(({ labels }) => isEnrolled(facts, labels, namespace))
  return selected.length > 0 || ofNamespace
}
