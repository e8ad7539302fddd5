/** KIA1301, KIA1311 to KIA1317: a workload, its labels and its pods. */
import { isEmpty, selects, workloadSelector } from '../../istioconfig/selectors.ts'
import { dataplaneMode, inject, useWaypoint } from '../../mesh/labels.ts'
import { isL7 } from '../ambient.ts'
import type { WorkloadFacts } from '../digest.ts'
import { type Facts, targetRefs } from '../facts.ts'
import type { Report } from '../verdict.ts'

export function workload(subject: WorkloadFacts, facts: Facts, report: Report): void {
  const { labels, namespace, hasPods } = subject
  const ofNamespace = facts.namespaceLabels(namespace)
  const mode = labels[dataplaneMode]
  const ambientLabel = mode === 'ambient' || (ofNamespace[dataplaneMode] === 'ambient' && mode !== 'none')
  const sidecarLabel = asksForSidecar(labels[inject], ofNamespace)
  const waypoint = mode === 'none' ? '' : (labels[useWaypoint] ?? ofNamespace[useWaypoint] ?? '')
  const waypointLabel = waypoint !== '' && waypoint !== 'none'
  const waypoints = facts.waypointsOf(subject)
  const say = (code: Parameters<Report>[0], when: boolean) => {
    if (when) report(code, 'workload')
  }
  say('KIA1301', !isCovered(subject, facts))
  say('KIA1311', ambientLabel && sidecarLabel)
  say('KIA1312', hasPods && waypointLabel && !subject.ambient)
  say('KIA1313', hasPods && waypointLabel && waypoints.length === 0)
  say('KIA1314', sidecarLabel && subject.somePodCaptured)
  say('KIA1315', ambientLabel && subject.somePodSidecar)
  say('KIA1316', hasPods && subject.sidecar && facts.frame().ambient.has(namespace))
  const isTraffic = !subject.isWaypoint && !subject.isGateway && mode !== 'none'
  const inAmbient = subject.ambient || ambientLabel
  say('KIA1317', isTraffic && inAmbient && waypoints.length === 0 && hasL7Policy(subject, facts))
}

/** Of the label only the words of namespaces are understood, as Kiali does. */
function asksForSidecar(injected: string | undefined, ofNamespace: Readonly<Record<string, string>>): boolean {
  if (ofNamespace['istio-injection'] === 'disabled' || injected === 'none') return false
  return (
    ofNamespace['istio-injection'] === 'enabled' || (ofNamespace['istio.io/rev'] ?? '') !== '' || injected === 'enabled'
  )
}

const policiesIn = (facts: Facts, namespace: string) =>
  facts.inNamespace('authorizationpolicies.security.istio.io', namespace)

function isCovered({ labels, namespace }: WorkloadFacts, facts: Facts): boolean {
  const root = facts.frame().planes.get(namespace)?.root
  const places = root === undefined || root === namespace ? [namespace] : [namespace, root]
  return places.some((place) => policiesIn(facts, place).some((policy) => selects(workloadSelector(policy), labels)))
}

/** A policy with targets applies through a service of theirs; one for a gateway does not. */
function hasL7Policy({ labels, namespace }: WorkloadFacts, facts: Facts): boolean {
  return policiesIn(facts, namespace).some((policy) => {
    if (!isL7[policy.kind]?.(policy)) return false
    const refs = targetRefs(policy)
    if (refs.length === 0) return selects(workloadSelector(policy), labels)
    return refs.some(({ group, kind, name }) => {
      if (kind !== 'Service' || (group !== '' && group !== 'core')) return false
      const service = facts.service(namespace, name)
      return service !== undefined && !isEmpty(service.selector) && selects(service.selector, labels)
    })
  })
}
