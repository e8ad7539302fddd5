/** Health of nodes and edges, from the traffic that the graph shows and the replicas behind it (reference: graph.md 4.11). */
import type { CalculatedStatus, HealthStatus, Rates, WorkloadStatus } from '@binocle/api/health'
import { codeMap } from '../../health/codeMap.ts'
import { replicasOf } from '../../health/namespaceHealth.ts'
import { healthAnnotations } from '../../health/objects.ts'
import {
  calculatedStatus,
  type Direction,
  directionStatus,
  nothingEvaluated,
  worstStatus,
} from '../../health/status.ts'
import { type CompiledTolerance, type HealthKind, tolerancesFor } from '../../health/tolerances.ts'
import type { Labels } from '../../inventory/objects.ts'
import type { GraphContext } from '../context.ts'
import type { NodeHealth } from '../nodeHealth.ts'
import { responseKey, type Series } from '../rates.ts'
import type { Edge, Node, TrafficMap } from '../trafficMap.ts'

export function judgeHealth(map: TrafficMap, context: GraphContext): Map<Node, NodeHealth> {
  const subjects = new Map<Node, Subject>()
  for (const node of map.values()) {
    const subject = subjectOf(node, context)
    if (subject !== undefined) subjects.set(node, subject)
  }
  for (const node of map.values()) {
    for (const edge of node.edges.values()) judgeEdge(edge, subjects.get(node), subjects.get(edge.destination))
  }
  return new Map([...subjects].map(([node, subject]) => [node, nodeHealth(node, subject, context)]))
}

interface Subject {
  readonly annotations: Labels
  readonly tolerances: readonly CompiledTolerance[]
  readonly inbound: Rates
  readonly outbound: Rates
}

function subjectOf(node: Node, context: GraphContext): Subject | undefined {
  const { type } = node
  if (type !== 'app' && type !== 'service' && type !== 'workload') return undefined
  const annotations = annotationsOf(node, context)
  const kind: HealthKind = type
  const name = type === 'service' ? node.service : type === 'app' ? node.app : node.workload
  const subject = { kind, namespace: node.namespace, name, annotations }
  return {
    annotations,
    tolerances: tolerancesFor(subject, context.mesh.config.health.rates),
    inbound: {},
    outbound: {},
  }
}

const none: Labels = {}

function annotationsOf(node: Node, context: GraphContext): Labels {
  if (!context.accessible(node)) return none
  if (node.type === 'service') return context.inventory.get('services', node, node.service)?.annotations ?? none
  return node.type === 'workload' ? (context.factsOf(node).workload(node.workload)?.annotations ?? none) : none
}

/** Adds the edge's rates to both ends, and judges it by the tolerances of both. */
function judgeEdge(edge: Edge, source: Subject | undefined, destination: Subject | undefined): void {
  const { protocol } = edge
  let only: string | undefined
  let isUniform = true
  for (const series of edge.series) {
    if (!counts(series)) continue
    const code = responseKey(edge, series)
    if (only === undefined) only = code
    else if (code !== only) isUniform = false
    if (source !== undefined) addRate(source.outbound, protocol, code, series.rate)
    if (destination !== undefined) addRate(destination.inbound, protocol, code, series.rate)
  }
  if (only === undefined) return
  const code = only
  const judge = isUniform
    ? (direction: Direction, subject: Subject) => uniformStatus(protocol, code, direction, subject.tolerances)
    : (direction: Direction, subject: Subject) => edgeStatus(ratesOf(edge), direction, subject.tolerances)
  edge.health = worstStatus(
    source === undefined ? 'Healthy' : judge('outbound', source),
    destination === undefined ? 'Healthy' : judge('inbound', destination),
  )
}

const counts = ({ flags, rate }: Series): boolean => flags !== '' && rate > 0

function ratesOf(edge: Edge): Rates {
  const rates: Rates = {}
  for (const series of edge.series)
    if (counts(series)) addRate(rates, edge.protocol, responseKey(edge, series), series.rate)
  return rates
}

/** Where nothing is said of an edge's protocol, it is healthy. */
function edgeStatus(rates: Rates, direction: Direction, tolerances: readonly CompiledTolerance[]): HealthStatus {
  const { status } = tolerances.length === 0 ? nothingEvaluated : directionStatus(rates, direction, tolerances)
  return status === 'NA' ? 'Healthy' : status
}

const uniform = new WeakMap<readonly CompiledTolerance[], Map<string, HealthStatus>>()

/** Of an edge whose responses are all alike, as most are: then the rate does not matter. */
function uniformStatus(
  protocol: string,
  code: string,
  direction: Direction,
  tolerances: readonly CompiledTolerance[],
): HealthStatus {
  const known = uniform.get(tolerances) ?? new Map<string, HealthStatus>()
  uniform.set(tolerances, known)
  const key = `${direction} ${protocol} ${code}`
  let status = known.get(key)
  if (status === undefined) {
    status = edgeStatus({ [protocol]: { [code]: 1 } }, direction, tolerances)
    // Codes come from outside: a proxy that makes them up must not fill the memory.
    if (known.size > 500) known.clear()
    known.set(key, status)
  }
  return status
}

function addRate(rates: Rates, protocol: string, code: string, rate: number): void {
  const codes = rates[protocol] ?? codeMap<number>()
  rates[protocol] = codes
  codes[code] = (codes[code] ?? 0) + rate
}

function nodeHealth(node: Node, subject: Subject, context: GraphContext): NodeHealth {
  const { inbound, outbound } = subject
  const requests = { healthAnnotations: healthAnnotations(subject.annotations), inbound, outbound }
  const status = (replicas: readonly WorkloadStatus[]): { status?: CalculatedStatus } =>
    node.marks.inaccessible === true
      ? {}
      : { status: calculatedStatus(inbound, outbound, subject.tolerances, replicas) }
  if (node.type === 'service') return { own: { requests, ...status([]) } }
  const facts = context.accessible(node) ? context.factsOf(node) : undefined
  if (node.type === 'workload') {
    const workload = facts?.workload(node.workload)
    const replicas = workload === undefined ? null : replicasOf(context.mesh, workload)
    return { own: { requests, ...status(replicas === null ? [] : [replicas]), workloadStatus: replicas } }
  }
  const replicas = (facts?.apps.get(node.app) ?? []).map((workload) => replicasOf(context.mesh, workload))
  const ofApp = { requests, ...status(replicas), workloadStatuses: replicas }
  if (node.workload === '') return { own: ofApp }
  return { own: { requests, ...status([]), workloadStatuses: [] }, ofApp }
}
