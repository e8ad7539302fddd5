/** What each istiod says of itself: versions, connected proxies, pushes, resources. */
import { meshFacts } from '../objects/objects.ts'
import type { Topology } from '../topology.ts'
import { constant, steady } from './curve.ts'
import type { FamilyMetadata, Labels, Series } from './series.ts'

export interface ControlPlaneSeries {
  readonly metadata: readonly FamilyMetadata[]
  readonly series: readonly Series[]
}

export function controlPlaneSeries(topology: Topology, epochS: number): ControlPlaneSeries {
  const clock = steady(epochS)
  const gauge = (name: string, base: Labels, value: number): Series => ({
    metric: { name, base, le: '' },
    curve: constant,
    factor: 0,
    offset: value,
  })
  const counter = (name: string, base: Labels, ratePerS: number, le = ''): Series => ({
    metric: { name, base, le },
    curve: clock,
    factor: ratePerS,
    offset: 0,
  })
  const series = topology.workloads
    .filter((w) => w.app === 'istiod')
    .flatMap((w) => {
      const cluster = topology.cluster(w.cluster)
      if (!cluster) return []
      const { version } = meshFacts(topology.scenario, cluster)
      const proxies = topology.workloads
        .filter((other) => other.cluster === w.cluster && (other.mode === 'sidecar' || other.gateway !== undefined))
        .reduce((sum, other) => sum + other.replicas, 0)
      const services = topology.services.filter((service) => service.cluster === w.cluster).length
      return topology.pods(w).flatMap((pod) => {
        const base = {
          app: 'istiod',
          cluster: w.cluster,
          instance: `${pod.ip}:15014`,
          job: 'kubernetes-pods',
          namespace: w.namespace,
          pod: pod.name,
        }
        const container = { ...base, container: 'discovery', job: 'kubelet' }
        return [
          gauge('pilot_info', { ...base, version }, 1),
          gauge('istio_build', { ...base, component: 'pilot', tag: version }, 1),
          gauge('pilot_xds', { ...base, version }, proxies / topology.pods(w).length),
          gauge('pilot_services', base, services),
          gauge('istiod_managed_clusters', { ...base, cluster_type: 'local' }, 1),
          gauge('istiod_managed_clusters', { ...base, cluster_type: 'remote' }, topology.scenario.clusters.length - 1),
          gauge('process_resident_memory_bytes', base, 180_000_000),
          gauge('container_memory_working_set_bytes', container, 190_000_000),
          counter('process_cpu_seconds_total', base, 0.04),
          counter('container_cpu_usage_seconds_total', container, 0.045),
          ...(['cds', 'eds', 'lds', 'rds'] as const).map((type) => counter('pilot_xds_pushes', { ...base, type }, 0.2)),
          ...CONVERGENCE.map(([le, rate]) => counter('pilot_proxy_convergence_time_bucket', base, rate, le)),
          counter('pilot_proxy_convergence_time_sum', base, 0.01),
          counter('pilot_proxy_convergence_time_count', base, 0.2),
        ]
      })
    })
  return { metadata: METADATA, series }
}

/** Upper bound in seconds -> pushes per second that converged within it. */
const CONVERGENCE: readonly (readonly [string, number])[] = [
  ['0.1', 0.18],
  ['0.5', 0.195],
  ['1', 0.199],
  ['3', 0.2],
  ['5', 0.2],
  ['10', 0.2],
  ['20', 0.2],
  ['30', 0.2],
  ['+Inf', 0.2],
]

const METADATA: readonly FamilyMetadata[] = [
  { name: 'container_cpu_usage_seconds_total', type: 'counter', help: 'CPU time of a container' },
  { name: 'container_memory_working_set_bytes', type: 'gauge', help: 'Memory of a container that is in use' },
  { name: 'istio_build', type: 'gauge', help: 'Version of an Istio component' },
  { name: 'istiod_managed_clusters', type: 'gauge', help: 'Clusters that this istiod reads' },
  { name: 'pilot_info', type: 'gauge', help: 'Version of this istiod' },
  { name: 'pilot_proxy_convergence_time', type: 'histogram', help: 'Seconds from a change to its arrival in proxies' },
  { name: 'pilot_services', type: 'gauge', help: 'Services that this istiod knows' },
  { name: 'pilot_xds', type: 'gauge', help: 'Proxies connected to this istiod' },
  { name: 'pilot_xds_pushes', type: 'counter', help: 'Configuration sent to proxies' },
  { name: 'process_cpu_seconds_total', type: 'counter', help: 'CPU time of the process' },
  { name: 'process_resident_memory_bytes', type: 'gauge', help: 'Resident memory of the process' },
]
