/** KIA0210 to 0212, 1109, 1113, 1114: L7 routes and rules for services of an ambient namespace. */
import type { ConfigObject } from '../../inventory/objects.ts'
import { isAmbient, isEnrolled, isL7 } from '../ambient.ts'
import type { Code } from '../catalogue.ts'
import { resolve } from '../hosts.ts'
import { destinationRule, virtualService } from '../parsed.ts'
import type { Check } from './check.ts'

interface Codes {
  readonly ownNamespace: Code
  readonly notEnrolled: Code
  readonly elsewhere: Code
}

export const ambientRoutes = ambientTraffic(
  { ownNamespace: 'KIA1109', notEnrolled: 'KIA1113', elsewhere: 'KIA1114' },
  (object) => virtualService(object).hosts.map((host, index) => ({ host, path: `spec/hosts[${index}]` })),
)

export const ambientRules = ambientTraffic(
  { ownNamespace: 'KIA0210', notEnrolled: 'KIA0211', elsewhere: 'KIA0212' },
  (object) => [{ host: destinationRule(object).host, path: 'spec/host' }],
)

function ambientTraffic(
  codes: Codes,
  hostsOf: (object: ConfigObject) => readonly { readonly host: string; readonly path: string }[],
): Check {
  return ({ object, facts, report }) => {
    if (!isL7[object.kind]?.(object)) return
    const hosts = hostsOf(object)
    const seen = new Set<string>()
    for (const { host, path } of hosts) {
      if (host === '' || host === '*') continue
      const { svc, ns, full } = resolve(host, object.namespace, facts.frame())
      if (!full || !isAmbient(facts, ns)) continue
      const service = facts.service(ns, svc)
      if (service === undefined || seen.has(`${ns}/${svc}`)) continue
      seen.add(`${ns}/${svc}`)
      if (object.namespace !== ns) report(codes.elsewhere, path)
      if (!isEnrolled(facts, service.labels, ns)) report(codes.notEnrolled, path)
    }
    const lost = seen.size === 0 && isAmbient(facts, object.namespace) && !isEnrolled(facts, {}, object.namespace)
    if (lost) report(codes.ownNamespace, hosts[0]?.path ?? 'spec/hosts[0]')
  }
}
