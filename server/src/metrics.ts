/** The console's own metrics, as Prometheus scrapes them. No label holds a name of a user or a URL. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Mesh } from './model.ts'

export interface OwnMetrics {
  answered(route: string, status: number, seconds: number): void
  asked(): void
  streamOpened(): () => void
  /** Text of the exposition format. */
  text(): Promise<string>
  readonly contentType: string
  close(): void
}

const delayQuantiles = [
  ['0.5', 50],
  ['0.99', 99],
  ['0.999', 99.9],
] as const

export function ownMetrics(mesh: Mesh): OwnMetrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const durations = new Histogram({
    name: 'binocle_http_request_duration_seconds',
    help: 'Time to answer, by route and status class.',
    labelNames: ['route', 'code'],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
    registers,
  })
  const queries = new Counter({
    name: 'binocle_prometheus_queries_total',
    help: 'Queries sent to Prometheus.',
    registers,
  })
  const streams = new Gauge({ name: 'binocle_event_streams', help: 'Open event streams.', registers })
  const changes = new Counter({
    name: 'binocle_inventory_changes_total',
    help: 'Changes of Kubernetes objects taken in, by cluster and kind.',
    labelNames: ['cluster', 'kind'],
    registers,
  })
  const stop = mesh.inventory.onChange(({ cluster, kind }) => changes.inc({ cluster, kind }))
  new Gauge({
    name: 'binocle_inventory_objects',
    help: 'Kubernetes objects held, by cluster and kind.',
    labelNames: ['cluster', 'kind'],
    registers,
    collect() {
      this.reset()
      for (const cluster of mesh.inventory.clusters())
        for (const kind of countedKinds) this.set({ cluster, kind }, mesh.inventory.count(kind, cluster))
    },
  })
  new Gauge({
    name: 'binocle_cluster_state',
    help: '1 for the state that a cluster is in.',
    labelNames: ['cluster', 'state'],
    registers,
    collect() {
      this.reset()
      for (const { name, state } of mesh.clusters.list()) this.set({ cluster: name, state }, 1)
    },
  })
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  new Gauge({
    name: 'binocle_event_loop_delay_seconds',
    help: 'Delay of the event loop since the last scrape, by quantile.',
    labelNames: ['quantile'],
    registers,
    collect() {
      for (const [quantile, percent] of delayQuantiles) this.set({ quantile }, delay.percentile(percent) / 1e9)
      delay.reset()
    },
  })
  return {
    answered: (route, status, seconds) => durations.observe({ route, code: `${Math.floor(status / 100)}xx` }, seconds),
    asked: () => queries.inc(),
    streamOpened: () => {
      streams.inc()
      let open = true
      return () => {
        if (open) streams.dec()
        open = false
      }
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
    close: () => {
      stop()
      delay.disable()
      registry.clear()
    },
  }
}

/** The kinds whose numbers tell how large a mesh is. */
const countedKinds = [
  'namespaces',
  'pods',
  'services',
  'deployments.apps',
  'replicasets.apps',
  'statefulsets.apps',
  'daemonsets.apps',
  'virtualservices.networking.istio.io',
  'destinationrules.networking.istio.io',
  'serviceentries.networking.istio.io',
] as const
