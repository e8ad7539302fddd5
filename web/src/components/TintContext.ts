/** The tint of each cluster: changes only when the set of clusters does, so that chips need not draw anew otherwise. */
import { createContext, use } from 'react'
import { tintOf } from './clusterStates.ts'

/** Names of all clusters in order. */
export const TintContext = createContext<readonly string[]>([])

/** The number of a `--cluster-n` colour. */
export const useTint = (cluster: string): number => tintOf(cluster, use(TintContext))
