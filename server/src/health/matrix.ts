/**
 * Who calls from which cluster into which: of one logical object, and of the whole mesh. Rows are sorted by namespace
 * once for a snapshot; the cells of a logical object are counted when its page asks.
 */
import type { ClusterName, LogicalRef, NamespaceRef } from '@binocle/api/identity'
import type { TrafficCell } from '@binocle/api/multicluster'
import type { TrafficRow, TrafficSnapshot } from '../telemetry/traffic.ts'
import { isFailure, percent } from './errors.ts'
import { Places } from './places.ts'
import { codeOf } from './rates.ts'

export interface Matrix {
  /** Calls that arrive at the object where `sees` holds, in order of source and destination. */
  of(object: LogicalRef, sees: (at: NamespaceRef) => boolean): TrafficCell[]
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
  let sorted: Sorted | undefined
  let places: (readonly [NamespaceRef, Cells])[] | undefined
  const inOrder = (): Sorted => {
    sorted ??= sortRows(rows)
    return sorted
  }
  return {
    clusters: clustersOf(rows),
    of(object, sees) {
      const arrived = (inOrder().byNamespace.get(object.namespace) ?? []).filter(arrivesAt(object))
      return cellsOf(countCells(arrived.filter((row) => sees(arrival(row)))))
    },
    whole(sees) {
      places ??= [...inOrder().arriving.entries()].map(([cluster, namespace, there]) => [
        { cluster, namespace },
        countCells(there),
      ])
      return cellsOf(sum(places.filter(([at]) => sees(at)).map(([, cells]) => cells)))
    },
  }
}

/** Asked for each snapshot, which the rest is not. */
function clustersOf(rows: readonly TrafficRow[]): ReadonlySet<ClusterName> {
  const clusters = new Set<ClusterName>()
  for (const { rate, pair } of rows) {
    if (!(rate > 0)) continue
    const { source, destination } = pair
    if (isNamed(source.cluster)) clusters.add(source.cluster)
    if (isNamed(destination.cluster)) clusters.add(destination.cluster)
  }
  return clusters
}

interface Sorted {
  readonly arriving: Places<TrafficRow>
  readonly byNamespace: ReadonlyMap<string, readonly TrafficRow[]>
}

function sortRows(rows: readonly TrafficRow[]): Sorted {
  const arriving = new Places<TrafficRow>()
  const byNamespace = new Map<string, TrafficRow[]>()
  for (const row of rows) {
    if (!(row.rate > 0)) continue
    const { destination, serviceNamespace } = row.pair
    const at = arrival(row)
    arriving.add(at.cluster, at.namespace, row)
    const namespaces = new Set([serviceNamespace ?? '', destination.workloadNamespace ?? ''])
    for (const namespace of namespaces) {
      const there = byNamespace.get(namespace)
      if (there === undefined) byNamespace.set(namespace, [row])
      else there.push(row)
    }
  }
  return { arriving, byNamespace }
}

/** What reached nobody is where its caller is. */
function arrival({ pair: { destination, serviceNamespace, source } }: TrafficRow): NamespaceRef {
  return isNamed(destination.cluster)
    ? { cluster: destination.cluster, namespace: destination.workloadNamespace ?? serviceNamespace ?? '' }
    : { cluster: source.cluster ?? '', namespace: source.workloadNamespace ?? '' }
}

const isNamed = (cluster: string | undefined): cluster is string =>
  cluster !== undefined && cluster !== '' && cluster !== 'unknown'

function arrivesAt({ kind, namespace, name }: LogicalRef): (row: TrafficRow) => boolean {
  if (kind === 'service') return ({ pair }) => pair.serviceName === name && pair.serviceNamespace === namespace
  return ({ pair: { destination } }) =>
    destination.workloadNamespace === namespace &&
    name === (kind === 'workload' ? destination.workload : destination.canonicalService)
}

/** What callers say, and what servers say. */
interface Cell {
  readonly rps: { source: number; others: number }
  readonly failed: { source: number; others: number }
}

/** By source, then by destination. */
type Cells = Map<ClusterName, Map<ClusterName, Cell>>

function countCells(rows: readonly TrafficRow[]): Cells {
  const cells: Cells = new Map()
  for (const row of rows) {
    const cell = cellAt(cells, row.pair.source.cluster ?? 'unknown', row.pair.destination.cluster ?? 'unknown')
    const side = row.reporter === 'source' ? 'source' : 'others'
    cell.rps[side] += row.rate
    if (isFailure(row.protocol ?? '', codeOf(row))) cell.failed[side] += row.rate
  }
  return cells
}

function sum(all: readonly Cells[]): Cells {
  const total: Cells = new Map()
  for (const cells of all) {
    for (const [source, destinations] of cells) {
      for (const [destination, { rps, failed }] of destinations) {
        const cell = cellAt(total, source, destination)
        cell.rps.source += rps.source
        cell.rps.others += rps.others
        cell.failed.source += failed.source
        cell.failed.others += failed.others
      }
    }
  }
  return total
}

function cellAt(cells: Cells, source: ClusterName, destination: ClusterName): Cell {
  let destinations = cells.get(source)
  if (destinations === undefined) {
    destinations = new Map()
    cells.set(source, destinations)
  }
  let cell = destinations.get(destination)
  if (cell === undefined) {
    cell = { rps: { source: 0, others: 0 }, failed: { source: 0, others: 0 } }
    destinations.set(destination, cell)
  }
  return cell
}

/** Per cell the side that saw more. */
function cellsOf(cells: Cells): TrafficCell[] {
  return [...cells]
    .flatMap(([source, destinations]) =>
      [...destinations].map(([destination, { rps, failed }]) => {
        const side = rps.source >= rps.others ? 'source' : 'others'
        return { source, destination, rps: rps[side], errorPercent: percent(failed[side], rps[side]) }
      }),
    )
    .sort((a, b) => compare(a.source, b.source) || compare(a.destination, b.destination))
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
