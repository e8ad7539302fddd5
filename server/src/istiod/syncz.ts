/** istiod's `/debug/syncz`: which configuration it sent to each proxy, and which the proxy acknowledged. */
import type { ProxyStatus } from '@binocle/api/catalog'
import type { ClusterName } from '@binocle/api/identity'

export interface SyncedProxy {
  readonly cluster: ClusterName
  readonly namespace: string
  readonly pod: string
  readonly status: ProxyStatus
}

/** What has not the form of an answer is left out. Proxies outside Kubernetes have no `pod.namespace` name. */
export function parseSyncz(answer: unknown): readonly SyncedProxy[] {
  return Array.isArray(answer) ? answer.flatMap(proxyOf) : []
}

function proxyOf(entry: unknown): SyncedProxy[] {
  if (typeof entry !== 'object' || entry === null) return []
  const fields = new Map<string, unknown>(Object.entries(entry))
  const text = (name: string): string => {
    const value = fields.get(name)
    return typeof value === 'string' ? value : ''
  }
  const proxy = text('proxy')
  const dot = proxy.lastIndexOf('.')
  if (dot <= 0 || text('cluster_id') === '') return []
  const isWaypoint = text('proxy_type') === 'waypoint'
  const of = (kind: string) => acknowledged(text(`${kind}_sent`), text(`${kind}_acked`), isWaypoint)
  return [
    {
      cluster: text('cluster_id'),
      namespace: proxy.slice(dot + 1),
      pod: proxy.slice(0, dot),
      status: { CDS: of('cluster'), EDS: of('endpoint'), LDS: of('listener'), RDS: of('route') },
    },
  ]
}

/** In Kiali's words (reference: multicluster.md 12.2). */
function acknowledged(sent: string, acked: string, isWaypoint: boolean): string {
  if (sent === '') return isWaypoint ? 'IGNORED' : 'NOT_SENT'
  if (sent === acked) return 'Synced'
  return acked === '' ? 'Stale (Never Acknowledged)' : 'Stale'
}
