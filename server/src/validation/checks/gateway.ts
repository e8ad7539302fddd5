/** KIA0301: gateways that serve the same host and port; KIA0302: a gateway without workloads. */
import { labelsOf } from '../../istioconfig/read.ts'
import { type ServedHost, servedHosts } from '../gatewayKeys.ts'
import { specOf } from '../parsed.ts'
import { namesOf } from '../viewers.ts'
import { type Check, referred } from './check.ts'

export const gatewayWithoutWorkloads: Check = ({ object, facts, viewers, report }) => {
  const frame = facts.frame()
  const matching = facts.workloadsMatching(labelsOf(specOf(object).selector))
  const inOwn = matching.some(({ namespace }) => namespace === object.namespace)
  const missing = namesOf(frame, viewers).some((viewer) =>
    frame.planes.get(viewer)?.scopeGateways ? !inOwn : matching.length === 0,
  )
  if (missing) report('KIA0302', 'spec/selector')
}

/** Of two hosts of one gateway only the earlier is marked; of another gateway its first that collides. */
export const servesTheSame =
  (skipWildcards: boolean): Check =>
  ({ object, facts, report }) => {
    const isOwn = ({ gateway }: ServedHost) => gateway.name === object.name && gateway.namespace === object.namespace
    const own = servedHosts(object)
    for (const bucket of new Set(own.map((each) => each.bucket))) {
      const served = facts.config['gateways.networking.istio.io']
        .get(`serves ${bucket}`)
        .flatMap(servedHosts)
        .filter((each) => each.bucket === bucket)
      served.forEach((entry, at) => {
        const later = served.slice(at + 1).filter((other) => collide(entry, other, skipWildcards))
        if (isOwn(entry)) {
          if (later.length === 0) return
          const references = later.filter((other) => !isOwn(other)).map(({ gateway }) => referred(gateway))
          report('KIA0301', pathOf(entry), { references })
        } else {
          const first = later.find(isOwn)
          if (first !== undefined) report('KIA0301', pathOf(first), { references: [referred(entry.gateway)] })
        }
      })
    }
  }

const pathOf = ({ server, index }: ServedHost): string => `spec/servers[${server}]/hosts[${index}]`

function collide(a: ServedHost, b: ServedHost, skipWildcards: boolean): boolean {
  if (a.target !== b.target && a.target !== '*' && b.target !== '*') return false
  if (a.host === '*' || b.host === '*') return !skipWildcards
  const [one, other] = [a.host.toLowerCase(), b.host.toLowerCase()]
  if (one === other) return true
  const wild = one.startsWith('*')
  if (wild === other.startsWith('*')) return false
  return wild ? other.endsWith(one.slice(1)) : one.endsWith(other.slice(1))
}
