/** istiod's `/debug/syncz`: which configuration it sent to each proxy, and which the proxy acknowledged. */
import type { ProxyStatus } from '@binocle/api/catalog'
import type { ClusterName } from '@binocle/api/identity'
import type { Json } from '../inventory/json.ts'
import { textOf } from './elements.ts'

export interface SyncedProxy {
  readonly cluster: ClusterName
  readonly namespace: string
  readonly pod: string
  /** Proxies with the same status share it. */
  readonly status: ProxyStatus
}

/**
 * undefined for what is no proxy of a pod: those outside Kubernetes have no `pod.namespace` name. A pod's name may have
 * dots, a namespace's may not.
 */
export function proxyOf(element: Json): SyncedProxy | undefined {
  const cluster = textOf(element, 'cluster_id')
  const proxy = textOf(element, 'proxy')
  const dot = proxy.lastIndexOf('.')
  if (dot <= 0 || cluster === '') return undefined
  const isWaypoint = textOf(element, 'proxy_type') === 'waypoint'
  const of = (kind: string): string =>
    acknowledged(textOf(element, `${kind}_sent`), textOf(element, `${kind}_acked`), isWaypoint)
  const status = shared({ CDS: of('cluster'), EDS: of('endpoint'), LDS: of('listener'), RDS: of('route') })
  return { cluster, namespace: proxy.slice(dot + 1), pod: proxy.slice(0, dot), status }
}

/** In Kiali's words (reference: multicluster.md 12.2). */
function acknowledged(sent: string, acked: string, isWaypoint: boolean): string {
  if (sent === '') return isWaypoint ? 'IGNORED' : 'NOT_SENT'
  if (sent === acked) return 'Synced'
  return acked === '' ? 'Stale (Never Acknowledged)' : 'Stale'
}

/** Five words for each of four kinds: at most 625 different ones, whatever the number of proxies. */
const statuses = new Map<string, ProxyStatus>()

function shared(status: ProxyStatus): ProxyStatus {
  const key = `${status.CDS}|${status.EDS}|${status.LDS}|${status.RDS}`
  const known = statuses.get(key)
  if (known !== undefined) return known
  statuses.set(key, status)
  return status
}
