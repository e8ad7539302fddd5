/** KIA1211, KIA1212: ServiceEntries that declare the same host and port. */
import type { ConfigObject } from '../../inventory/objects.ts'
import { serviceEntry } from '../parsed.ts'
import { imports, scopesFor } from '../scopes.ts'
import { isNobody, meet, sees, viewersOf } from '../viewers.ts'
import { type Check, referred } from './check.ts'

export const declaredTwice: Check = ({ object, facts, viewers, report }) => {
  const { hosts, ports } = serviceEntry(object)
  ports.forEach(({ number, protocol }, index) => {
    for (const host of hosts) {
      const entries = facts.config['serviceentries.networking.istio.io'].get(`is ${host.toLowerCase()}`)
      const others = entries.filter(
        (other) =>
          (other.name !== object.name || other.namespace !== object.namespace) &&
          serviceEntry(other).ports.some((port) => port.number === number) &&
          !isNobody(meet(viewers, viewersOf(facts.frame(), other))),
      )
      const itself = ports.some((port, at) => at !== index && port.number === number)
      if (others.length === 0 && !itself) continue
      for (const scope of scopesFor(facts, viewers, object)) {
        if (!imports(facts, scope, object)) continue
        const seen = others.filter(
          (other) => sees(viewersOf(facts.frame(), other), scope.namespace) && imports(facts, scope, other),
        )
        if (seen.length === 0 && !itself) continue
        const protocols = [object, ...seen].flatMap((each) => protocolsOf(each, number))
        const same = protocols.every((each) => each === protocol.toUpperCase())
        report(same ? 'KIA1211' : 'KIA1212', `spec/ports[${index}]`, {
          references: [...seen, ...(itself ? [object] : [])].map(referred),
        })
      }
    }
  })
}

const protocolsOf = (entry: ConfigObject, port: number): readonly string[] =>
  serviceEntry(entry)
    .ports.filter(({ number }) => number === port)
    .map(({ protocol }) => protocol.toUpperCase())
