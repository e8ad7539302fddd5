/**
 * Samples -> rows of the traffic table. Pairs are shared: a pair has about six rows (codes, flags, reporters), so names
 * are kept once, and later work that depends on the pair alone is done once for it.
 */

import type { ExtraRow, Pair, Peer, Reporter, TrafficRow } from './traffic.ts'
import type { Sample } from './vector.ts'

/** Shares equal pairs, and equal ends of pairs; one is kept for all tables of a window. */
export interface PairPool {
  readonly pairs: Map<string, Pair>
  readonly peers: Map<string, Peer>
}

export const newPairPool = (): PairPool => ({ pairs: new Map(), peers: new Map() })

/** Samples of a family's query. Those of other reporters than we know, and those without a number, are left out. */
export function trafficRows(samples: readonly Sample[], pool: PairPool): TrafficRow[] {
  const rows: TrafficRow[] = []
  for (const sample of samples) {
    const reporter = reporterOf(sample.labels.reporter)
    if (reporter === undefined || Number.isNaN(sample.value)) continue
    rows.push({
      pair: pairOf(sample.labels, pool),
      reporter,
      app: sample.labels.app,
      protocol: sample.labels.request_protocol,
      code: sample.labels.response_code,
      grpcStatus: sample.labels.grpc_response_status,
      flags: sample.labels.response_flags,
      rate: sample.value,
    })
  }
  return rows
}

/**
 * Samples in the order of whom they are about. Prometheus lists quantiles in an order that changes from answer to answer,
 * and of several that belong to one edge the first counts.
 */
export function inPairOrder(samples: readonly Sample[]): Sample[] {
  const keyed = samples.map((sample) => ({
    sample,
    key: `${pairKey(sample.labels)} ${sample.labels.request_protocol}`,
  }))
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
  return keyed.map(({ sample }) => sample)
}

/** Samples of an extra table's query. `aggregate` names the label whose value is kept. */
export function extraRows(samples: readonly Sample[], pool: PairPool, aggregate?: string): ExtraRow[] {
  const rows: ExtraRow[] = []
  for (const { labels, value } of samples) {
    if (Number.isNaN(value)) continue
    rows.push({
      pair: pairOf(labels, pool),
      reporter: reporterOf(labels.reporter),
      app: labels.app,
      protocol: labels.request_protocol,
      code: labels.response_code,
      grpcStatus: labels.grpc_response_status,
      flags: labels.response_flags,
      sourcePrincipal: labels.source_principal,
      destinationPrincipal: labels.destination_principal,
      securityPolicy: labels.connection_security_policy,
      aggregate: aggregate === undefined ? undefined : labels[aggregate],
      rate: value,
    })
  }
  return rows
}

function reporterOf(text: string | undefined): Reporter | undefined {
  return text === 'source' || text === 'destination' || text === 'waypoint' ? text : undefined
}

/** No label value holds the separator: Prometheus' own escape of invalid UTF-8 apart, 0xFF never appears in text. */
const separator = '\u00ff'
const absent = '\u00fe'

const pairKey = (labels: Readonly<Record<string, string>>): string =>
  pairLabels.map((label) => labels[label] ?? absent).join(separator)

function pairOf(labels: Readonly<Record<string, string>>, pool: PairPool): Pair {
  const key = pairKey(labels)
  const pooled = pool.pairs.get(key)
  if (pooled !== undefined) return pooled
  const pair: Pair = {
    source: peerOf(
      pool,
      labels.source_cluster,
      labels.source_workload_namespace,
      labels.source_workload,
      labels.source_canonical_service,
      labels.source_canonical_revision,
    ),
    destination: peerOf(
      pool,
      labels.destination_cluster,
      labels.destination_workload_namespace,
      labels.destination_workload,
      labels.destination_canonical_service,
      labels.destination_canonical_revision,
    ),
    serviceNamespace: labels.destination_service_namespace,
    service: labels.destination_service,
    serviceName: labels.destination_service_name,
  }
  pool.pairs.set(key, pair)
  return pair
}

function peerOf({ peers }: PairPool, ...[cluster, workloadNamespace, workload, ...canonical]: PeerLabels): Peer {
  const [canonicalService, canonicalRevision] = canonical
  const named = [cluster, workloadNamespace, workload, canonicalService, canonicalRevision]
  const key = named.map((label) => label ?? absent).join(separator)
  const pooled = peers.get(key)
  if (pooled !== undefined) return pooled
  const peer: Peer = { cluster, workloadNamespace, workload, canonicalService, canonicalRevision }
  peers.set(key, peer)
  return peer
}

type Label = string | undefined
type PeerLabels = readonly [Label, Label, Label, Label, Label]

const pairLabels = [
  'source_cluster',
  'source_workload_namespace',
  'source_workload',
  'source_canonical_service',
  'source_canonical_revision',
  'destination_cluster',
  'destination_workload_namespace',
  'destination_workload',
  'destination_canonical_service',
  'destination_canonical_revision',
  'destination_service_namespace',
  'destination_service',
  'destination_service_name',
]
