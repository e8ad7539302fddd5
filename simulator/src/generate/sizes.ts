/** How large generated meshes are. */

export interface MeshSize {
  readonly clusters: number
  /** Distinct (cluster, namespace) pairs are about twice as many: each namespace lives in two clusters. */
  readonly namespaces: number
  readonly workloads: number
  readonly pods: number
  /** Objects of Istio. */
  readonly config: number
  /** Series of requests, both reporters. */
  readonly series: number
}

export type SizeName = 'L' | 'M' | 'S' | 'XS'

export const SIZES: Readonly<Record<SizeName, MeshSize>> = {
  XS: { clusters: 2, namespaces: 6, workloads: 40, pods: 80, config: 40, series: 200 },
  S: { clusters: 2, namespaces: 50, workloads: 500, pods: 2_000, config: 1_000, series: 3_000 },
  M: { clusters: 4, namespaces: 800, workloads: 5_000, pods: 20_000, config: 8_000, series: 30_000 },
  L: { clusters: 20, namespaces: 2_000, workloads: 20_000, pods: 60_000, config: 30_000, series: 150_000 },
}
