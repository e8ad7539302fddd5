/** Clusters of a proxy: one for each port of a service and subset, one for each own port, and those that always are. */

import { type Destination, madeOf } from './destinations.ts'
import type { SimProxy } from './proxy.ts'

export const staticClusters: readonly { readonly name: string; readonly type: string }[] = [
  { name: 'prometheus_stats', type: 'STATIC' },
  { name: 'agent', type: 'STATIC' },
  { name: 'sds-grpc', type: 'STATIC' },
  { name: 'xds-grpc', type: 'STATIC' },
]

export function clustersOf({ workload }: SimProxy, destinations: readonly Destination[]): readonly unknown[] {
  const outbound = destinations.flatMap((destination) =>
    ['', ...destination.subsets].map((subset) => ({
      ...madeOf(destination.destinationRule),
      name: clusterName(destination, subset, workload.gateway === 'eastwest' ? 'sni' : 'plain'),
      type: 'EDS',
    })),
  )
  if (workload.gateway === 'eastwest') return outbound
  return [
    ...outbound,
    ...(workload.gateway === undefined ? [{ name: inboundName(workload.port), type: 'ORIGINAL_DST' }] : []),
    { name: 'BlackHoleCluster', type: 'STATIC' },
    { name: 'PassthroughCluster', type: 'ORIGINAL_DST' },
    { name: 'InboundPassthroughCluster', type: 'ORIGINAL_DST' },
  ]
}

/** `sni`: as the name that is asked for at the gateway of another network. */
export const clusterName = ({ host, port }: Destination, subset: string, form: 'plain' | 'sni'): string =>
  form === 'sni' ? `outbound_.${port}_.${subset}_.${host}` : `outbound|${port}|${subset}|${host}`

export const inboundName = (port = 8080): string => `inbound|${port}||`
