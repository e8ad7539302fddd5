/** The clusters of the mesh as the server last told, with each one's tint. */
import type { ClusterStatus, ClustersAnswer } from '@binocle/api/multicluster'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { tintOf } from '../components/clusterStates.ts'
import { clustersQuery } from '../data/queries.ts'

export interface Clusters {
  readonly answer: ClustersAnswer | undefined
  /** By name; empty until the first answer. */
  readonly clusters: readonly ClusterStatus[]
  readonly names: readonly string[]
  tint(cluster: string): number
}

export function useClusters(): Clusters {
  const { data } = useQuery(clustersQuery())
  return useMemo(() => {
    const clusters = (data?.clusters ?? []).toSorted((a, b) => a.name.localeCompare(b.name))
    const names = clusters.map(({ name }) => name)
    return { answer: data, clusters, names, tint: (cluster) => tintOf(cluster, names) }
  }, [data])
}
