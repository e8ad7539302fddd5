/**
 * Whether mutual TLS is in force for the workloads that a policy selects, as its namespace sees it (reference:
 * validations.md 5.4).
 */
import type { ConfigObject, Labels } from '../inventory/objects.ts'
import { fieldsOf } from '../istioconfig/read.ts'
import { isEmpty, selects, workloadSelector } from '../istioconfig/selectors.ts'
import { isMutual, wideRules } from './checks/serverTls.ts'
import type { Facts } from './facts.ts'
import { refersTo } from './hosts.ts'
import { destinationRule, isThere, mtlsMode, specOf, wideMode } from './parsed.ts'
import { sees, viewersOf } from './viewers.ts'

export function isMtlsInForce(facts: Facts, policy: ConfigObject): boolean {
  const { selector } = specOf(policy)
  const labels = workloadSelector(policy)
  const own = facts.inNamespace('peerauthentications.security.istio.io', policy.namespace)
  if (!isThere(selector) || isThere(fieldsOf(selector).matchLabels)) {
    const decided = decidedForWorkload(facts, policy.namespace, own, labels)
    if (decided !== undefined) return decided
  }
  return namespaceState(facts, policy.namespace, own) === 'ENABLED'
}

/** undefined: no policy for these labels decides, the namespace does. */
function decidedForWorkload(
  facts: Facts,
  namespace: string,
  policies: readonly ConfigObject[],
  labels: Labels,
): boolean | undefined {
  for (const policy of policies) {
    const selector = workloadSelector(policy)
    if (isEmpty(selector) || !selects(selector, labels)) continue
    const mode = mtlsMode(policy)
    if (mode === 'STRICT') return true
    if (mode === 'DISABLE') return false
    if (mode === 'PERMISSIVE') return decidedByClients(facts, namespace, selector)
  }
  return undefined
}

function decidedByClients(facts: Facts, namespace: string, selector: Labels): boolean | undefined {
  for (const service of facts.services.get(namespace)) {
    if (isEmpty(service.selector) || !selects(selector, service.selector)) continue
    for (const rule of facts.byHost('destinationrules.networking.istio.io', service.name, namespace)) {
      const { host, tlsMode } = destinationRule(rule)
      if (!sees(viewersOf(facts.frame(), rule), namespace)) continue
      if (!refersTo(host, rule.namespace, service.name, namespace, facts.frame())) continue
      if (isMutual(tlsMode)) return true
      if (tlsMode === 'DISABLE') return false
    }
  }
  return undefined
}

type Status = 'DISABLED' | 'ENABLED' | 'NOT_ENABLED' | 'PARTIALLY_ENABLED'

/** A level of the mesh: what its rule for clients and its policy for servers say. */
interface State {
  readonly status: Status
  readonly dr: string
  readonly pa: string
}

function namespaceState(facts: Facts, namespace: string, own: readonly ConfigObject[]): Status {
  const frame = facts.frame()
  const plane = frame.planes.get(namespace)
  const auto = plane?.autoMtls ?? true
  const rules = wideRules(facts, namespace).map(destinationRule)
  const tls = (wanted: string): string =>
    rules.find(({ host, tlsMode }) => host === wanted && tlsMode !== '')?.tlsMode ?? ''
  const root = plane === undefined ? [] : facts.inNamespace('peerauthentications.security.istio.io', plane.root)
  const mesh = stateOf(tls('*.local'), firstMode(root), true, auto)
  const whole = { ...mesh, status: combined(undefined, mesh, true, auto) }
  const status = combined(
    stateOf(tls(`*.${namespace}.${frame.domain}`), firstMode(own), true, auto),
    whole,
    false,
    auto,
  )
  return status === 'NOT_ENABLED' && auto ? 'ENABLED' : status
}

const firstMode = (policies: readonly ConfigObject[]): string =>
  policies.map(wideMode).find((mode) => mode !== '') ?? ''

function stateOf(dr: string, pa: string, permissiveOk: boolean, auto: boolean): State {
  const on = isMutual(dr) || (dr === '' && auto)
  const off = dr === 'DISABLE' || (dr === '' && auto)
  const status =
    (pa === 'STRICT' || (pa === 'PERMISSIVE' && permissiveOk)) && on
      ? 'ENABLED'
      : pa === 'DISABLE' && off
        ? 'DISABLED'
        : pa === '' && dr === ''
          ? 'NOT_ENABLED'
          : 'PARTIALLY_ENABLED'
  return { status, dr, pa }
}

function combined(own: State | undefined, mesh: State, permissiveOk: boolean, auto: boolean): Status {
  if (own?.status === 'ENABLED' || own?.status === 'DISABLED') return own.status
  if (own?.status === 'PARTIALLY_ENABLED') {
    const merged = stateOf(own.dr || mesh.dr, own.pa || mesh.pa, permissiveOk, auto)
    return combined(undefined, merged, permissiveOk, auto)
  }
  if (mesh.status === 'ENABLED' || mesh.status === 'DISABLED') return mesh.status
  const { dr, pa } = mesh
  if (pa === '' && dr === '') return 'NOT_ENABLED'
  if ((pa === 'DISABLE' && dr === '') || (dr === 'DISABLE' && pa === '')) return 'DISABLED'
  const strict = pa === 'STRICT' && dr === ''
  const mutual = isMutual(dr) && pa === ''
  const permissive = permissiveOk && pa === 'PERMISSIVE' && dr === ''
  return auto && (strict || mutual || permissive) ? 'ENABLED' : 'PARTIALLY_ENABLED'
}
