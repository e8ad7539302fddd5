/** The clusters of the mesh as the server last told, with each one's tint. Asked once in the shell, read anywhere. */
import type { ClusterStatus, ClustersAnswer } from '@binocle/api/multicluster'
import { useQuery } from '@tanstack/react-query'
import { createContext, use, useMemo } from 'react'
import { tintOf } from '../components/clusterStates.ts'
import { clustersQuery } from '../data/queries.ts'

export interface Clusters {
  readonly answer: ClustersAnswer | undefined
  /** By name; empty until the first answer. */
  readonly clusters: readonly ClusterStatus[]
  readonly names: readonly string[]
  /** The number of a `--cluster-n` colour. */
  tint(cluster: string): number
  /** Why there is no answer, or no newer one. */
  readonly error: Error | null
}

const none: Clusters = { answer: undefined, clusters: [], names: [], tint: () => 1, error: null }

export const ClustersContext = createContext(none)

/** Read below the shell. A chip in every row of a long list reads it, so it must cost nothing. */
export const useClusters = (): Clusters => use(ClustersContext)

/** For the shell, which provides the context. */
export function useAskedClusters(): Clusters {
  const { data, error } = useQuery(clustersQuery())
  return useMemo(() => {
    const clusters = (data?.clusters ?? []).toSorted((a, b) => (a.name < b.name ? -1 : 1))
    const names = clusters.map(({ name }) => name)
    return { answer: data, clusters, names, tint: (cluster) => tintOf(cluster, names), error }
  }, [data, error])
}
