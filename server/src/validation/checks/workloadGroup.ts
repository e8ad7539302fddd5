/** KIA1701: a service account that nobody uses; KIA1702: two groups with the same labels. */
import { fieldsOf, labelsOf, textOf } from '../../istioconfig/read.ts'
import { selects } from '../../istioconfig/selectors.ts'
import { isThere, specOf } from '../parsed.ts'
import { type Check, referred } from './check.ts'

export const unusedAccount: Check = ({ object, facts, report }) => {
  const account = textOf(fieldsOf(specOf(object).template).serviceAccount)
  if (account !== '' && !facts.hasServiceAccount(object.namespace, account)) {
    report('KIA1701', 'spec/template/serviceAccount')
  }
}

export const sameGroup: Check = ({ object, facts, report }) => {
  const { metadata } = specOf(object)
  if (!isThere(metadata)) return
  const own = labelsOf(fieldsOf(metadata).labels)
  const same = facts.inNamespace('workloadgroups.networking.istio.io', object.namespace).filter((other) => {
    const theirs = specOf(other).metadata
    if (other.name === object.name || !isThere(theirs)) return false
    const labels = labelsOf(fieldsOf(theirs).labels)
    return selects(own, labels) && selects(labels, own)
  })
  if (same.length > 0) report('KIA1702', 'spec/metadata/labels', { references: same.map(referred) })
}
