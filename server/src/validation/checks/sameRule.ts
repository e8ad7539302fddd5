/** KIA0201: rules for the same host and subset; KIA0204: a rule that forgets the mutual TLS of a wider one. */
import type { ConfigObject } from '../../inventory/objects.ts'
import { recordsOf } from '../../istioconfig/read.ts'
import type { Facts } from '../facts.ts'
import { type HostRules, parse, resolve, str, within } from '../hosts.ts'
import { destinationRule, isThere } from '../parsed.ts'
import { imported } from '../scopes.ts'
import { isNobody, meet, type Viewers, viewersOf } from '../viewers.ts'
import { type Check, referred } from './check.ts'

export const severalForSubset: Check = ({ object, facts, viewers, report }) => {
  const frame = facts.frame()
  if (setsMutual(object, frame)) return
  const key = str(resolve(destinationRule(object).host, object.namespace, frame))
  const colliding = others(facts, object).filter((other) => {
    const theirs = str(resolve(destinationRule(other).host, other.namespace, frame))
    const overlap = key === theirs || within(key, theirs) || within(theirs, key)
    return overlap && !setsMutual(other, frame) && shareSubset(object, other) && meeting(facts, viewers, object, other)
  })
  if (colliding.length > 0) report('KIA0201', 'spec/host', { references: colliding.map(referred) })
}

export const forgetsMutual: Check = ({ object, facts, viewers, report }) => {
  const { host, policy, hasPolicy } = destinationRule(object)
  const repeats =
    hasPolicy && (isThere(policy.tls) || recordsOf(policy.portLevelSettings).some((settings) => isThere(settings.tls)))
  if (repeats) return
  const frame = facts.frame()
  const own = parse(host, object.namespace, frame)
  const wider = others(facts, object).filter((other) => {
    const theirs = destinationRule(other)
    const covers = setsMutual(other, frame)
      ? theirs.host === '*.local' || sameNamespace(parse(theirs.host, object.namespace, frame), own)
      : theirs.tlsMode === 'ISTIO_MUTUAL' && [`*.${own.ns}.${own.dom}`, str(own)].includes(theirs.host)
    return covers && meeting(facts, viewers, object, other)
  })
  if (wider.length > 0) report('KIA0204', 'spec/trafficPolicy', { references: wider.map(referred) })
}

const others = (facts: Facts, object: ConfigObject): readonly ConfigObject[] =>
  facts
    .byHost('destinationrules.networking.istio.io', destinationRule(object).host, object.namespace)
    .filter(({ name, namespace }) => name !== object.name || namespace !== object.namespace)

const sameNamespace = (a: { dom: string; ns: string }, b: { dom: string; ns: string }): boolean =>
  a.dom === b.dom && a.ns === b.ns

/** Makes clients of the whole mesh, or of its own namespace, use mutual TLS: such a rule is meant to be overlaid. */
function setsMutual(object: ConfigObject, { domain }: HostRules): boolean {
  const { host, tlsMode } = destinationRule(object)
  return tlsMode === 'ISTIO_MUTUAL' && (host === '*.local' || host === `*.${object.namespace}.${domain}`)
}

/** A rule without subsets is about all of them. */
function shareSubset(a: ConfigObject, b: ConfigObject): boolean {
  const ours = destinationRule(a).subsets
  const theirs = destinationRule(b).subsets
  return ours.length === 0 || theirs.length === 0 || ours.some(({ name }) => theirs.some((each) => each.name === name))
}

function meeting(facts: Facts, viewers: Viewers, a: ConfigObject, b: ConfigObject): boolean {
  const together = meet(viewers, viewersOf(facts.frame(), b))
  return !isNobody(together) && imported(facts, together, [a, b])
}
