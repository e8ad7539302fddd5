/** KIA1107: a route to a subset that no rule defines. */
import { type Host, type HostRules, refersTo, resolve, str, within } from '../hosts.ts'
import { destinationRule, virtualService } from '../parsed.ts'
import { imports, scopesFor } from '../scopes.ts'
import { sees, viewersOf } from '../viewers.ts'
import type { Check } from './check.ts'

export const undefinedSubset: Check = ({ object, facts, viewers, report }) => {
  const frame = facts.frame()
  for (const { protocol, route, index, host, subset } of virtualService(object).destinations) {
    if (host === '' || subset === '') continue
    const target = resolve(host, object.namespace, frame)
    const defining = facts.byHost('destinationrules.networking.istio.io', host, object.namespace).filter((rule) => {
      const { host: covered, subsets } = destinationRule(rule)
      return (
        subsets.some(({ name }) => name === subset) && covers(resolve(covered, rule.namespace, frame), target, frame)
      )
    })
    // Whoever imports everything is content with a rule that everybody sees.
    const shown = defining.some((rule) => viewersOf(frame, rule) === 'all')
    const missing = scopesFor(facts, viewers, object, shown ? 'limited' : 'all').some(
      (scope) =>
        !defining.some((rule) => sees(viewersOf(frame, rule), scope.namespace) && imports(facts, scope, rule)) &&
        imports(facts, scope, object),
    )
    if (missing) report('KIA1107', `spec/${protocol}[${route}]/route[${index}]/destination`)
  }
}

const covers = (rule: Host, target: Host, rules: HostRules): boolean =>
  refersTo(str(target), target.ns, rule.svc, rule.ns, rules) || within(str(target), str(rule))
