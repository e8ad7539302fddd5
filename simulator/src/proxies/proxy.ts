/** A proxy of a pod, and the control plane that tells it what to do. */
import type { Plane } from '../istiod/plane.ts'
import type { SimWorkload } from '../scenario.ts'
import type { SimPod, Topology } from '../topology.ts'

export interface SimProxy {
  readonly topology: Topology
  readonly workload: SimWorkload
  readonly pod: SimPod
  /** Undefined: none serves its cluster, and it knows of nothing. */
  readonly plane: Plane | undefined
}
