/** The console's own metrics, as Prometheus scrapes them. No label holds a name of a user or a URL. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setImmediate as turn } from 'node:timers/promises'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { ClusterStats } from './clusters/clusters.ts'
import type { KindStats } from './clusters/kindWatch.ts'
import { allKinds } from './inventory/kinds.ts'
import type { Mesh } from './model.ts'

export interface OwnMetrics {
  /** From now on somebody may be kept waiting: until then the delay of the event loop is our start. */
  listening(): void
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
  const stopForgetting = mesh.clusters.onChange(({ gone, name }) => {
    if (gone === true) for (const kind of allKinds) changes.remove({ cluster: name, kind })
  })
  new Gauge({
    name: 'binocle_inventory_objects',
    help: 'Kubernetes objects held, by cluster and kind.',
    labelNames: ['cluster', 'kind'],
    registers,
    collect() {
      this.reset()
      for (const cluster of mesh.inventory.clusters())
        for (const kind of allKinds) {
          const objects = mesh.inventory.count(kind, cluster)
          if (objects > 0) this.set({ cluster, kind }, objects)
        }
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
  /** As of the last scrape: several metrics show it, and it is a sum over all watches. */
  let stats: readonly ClusterStats[] = []
  const watches = [
    ['events', 'Events of watches and objects of lists taken in, by cluster and kind.', (of: KindStats) => of.events],
    ['bytes', 'Bytes read, by cluster and kind.', (of: KindStats) => of.bytes],
    ['restarts', 'Watches begun again, by cluster and kind.', (of: KindStats) => of.restarts],
    ['silences', 'Watches found dead by their overdue end, by cluster and kind.', (of: KindStats) => of.silences],
    ['rejected', 'Objects that did not fit their type, by cluster and kind.', (of: KindStats) => of.rejected],
  ] as const
  for (const [what, help, count] of watches) {
    new Gauge({
      name: `binocle_watch_${what}`,
      help,
      labelNames: ['cluster', 'kind'],
      registers,
      collect() {
        this.reset()
        for (const { cluster, kinds } of stats)
          for (const [kind, stats] of kinds) this.set({ cluster, kind }, count(stats))
      },
    })
  }
  new Gauge({
    name: 'binocle_inventory_age_seconds',
    help: 'Time since a kind was surely in step, by cluster and kind.',
    labelNames: ['cluster', 'kind'],
    registers,
    collect() {
      this.reset()
      for (const { cluster, kinds } of stats) {
        for (const kind of kinds.keys()) {
          const state = mesh.inventory.state(kind, cluster)
          if ('asOf' in state) this.set({ cluster, kind }, Math.max(0, mesh.clock() - state.asOf) / 1000)
        }
      }
    },
  })
  const delay = monitorEventLoopDelay({ resolution: 5 })
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
    listening: () => {
      delay.enable()
    },
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
    text: async () => {
      stats = mesh.clusters.stats?.() ?? []
      const parts: string[] = []
      for (const { name } of registry.getMetricsAsArray()) {
        parts.push(await registry.getSingleMetricAsString(name))
        // Of twenty clusters all together take a tenth of a second.
        await turn()
      }
      return `${parts.join('\n\n')}\n`
    },
    contentType: registry.contentType,
    close: () => {
      stop()
      stopForgetting()
      delay.disable()
      registry.clear()
    },
  }
}
