/** istiod's `/debug/clusterz`: which clusters' API it reads, and whether it is in step with them. */
import type { Json } from '../inventory/json.ts'
import { textOf } from './elements.ts'
import type { RemoteCluster } from './facts.ts'

/** undefined for what names no cluster, or says of it a word that we do not know. */
export function remoteOf(element: Json): RemoteCluster | undefined {
  const id = textOf(element, 'id')
  const syncStatus = words.find((word) => word === textOf(element, 'syncStatus'))
  if (id === '' || syncStatus === undefined) return undefined
  return { id, secretName: textOf(element, 'secretName'), syncStatus }
}

const words = ['closed', 'synced', 'syncing', 'timeout'] as const
