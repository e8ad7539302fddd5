/** Health of nodes and edges, from the traffic that the graph shows and the replicas behind it (reference: graph.md 4.11). */
import type { HealthStatus, WorkloadStatus } from '@binocle/api/health'
import { replicasOf } from '../../health/namespaceHealth.ts'
import { healthAnnotations } from '../../health/objects.ts'
import { type Direction, directionStatus, nothingEvaluated, talliedStatus, worstStatus } from '../../health/status.ts'
import { addRate, ratesJson, type Tally } from '../../health/tally.ts'
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
  const healths = new Map<Node, NodeHealth>()
  for (const [node, subject] of subjects) healths.set(node, nodeHealth(node, subject, context))
  return healths
}

interface Subject {
  readonly annotations: Labels
  readonly tolerances: readonly CompiledTolerance[]
  readonly inbound: Tally[]
  readonly outbound: Tally[]
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
    inbound: [],
    outbound: [],
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
  let rates: Tally[] | undefined
  const judge = (direction: Direction, { tolerances }: Subject) => {
    if (isUniform) return uniformStatus(protocol, code, direction, tolerances)
    rates ??= ratesOf(edge)
    return edgeStatus(rates, direction, tolerances)
  }
  edge.health = worstStatus(
    source === undefined ? 'Healthy' : judge('outbound', source),
    destination === undefined ? 'Healthy' : judge('inbound', destination),
  )
}

const counts = ({ flags, rate }: Series): boolean => flags !== '' && rate > 0

function ratesOf(edge: Edge): Tally[] {
  const rates: Tally[] = []
  for (const series of edge.series)
    if (counts(series)) addRate(rates, edge.protocol, responseKey(edge, series), series.rate)
  return rates
}

/** Where nothing is said of an edge's protocol, it is healthy. */
function edgeStatus(
  rates: readonly Tally[],
  direction: Direction,
  tolerances: readonly CompiledTolerance[],
): HealthStatus {
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
    status = edgeStatus([{ protocol, codes: [code], rates: [1] }], direction, tolerances)
    // Codes come from outside: a proxy that makes them up must not fill the memory.
    if (known.size > 500) known.clear()
    known.set(key, status)
  }
  return status
}

function nodeHealth(node: Node, subject: Subject, context: GraphContext): NodeHealth {
  const { annotations, inbound, outbound } = subject
  const ofHealth = annotations === none ? '{}' : JSON.stringify(healthAnnotations(annotations))
  const requests = `{"requests":{"healthAnnotations":${ofHealth},"inbound":${ratesJson(inbound)},"outbound":${ratesJson(outbound)}}`
  if (node.type === 'service') return { own: `${requests}${statusJson(node, subject, [])}}` }
  const facts = context.accessible(node) ? context.factsOf(node) : undefined
  if (node.type === 'workload') {
    const workload = facts?.workload(node.workload)
    const replicas = workload === undefined ? [] : [replicasOf(context.mesh, workload)]
    const [own] = replicas
    const status = statusJson(node, subject, replicas)
    return { own: `${requests}${status},"workloadStatus":${own === undefined ? 'null' : replicasJson(own)}}` }
  }
  const replicas = (facts?.apps.get(node.app) ?? []).map((workload) => replicasOf(context.mesh, workload))
  const statuses = replicas.map(replicasJson).join()
  const ofApp = `${requests}${statusJson(node, subject, replicas)},"workloadStatuses":[${statuses}]}`
  if (node.workload === '') return { own: ofApp }
  return { own: `${requests}${statusJson(node, subject, [])},"workloadStatuses":[]}`, ofApp }
}

function statusJson(
  { marks }: Node,
  { inbound, outbound, tolerances }: Subject,
  replicas: readonly WorkloadStatus[],
): string {
  if (marks.inaccessible === true) return ''
  return `,"status":${JSON.stringify(talliedStatus(inbound, outbound, tolerances, replicas))}`
}

const texts = new WeakMap<WorkloadStatus, string>()

/** Replicas are the same object until they change. */
function replicasJson(replicas: WorkloadStatus): string {
  let json = texts.get(replicas)
  if (json === undefined) {
    json = JSON.stringify(replicas)
    texts.set(replicas, json)
  }
  return json
}
