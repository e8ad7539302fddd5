/** KIA1601: a grant for a namespace that does not exist. */
import { recordsOf, textOf } from '../../istioconfig/read.ts'
import { specOf } from '../parsed.ts'
import type { Check } from './check.ts'

export const grantsNobody: Check = ({ object, facts, report }) => {
  recordsOf(specOf(object).from).forEach(({ namespace }, index) => {
    if (!facts.frame().names.has(textOf(namespace))) report('KIA1601', `spec/from[${index}]/namespace`)
  })
}
