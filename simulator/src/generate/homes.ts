/** What a generated namespace is made of. */
import type { SimCluster } from '../scenario.ts'

/** A namespace with the clusters it lives in and its apps; of each app every cluster has the service. */
export interface Home {
  readonly namespace: string
  readonly at: readonly SimCluster[]
  readonly apps: readonly App[]
}

export interface App {
  readonly name: string
  readonly versions: readonly string[]
}
