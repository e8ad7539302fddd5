/** What AuthorizationPolicies and PeerAuthentications are about (reference: validations.md 6). */
import type { ConfigObject } from '../../inventory/objects.ts'
import { recordsOf, textsOf } from '../../istioconfig/read.ts'
import { selects, workloadSelector } from '../../istioconfig/selectors.ts'
import { partsOf } from '../checks/authorization.ts'
import type { Facts } from '../facts.ts'
import { isWildcard, parse, resolve, str } from '../hosts.ts'
import { destinationRule, isThere, serviceEntry, specOf, virtualService, wideMode } from '../parsed.ts'
import { kubernetesKnows } from '../registry.ts'
import type { References } from './builder.ts'
import { visible } from './routing.ts'

export function ofAuthorizationPolicy(policy: ConfigObject, facts: Facts, to: References): void {
  const frame = facts.frame()
  const { namespace } = policy
  const hosts = partsOf(recordsOf(specOf(policy).rules), 'to', 'operation').flatMap(({ fields }) =>
    textsOf(fields.hosts),
  )
  for (const written of hosts) {
    const host = resolve(written, namespace, frame)
    if (isWildcard(host)) continue
    const name = str(host)
    const named = [
      ...visible(facts, 'serviceentries.networking.istio.io', namespace).filter((entry) =>
        serviceEntry(entry).hosts.includes(name),
      ),
      ...visible(facts, 'virtualservices.networking.istio.io', namespace).filter((route) =>
        virtualService(route).hosts.some((each) => str(parse(each, route.namespace, frame)) === name),
      ),
    ]
    for (const object of named) to.object(object)
    if (named.length === 0 && kubernetesKnows(facts, name, namespace)) to.service(host.ns, host.svc)
  }
  if (!isThere(specOf(policy).selector)) return
  const selector = workloadSelector(policy)
  // In the root namespace it selects in all namespaces that have this root.
  for (const workload of facts.workloadsMatching(selector)) {
    const root = frame.planes.get(workload.namespace)?.root
    if (workload.namespace === namespace || root === namespace) to.workload(workload)
  }
}

export function ofPeerAuthentication(policy: ConfigObject, facts: Facts, to: References): void {
  const frame = facts.frame()
  const { namespace } = policy
  const plane = frame.planes.get(namespace)
  const hosts = plane?.root === namespace ? ['*.local'] : [`*.${namespace}.${frame.domain}`, '*.local']
  const mode = wideMode(policy)
  const wanted = mode === 'DISABLE' ? 'DISABLE' : mode === 'STRICT' && plane?.autoMtls === false ? 'ISTIO_MUTUAL' : ''
  if (wanted !== '') {
    for (const rule of visible(facts, 'destinationrules.networking.istio.io', namespace)) {
      const { host, tlsMode } = destinationRule(rule)
      if (hosts.includes(host) && tlsMode === wanted) to.object(rule)
    }
  }
  if (!isThere(specOf(policy).selector)) return
  const selector = workloadSelector(policy)
  for (const workload of facts.workloadsIn(namespace)) if (selects(selector, workload.labels)) to.workload(workload)
}
