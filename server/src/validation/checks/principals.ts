/**
 * KIA0106 to KIA0108: principals of an AuthorizationPolicy. The one check that looks at other clusters: a service account
 * may be used only there.
 */
import { recordsOf, textsOf } from '../../istioconfig/read.ts'
import type { Facts } from '../facts.ts'
import { globOf } from '../glob.ts'
import { specOf } from '../parsed.ts'
import { partsOf } from './authorization.ts'
import type { Check } from './check.ts'

export const unknownPrincipal =
  (others: (cluster: string) => readonly Facts[]): Check =>
  ({ object, facts, report }) => {
    for (const { fields, path } of partsOf(recordsOf(specOf(object).rules), 'from', 'source')) {
      textsOf(fields.principals).forEach((principal, index) => {
        if (principal === '*' || isUsed(facts, principal)) return
        const at = `${path}/principals[${index}]`
        if (others(facts.cluster).some((other) => isUsed(other, principal))) report('KIA0107', at)
        else report(isForeign(facts, principal) ? 'KIA0108' : 'KIA0106', at)
      })
    }
  }

/** Some pod of the cluster runs as it, by any name of its trust domain. */
function isUsed(facts: Facts, principal: string): boolean {
  const { trustDomains } = facts.frame()
  if (!principal.startsWith('*') && !principal.endsWith('*')) {
    const parts = /^(.*)\/ns\/([^/]*)\/sa\/([^/]*)$/.exec(principal)
    if (parts === null) return false
    const [, trustDomain = '', namespace = '', account = ''] = parts
    return trustDomains.includes(trustDomain) && facts.hasServiceAccount(namespace, account)
  }
  const fits = globOf(principal)
  return [...facts.serviceAccounts()].some((account) => {
    const [namespace = '', name = ''] = account.split('/')
    return trustDomains.some((domain) => fits(`${domain}/ns/${namespace}/sa/${name}`))
  })
}

function isForeign(facts: Facts, principal: string): boolean {
  const at = principal.indexOf('/ns/')
  return !principal.includes('*') && at > 0 && !facts.frame().knownTrustDomains.has(principal.slice(0, at))
}
