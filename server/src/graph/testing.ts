/** Traffic for tests, written as sentences: who called whom, through which service, how often, and who reported it. */
import { hash } from 'node:crypto'
import type { Graph } from '@binocle/api/graph'
import { known } from '@binocle/api/known'
import type { Scope } from '../access/scope.ts'
import type { Mesh } from '../model.ts'
import { PairPool } from '../telemetry/pairPool.ts'
import { extraTable, trafficTable } from '../telemetry/table.ts'
import type { ExtraTable, Family, TrafficRow, TrafficSource } from '../telemetry/traffic.ts'
import type { Sample, SampleSink } from '../telemetry/vector.ts'
import type { GraphOptions } from './options.ts'
import { trafficGraph } from './trafficGraph.ts'

/** Rows of each family, and of extra tables by kind. */
export interface TestTraffic {
  readonly rows?: Partial<Record<Family, readonly string[]>>
  readonly extra?: (table: ExtraTable) => readonly { readonly row: string; readonly labels?: Record<string, string> }[]
}

/** The graph as a client reads it. */
export async function readGraph(mesh: Mesh, scope: Scope, options: GraphOptions): Promise<Graph> {
  const { json } = await trafficGraph(mesh, scope, options)
  return JSON.parse(json.toString())
}

/** All windows hold the same; "now" is 1,700,000,000. */
export function testTraffic({ rows = {}, extra }: TestTraffic): TrafficSource {
  const pool = new PairPool()
  const family = (name: Family): readonly TrafficRow[] =>
    filled(
      trafficTable(pool),
      (rows[name] ?? []).map((row) => sample(row)),
    ).rows
  const families = {
    requests: family('requests'),
    requestMessages: family('requestMessages'),
    responseMessages: family('responseMessages'),
    tcpSent: family('tcpSent'),
    tcpReceived: family('tcpReceived'),
  }
  return {
    snapshot: async (window) => known({ window, families }, 0),
    current: () => known({ window: { end: 1_700_000_000, durationS: 60 }, families }, 0),
    now: () => 1_700_000_000,
    onRefresh: () => () => {},
    extra: async (_window, table) => {
      const samples = (extra?.(table) ?? []).map(({ row, labels = {} }) => sample(row, labels))
      return known(filled(extraTable(pool, table.kind === 'aggregate' ? table.label : undefined), samples).calls, 0)
    },
  }
}

/** Puts samples into `table`. */
export function filled<Table extends SampleSink>(table: Table, samples: readonly Sample[]): Table {
  for (const each of samples) table.put(each)
  return table
}

/**
 * `reporter cluster/ns/workload/app/version → cluster/svcNs/host/service/wlNs/workload/app/version | details | rate`.
 * Details are `http 200 ~ -` (protocol, code, gRPC status, flags), only flags for TCP, or nothing. `~` = no such label;
 * `(app)` after the reporter is the scrape label.
 */
export function sample(row: string, more: Record<string, string> = {}): Sample {
  const [ends = '', details = '', rate = ''] = row.split('|').map((part) => part.trim())
  const [from = '', to = ''] = ends.split('→').map((part) => part.trim())
  const [, reporter = '', app, source = ''] = /^(\w+)(?:\((\w+)\))? +(\S+)$/.exec(from) ?? []
  const labels: Record<string, string> = { ...more, reporter }
  const put = (names: readonly string[], values: readonly string[]) => {
    for (const [i, name] of names.entries()) if (values[i] !== undefined && values[i] !== '~') labels[name] = values[i]
  }
  if (app !== undefined) labels.app = app
  put(sourceNames, source.split('/'))
  put(destinationNames, to.split('/'))
  const words = details.split(/ +/)
  if (words.length > 1) put(['request_protocol', 'response_code', 'grpc_response_status', 'response_flags'], words)
  else if (details !== '') put(['response_flags'], words)
  return { labels, value: Number(rate) }
}

const sourceNames = [
  'source_cluster',
  'source_workload_namespace',
  'source_workload',
  'source_canonical_service',
  'source_canonical_revision',
]
const destinationNames = [
  'destination_cluster',
  'destination_service_namespace',
  'destination_service',
  'destination_service_name',
  'destination_workload_namespace',
  'destination_workload',
  'destination_canonical_service',
  'destination_canonical_revision',
]

/** Lines of the document, nodes then edges, as JSON with ids replaced by `#key`, in output order. */
export function lines({ elements }: Graph, keys: readonly string[]): unknown[] {
  const named = new Map(keys.map((key) => [hash('sha256', key), `#${key}`]))
  const name = (id: string) => named.get(id) ?? id
  return [
    ...elements.nodes.map(({ data }) => ({
      ...data,
      id: name(data.id),
      ...(data.parent && { parent: name(data.parent) }),
    })),
    ...elements.edges.map(({ data: { id, ...data } }) => ({
      ...data,
      source: name(data.source),
      target: name(data.target),
    })),
  ]
}

/** Keys that expected lines speak of, e.g. `svc_north_shop_cart`. */
export const keysIn = (text: string): string[] => [...text.matchAll(/"#([^"]+)"/g)].map(([, key = '']) => key)
