/** The live model of the mesh that every answer is a projection of. Built once, in `main.ts`. */

import type { Providers } from './catalog/providers.ts'
import type { Clusters } from './clusters/clusters.ts'
import type { Config } from './config/config.ts'
import type { Inventory } from './inventory/inventory.ts'
import type { TrafficSource } from './telemetry/traffic.ts'

/** Unix milliseconds. */
export type Clock = () => number

export interface Mesh extends Providers {
  readonly config: Config
  readonly clusters: Clusters
  readonly inventory: Inventory
  readonly traffic: TrafficSource
  readonly clock: Clock
}
