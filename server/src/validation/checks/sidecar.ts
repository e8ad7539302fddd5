/** KIA1004: an egress host that is not in the registry; KIA1006, KIA1007: the Sidecar itself. */
import { fieldsOf, recordsOf, textOf, textsOf } from '../../istioconfig/read.ts'
import { isEmpty, workloadSelector } from '../../istioconfig/selectors.ts'
import { isWildcard, parse, str } from '../hosts.ts'
import { isThere, specOf } from '../parsed.ts'
import { unknownTo } from '../registry.ts'
import { isNobody } from '../viewers.ts'
import type { Check } from './check.ts'

/** The namespace part is not used, as Kiali does. */
export const unknownEgress: Check = ({ object, facts, viewers, report }) => {
  recordsOf(specOf(object).egress).forEach(({ hosts }, index) => {
    textsOf(hosts).forEach((written, at) => {
      const [, dns = ''] = written.split('/')
      if (dns === '*') return
      const host = parse(dns, object.namespace, facts.frame())
      if (isWildcard(host) && host.ns === object.namespace) return
      const unknown = unknownTo(facts, str(host), object.namespace, viewers)
      if (!isNobody(unknown)) report('KIA1004', `spec/egress[${index}]/hosts[${at}]`)
    })
  })
}

export const rootSidecarSelects: Check = ({ object, facts, report }) => {
  const isRoot = facts.frame().planes.get(object.namespace)?.root === object.namespace
  if (isRoot && !isEmpty(workloadSelector(object))) report('KIA1006', 'spec/workloadSelector')
}

export const unclearOutbound: Check = ({ object, report }) => {
  const { outboundTrafficPolicy } = specOf(object)
  if (isThere(outboundTrafficPolicy) && textOf(fieldsOf(outboundTrafficPolicy).mode) !== 'ALLOW_ANY') {
    report('KIA1007', 'spec/outboundTrafficPolicy')
  }
}
