/**
 * Who calls from which cluster into which: of one logical object, of a namespace, of the whole mesh. One pass over the
 * snapshot serves all of them.
 */
import type { ClusterName, LogicalKind, LogicalRef, NamespaceRef } from '@binocle/api/identity'
import type { TrafficCell } from '@binocle/api/multicluster'
import type { TrafficRow, TrafficSnapshot } from '../telemetry/traffic.ts'
import { isFailure, percent } from './errors.ts'
import { codeOf } from './rates.ts'

export interface Matrix {
  /** Calls that arrive at the object, in order of source and destination. */
  of(object: LogicalRef): TrafficCell[]
  /** All calls that arrive in a namespace for which `sees` holds; what went nowhere arrives where its caller is. */
  whole(sees: (at: NamespaceRef) => boolean): TrafficCell[]
  /** Clusters that some series names. */
  readonly clusters: ReadonlySet<ClusterName>
}

const matrices = new WeakMap<TrafficSnapshot, Matrix>()

export function matrixOf(snapshot: TrafficSnapshot | null | undefined): Matrix {
  if (snapshot === undefined || snapshot === null) return empty
  let matrix = matrices.get(snapshot)
  if (matrix === undefined) {
    matrix = makeMatrix(snapshot.families.requests)
    matrices.set(snapshot, matrix)
  }
  return matrix
}

const empty: Matrix = { of: () => [], whole: () => [], clusters: new Set() }

function makeMatrix(rows: readonly TrafficRow[]): Matrix {
  const objects = new Map<string, Cells>()
  const namespaces = new Map<string, { at: NamespaceRef; cells: Cells }>()
  const clusters = new Set<ClusterName>()
  for (const row of rows) {
    if (!(row.rate > 0)) continue
    const { source, destination, serviceNamespace, serviceName } = row.pair
    for (const { cluster } of [source, destination]) if (isNamed(cluster)) clusters.add(cluster)
    addTo(namespaces, row)
    addToObject(objects, row, 'service', serviceNamespace, serviceName)
    addToObject(objects, row, 'workload', destination.workloadNamespace, destination.workload)
    addToObject(objects, row, 'app', destination.workloadNamespace, destination.canonicalService)
  }
  return {
    of: ({ kind, namespace, name }) => cellsOf(objects.get(`${kind}/${namespace}/${name}`) ?? new Map()),
    whole: (sees) => cellsOf(sum([...namespaces.values()].filter(({ at }) => sees(at)))),
    clusters,
  }
}

const isNamed = (cluster: string | undefined): cluster is string =>
  cluster !== undefined && cluster !== '' && cluster !== 'unknown'

interface Seen {
  readonly source: ClusterName
  readonly destination: ClusterName
  /** What callers say, and what servers say. */
  readonly rps: { source: number; others: number }
  readonly failed: { source: number; others: number }
}

type Cells = Map<string, Seen>

function addTo(namespaces: Map<string, { at: NamespaceRef; cells: Cells }>, row: TrafficRow): void {
  const { source, destination, serviceNamespace } = row.pair
  const answered = isNamed(destination.cluster)
  const cluster = answered ? destination.cluster : (source.cluster ?? 'unknown')
  const namespace = answered ? (destination.workloadNamespace ?? serviceNamespace) : source.workloadNamespace
  const at = { cluster, namespace: namespace ?? 'unknown' }
  const key = `${at.cluster}/${at.namespace}`
  let place = namespaces.get(key)
  if (place === undefined) {
    place = { at, cells: new Map() }
    namespaces.set(key, place)
  }
  add(place.cells, row)
}

function sum(places: readonly { readonly cells: Cells }[]): Cells {
  const all: Cells = new Map()
  for (const { cells } of places) {
    for (const [key, { source, destination, rps, failed }] of cells) {
      const cell = all.get(key)
      if (cell === undefined) {
        all.set(key, { source, destination, rps: { ...rps }, failed: { ...failed } })
        continue
      }
      cell.rps.source += rps.source
      cell.rps.others += rps.others
      cell.failed.source += failed.source
      cell.failed.others += failed.others
    }
  }
  return all
}

function addToObject(
  objects: Map<string, Cells>,
  row: TrafficRow,
  kind: LogicalKind,
  namespace: string | undefined,
  name: string | undefined,
): void {
  if (name === undefined || name === '' || name === 'unknown') return
  const key = `${kind}/${namespace ?? ''}/${name}`
  let cells = objects.get(key)
  if (cells === undefined) {
    cells = new Map()
    objects.set(key, cells)
  }
  add(cells, row)
}

function add(cells: Cells, row: TrafficRow): void {
  const source = row.pair.source.cluster ?? 'unknown'
  const destination = row.pair.destination.cluster ?? 'unknown'
  const key = `${source}\n${destination}`
  let cell = cells.get(key)
  if (cell === undefined) {
    cell = { source, destination, rps: { source: 0, others: 0 }, failed: { source: 0, others: 0 } }
    cells.set(key, cell)
  }
  const side = row.reporter === 'source' ? 'source' : 'others'
  cell.rps[side] += row.rate
  if (isFailure(row.protocol ?? '', codeOf(row))) cell.failed[side] += row.rate
}

/** Per cell the side that saw more. */
function cellsOf(cells: Cells): TrafficCell[] {
  return [...cells.values()]
    .map(({ source, destination, rps, failed }) => {
      const side = rps.source >= rps.others ? 'source' : 'others'
      return { source, destination, rps: rps[side], errorPercent: percent(failed[side], rps[side]) }
    })
    .sort((a, b) => compare(a.source, b.source) || compare(a.destination, b.destination))
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
