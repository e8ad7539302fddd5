/** KIA1102: bound to a gateway that does not exist; KIA1108: named in the old dotted way. */
import type { Facts } from '../facts.ts'
import { gatewayHost, parse, str } from '../hosts.ts'
import { virtualService } from '../parsed.ts'
import type { Check } from './check.ts'

/** As soon as one list holds a missing gateway, the match blocks after it are not looked at, as Kiali does. */
export const missingGateway: Check = ({ object, facts, report }) => {
  const { gateways, routes } = virtualService(object)
  const complete = (names: readonly string[], pathOf: (index: number) => string): boolean => {
    let all = true
    names.forEach((name, index) => {
      if (name === 'mesh') return
      if (name.includes('.')) report('KIA1108', `spec/gateways[${index}]`)
      if (exists(facts, name, object.namespace)) return
      report('KIA1102', pathOf(index))
      all = false
    })
    return all
  }
  if (!complete(gateways, (index) => `spec/gateways[${index}]`)) return
  for (const { protocol, index, matchGateways } of routes) {
    if (protocol !== 'http') continue
    for (const names of matchGateways) {
      if (!complete(names, (at) => `spec/http[${index}]/match/gateways[${at}]`)) return
    }
  }
}

/** A gateway whose own name has a dot cannot be named. */
function exists(facts: Facts, name: string, namespace: string): boolean {
  const wanted = gatewayHost(name, namespace, facts.frame())
  return facts.config['gateways.networking.istio.io']
    .get(`${wanted.ns}/${wanted.svc}`)
    .some((gateway) => str(parse(gateway.name, gateway.namespace, facts.frame())) === str(wanted))
}
