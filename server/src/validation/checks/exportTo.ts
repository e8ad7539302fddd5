/** KIA0005: exported to a namespace that does not exist. */
import { exportTo } from '../parsed.ts'
import type { Check } from './check.ts'

export const exportedToNowhere: Check = ({ object, facts, report }) => {
  const { ambient, names } = facts.frame()
  if (ambient.has(object.namespace)) return
  exportTo(object).forEach((name, index) => {
    if (name !== '.' && name !== '*' && !names.has(name)) report('KIA0005', `spec/exportTo[${index}]`)
  })
}
