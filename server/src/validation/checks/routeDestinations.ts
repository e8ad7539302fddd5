/** KIA1101: a route to a host that is not in the registry; KIA1104, KIA1105: weights and repeated destinations. */
import { resolve, str } from '../hosts.ts'
import { virtualService } from '../parsed.ts'
import { unknownTo } from '../registry.ts'
import { isNobody, severities } from '../viewers.ts'
import type { Check } from './check.ts'

export const unknownDestination: Check = ({ object, facts, viewers, report }) => {
  const frame = facts.frame()
  for (const { protocol, route, index, host } of virtualService(object).destinations) {
    if (host === '') continue
    const name = str(resolve(host, object.namespace, frame))
    const unknown = unknownTo(facts, name, object.namespace, viewers)
    if (isNobody(unknown)) continue
    for (const severity of severities(frame, unknown)) {
      report('KIA1101', `spec/${protocol}[${route}]/route[${index}]/destination/host`, { severity })
    }
  }
}

export const uselessWeight: Check = ({ object, report }) => {
  for (const { protocol, index, weights } of virtualService(object).routes) {
    const [weight = 0] = weights
    if (weights.length === 1 && weight > 0 && weight < 100)
      report('KIA1104', `spec/${protocol}[${index}]/route[0]/weight`)
  }
}

export const repeatedDestination: Check = ({ object, facts, report }) => {
  for (const { protocol, index, destinations } of virtualService(object).routes) {
    const keys = destinations.map(
      ({ host, subset }) => `${str(resolve(host, object.namespace, facts.frame()))}${subset}`,
    )
    destinations.forEach((destination, at) => {
      if (destination.host === '' || keys.filter((key) => key === keys[at]).length < 2) return
      report('KIA1105', `spec/${protocol}[${index}]/route[${destination.index}]/host`)
    })
  }
}
