/** Traffic between all places of the world of tests, as a Prometheus that answers every query of the plan. */
import { BinocleError } from '../../errors.ts'
import type { RangePrometheus } from '../../telemetry/prometheus.ts'
import type { Sample } from '../../telemetry/vector.ts'
import { clusterNames, clusterOf, marker, namespaceNames, namespaceOf } from './markers.ts'
import type { PlacedName } from './objects.ts'

export interface Place {
  readonly cluster: string
  readonly place: PlacedName
}

export const places: readonly Place[] = clusterNames.flatMap((cluster) =>
  namespaceNames.map((place) => ({ cluster, place })),
)

/** Answers with the series of the queried metric, grouped as asked. `asked` hears of each query. */
export function playedPrometheus(
  isTwin: (at: Place) => boolean,
  asked: (query: string) => void,
  fails = false,
): RangePrometheus {
  const series = seriesOf(isTwin)
  async function samplesOf(query: string, timeS: number): Promise<Sample[]> {
    asked(query)
    if (fails)
      throw new BinocleError('BIN-PROMETHEUS-UNREACHABLE', 'Prometheus does not answer: the connection is refused.')
    return answer(query, timeS, series)
  }
  return {
    query: samplesOf,
    async read(query, timeS, sink) {
      for (const sample of await samplesOf(query, timeS)) sink.put(sample)
    },
    async range(query, { endS }) {
      asked(query)
      if (fails)
        throw new BinocleError('BIN-PROMETHEUS-UNREACHABLE', 'Prometheus does not answer: the connection is refused.')
      const selected = series.filter((each) => selectorsOf(query).some((matches) => matches(each.labels)))
      return answer(query, endS, selected).map(({ labels, value }) => ({ labels, points: [[endS, String(value)]] }))
    },
    close: async () => {},
  }
}

interface Series {
  readonly family: 'pods' | 'requests' | 'tcp'
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** What each selector of a query matches. */
const selectorsOf = (query: string): ((labels: Readonly<Record<string, string>>) => boolean)[] =>
  [...query.matchAll(/[a-z_]+\{((?:[a-z_]+(?:=~|!~|!=|=)"(?:[^"\\]|\\.)*",?)*)\}/g)].map(([, matchers = '']) => {
    const all = [...matchers.matchAll(/([a-z_]+)(=~|!~|!=|=)("(?:[^"\\]|\\.)*")/g)]
    return (labels) =>
      all.every(([, name = '', op = '', quoted = '']) => {
        const value: unknown = JSON.parse(quoted)
        const has = op.includes('~') ? new RegExp(`^(?:${value})$`).test(labels[name] ?? '') : labels[name] === value
        return name === 'mesh_id' || (op.startsWith('!') ? !has : has)
      })
  })

function answer(query: string, timeS: number, series: readonly Series[]): Sample[] {
  const by = /by \(([^)]*)\)/.exec(query)?.[1]?.split(',') ?? []
  const wanted = /^(.*[^a-z])?(container|process)_/.test(query)
    ? 'pods'
    : query.includes('istio_tcp')
      ? 'tcp'
      : 'requests'
  const groups = new Map<string, { labels: Record<string, string>; value: number }>()
  for (const { family, labels, value } of series) {
    if (family !== wanted) continue
    const kept: Record<string, string> = {}
    for (const label of by) {
      const text = labels[label]
      if (text !== undefined) kept[label] = text
    }
    const key = JSON.stringify(kept)
    const group = groups.get(key) ?? { labels: kept, value: 0 }
    group.value += query.startsWith('max') ? 0 : value
    groups.set(key, group)
  }
  return [...groups.values()].map(({ labels, value }) => ({ labels, value: query.startsWith('max') ? timeS : value }))
}

/**
 * Each place calls the `cart` of each place, and hosts outside. Of a twin the workload at its end has another name, and
 * between two twins nothing is as before.
 */
function seriesOf(isTwin: (at: Place) => boolean): Series[] {
  return places.flatMap((source) => [
    ...places.flatMap((destination) => between(source, destination, isTwin)),
    ...outside(source, isTwin),
    used(source, isTwin),
  ])
}

function between(source: Place, destination: Place, isTwin: (at: Place) => boolean): Series[] {
  const hidden = isTwin(source) && isTwin(destination)
  const from = marker(source.cluster, source.place)
  const to = marker(destination.cluster, destination.place)
  const labels = {
    ...end('source', source, isTwin(source)),
    ...end('destination', destination, isTwin(destination)),
    destination_service: `cart.${namespaceOf(destination.cluster, destination.place)}.svc.cluster.local`,
    destination_service_name: 'cart',
    destination_service_namespace: namespaceOf(destination.cluster, destination.place),
    source_principal: `spiffe://principal-${from}`,
    destination_principal: `spiffe://principal-${to}`,
    connection_security_policy: 'mutual_tls',
    response_flags: '-',
    request_operation: `operation-${to}`,
  }
  const http = { ...labels, request_protocol: 'http', response_code: hidden ? '500' : '200' }
  return (['source', 'destination'] as const).flatMap((reporter): Series[] => [
    { family: 'requests', labels: { ...http, reporter }, value: hidden ? 70 : 2 },
    { family: 'tcp', labels: { ...labels, app: 'cart', reporter }, value: hidden ? 500 : 100 },
  ])
}

/** What a pod uses: a series that names neither cluster nor namespace. */
const used = (at: Place, isTwin: (at: Place) => boolean): Series => ({
  family: 'pods',
  labels: { pod: `app-${marker(at.cluster, at.place)}-pod` },
  value: isTwin(at) ? 11 : 4,
})

/** What nobody in the mesh serves. The second is a host of ServiceEntries. */
function outside(source: Place, isTwin: (at: Place) => boolean): Series[] {
  const mark = marker(source.cluster, source.place)
  const unknown = {
    destination_cluster: 'unknown',
    destination_workload_namespace: 'unknown',
    destination_workload: 'unknown',
    destination_canonical_service: 'unknown',
    destination_canonical_revision: 'latest',
    destination_service_namespace: 'unknown',
  }
  return [`outside-${mark}.example.com`, `entry-${mark}.example.com`].map((host, index) => ({
    family: 'requests',
    labels: {
      ...end('source', source, isTwin(source)),
      ...unknown,
      destination_service: host,
      destination_service_name: index === 0 ? 'PassthroughCluster' : host,
      reporter: 'source',
      request_protocol: 'http',
      response_code: '200',
      response_flags: '-',
      request_operation: `operation-${mark}`,
    },
    value: isTwin(source) ? 9 : 3,
  }))
}

function end(side: 'destination' | 'source', { cluster, place }: Place, twin: boolean): Record<string, string> {
  const app = `app-${marker(cluster, place)}`
  return {
    [`${side}_cluster`]: clusterOf(cluster),
    [`${side}_workload_namespace`]: namespaceOf(cluster, place),
    [`${side}_workload`]: twin ? `twin-${app}` : app,
    [`${side}_canonical_service`]: app,
    [`${side}_canonical_revision`]: `v-${marker(cluster, place)}`,
  }
}
