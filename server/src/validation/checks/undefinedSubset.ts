/** KIA1107: a route to a subset that no rule defines. */
import { type Host, type HostRules, refersTo, resolve, str, within } from '../hosts.ts'
import { destinationRule, virtualService } from '../parsed.ts'
import { imports } from '../scopes.ts'
import { namesOf, sees, viewersOf } from '../viewers.ts'
import type { Check } from './check.ts'

export const undefinedSubset: Check = ({ object, facts, viewers, report }) => {
  const frame = facts.frame()
  for (const { protocol, route, index, host, subset } of virtualService(object).destinations) {
    if (host === '' || subset === '') continue
    const target = resolve(host, object.namespace, frame)
    const defining = facts.byHost('destinationrules.networking.istio.io', host).filter((rule) => {
      const { host: covered, subsets } = destinationRule(rule)
      return (
        subsets.some(({ name }) => name === subset) && covers(resolve(covered, rule.namespace, frame), target, frame)
      )
    })
    const missing = namesOf(frame, viewers).some(
      (viewer) =>
        !defining.some((rule) => sees(viewersOf(frame, rule), viewer) && imports(facts, viewer, rule)) &&
        imports(facts, viewer, object),
    )
    if (missing) report('KIA1107', `spec/${protocol}[${route}]/route[${index}]/destination`)
  }
}

const covers = (rule: Host, target: Host, rules: HostRules): boolean =>
  refersTo(str(target), target.ns, rule.svc, rule.ns, rules) || within(str(target), str(rule))
