/** KIA1106: several VirtualServices for one host and gateway. */
import type { ConfigObject } from '../../inventory/objects.ts'
import type { Facts } from '../facts.ts'
import { type Host, resolve } from '../hosts.ts'
import { virtualService } from '../parsed.ts'
import { imported } from '../scopes.ts'
import { isNobody, meet, viewersOf } from '../viewers.ts'
import { type Check, referred } from './check.ts'

/** Gateways are compared as written; `*` of a namespace meets all of it, external wildcards meet nothing. */
export const severalForHost: Check = ({ object, facts, viewers, report }) => {
  const own = claims(facts, object)
  const others = new Set<ConfigObject>()
  let itself = false
  own.forEach((claim, at) => {
    if (own.some((other, index) => index !== at && meets(claim, other))) itself = true
    for (const other of facts.byHost('virtualservices.networking.istio.io', claim.written, object.namespace)) {
      if (others.has(other) || (other.name === object.name && other.namespace === object.namespace)) continue
      if (!claims(facts, other).some((each) => meets(claim, each))) continue
      const together = meet(viewers, viewersOf(facts.frame(), other))
      if (!isNobody(together) && imported(facts, together, [object, other])) others.add(other)
    }
  })
  if (others.size > 0 || (itself && imported(facts, viewers, [object]))) {
    report('KIA1106', 'spec/hosts', { references: [...others].map(referred) })
  }
}

interface Claim {
  readonly gateway: string
  readonly written: string
  readonly host: Host
}

function claims(facts: Facts, object: ConfigObject): readonly Claim[] {
  const { hosts, gateways } = virtualService(object)
  const bound = gateways.length === 0 ? [''] : gateways
  return hosts.flatMap((written) => {
    const host = resolve(written, object.namespace, facts.frame())
    return bound.map((gateway) => ({ gateway, written, host }))
  })
}

const meets = (a: Claim, b: Claim): boolean =>
  a.gateway === b.gateway &&
  a.host.dom === b.host.dom &&
  a.host.ns === b.host.ns &&
  (a.host.svc === b.host.svc || a.host.svc === '*' || b.host.svc === '*')
