/** KIA0202: a rule for a host that is not in the registry; KIA0203, KIA0209: its subsets. */
import type { ConfigObject } from '../../inventory/objects.ts'
import { isEmpty, selects } from '../../istioconfig/selectors.ts'
import type { Severity } from '../catalogue.ts'
import type { Facts } from '../facts.ts'
import { isWildcard, refersTo, resolve, str, twoPart } from '../hosts.ts'
import { destinationRule, type Subset, serviceEntry, virtualService } from '../parsed.ts'
import { unknownTo } from '../registry.ts'
import { blind, isNobody, namesOf, sees, severities, type Viewers, viewersOf } from '../viewers.ts'
import type { Check } from './check.ts'

export const unknownHost: Check = ({ object, facts, viewers, report }) => {
  const frame = facts.frame()
  const unknown = unknownHostTo(facts, object, viewers)
  if (!isNobody(unknown)) {
    for (const severity of severities(frame, unknown)) report('KIA0202', 'spec/host', { severity })
  }
  const left: Viewers = isNobody(unknown)
    ? viewers
    : unknown === 'all' || unknown === viewers
      ? []
      : namesOf(frame, viewers).filter((name) => !unknown.includes(name))
  if (isNobody(left)) return
  const { subsets } = destinationRule(object)
  if (subsets.length === 0) return
  const missing = subsets.map((subset) => (isEmpty(subset.labels) ? undefined : unmatched(facts, object, subset, left)))
  subsets.forEach((subset, index) => {
    const viewersWithout = missing[index]
    if (viewersWithout === undefined || isNobody(viewersWithout)) return
    for (const severity of routed(facts, object, subset, viewersWithout)) {
      report('KIA0203', `spec/subsets[${index}]`, { severity, invalid: severity === 'error' })
    }
  })
  const sibling = missing.some(
    (each) => each !== undefined && each !== 'all' && each.length < namesOf(frame, left).length,
  )
  subsets.forEach(({ labels }, index) => {
    if (isEmpty(labels)) report('KIA0209', `spec/subsets[${index}]`, { severity: sibling ? 'unknown' : 'warning' })
  })
}

/** A workload's app label in the own namespace can stand in for a service. */
function unknownHostTo(facts: Facts, object: ConfigObject, viewers: Viewers): Viewers {
  const host = resolve(destinationRule(object).host, object.namespace, facts.frame())
  if (isWildcard(host)) return []
  const unknown = unknownTo(facts, str(host), object.namespace, viewers)
  if (isNobody(unknown)) return []
  const { svc, ns } = twoPart(host)
  const standsIn = ns === object.namespace && facts.workloadsIn(ns).some(({ app }) => app === svc)
  return standsIn ? [] : unknown
}

/** The viewers for whom nothing carries the subset's labels. */
function unmatched(facts: Facts, object: ConfigObject, subset: Subset, viewers: Viewers): Viewers {
  const host = resolve(destinationRule(object).host, object.namespace, facts.frame())
  if (isWildcard(host)) return []
  const { svc, ns } = twoPart(host)
  const service = facts.service(ns, svc)
  if (service !== undefined && !isEmpty(service.selector)) {
    const wanted = { ...service.selector, ...subset.labels }
    const compatible = selects(service.selector, wanted)
    return compatible && facts.workloadsIn(ns).some(({ labels }) => selects(wanted, labels)) ? [] : viewers
  }
  // The host of the entry is not compared, as Kiali does.
  const entries = facts.config['serviceentries.networking.istio.io']
    .get('with endpoints')
    .filter((entry) => serviceEntry(entry).endpointLabels.some((labels) => selects(subset.labels, labels)))
  return blind(facts.frame(), viewers, entries)
}

/** An error where a visible VirtualService routes to the subset; otherwise it is only worth knowing. */
function routed(facts: Facts, object: ConfigObject, subset: Subset, viewers: Viewers): readonly Severity[] {
  const frame = facts.frame()
  const { host } = destinationRule(object)
  const routes = facts.routesTo(host).filter((route) => {
    const z = resolve(host, route.namespace, frame)
    return virtualService(route).destinations.some((destination) => {
      const q = resolve(destination.host, object.namespace, frame)
      return destination.subset === subset.name && refersTo(str(z), z.ns, q.svc, q.ns, frame)
    })
  })
  if (routes.length === 0) return ['unknown']
  const found = new Set<Severity>()
  for (const name of namesOf(frame, viewers)) {
    found.add(routes.some((route) => sees(viewersOf(frame, route), name)) ? 'error' : 'unknown')
  }
  return [...found].sort()
}
