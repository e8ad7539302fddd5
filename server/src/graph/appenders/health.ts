/** Health of nodes and edges, from the traffic that the graph shows and the replicas behind it (reference: graph.md 4.11). */
import type { HealthStatus, WorkloadStatus } from '@binocle/api/health'
import { replicasOf } from '../../health/namespaceHealth.ts'
import { healthAnnotations } from '../../health/objects.ts'
import { type Direction, directionStatus, statusJson, uniformStatus, worstStatus } from '../../health/status.ts'
import { addRate, ratesJson, type Tally } from '../../health/tally.ts'
import { type CompiledTolerance, type HealthKind, rateAnnotation, tolerancesFor } from '../../health/tolerances.ts'
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
    const own = subjects.get(node)
    for (const edge of node.edges.values()) judgeEdge(edge, own, subjects.get(edge.destination))
  }
  const healths = new Map<Node, NodeHealth>()
  for (const [node, subject] of subjects) healths.set(node, nodeHealth(node, subject, context))
  return healths
}

interface Subject {
  readonly annotations: Labels
  readonly tolerances: readonly CompiledTolerance[]
  /** Requests per second; undefined: none. */
  inbound: Tally[] | undefined
  outbound: Tally[] | undefined
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
    inbound: undefined,
    outbound: undefined,
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
    if (source !== undefined) source.outbound = addRate(source.outbound, protocol, code, series.rate)
    if (destination !== undefined) destination.inbound = addRate(destination.inbound, protocol, code, series.rate)
  }
  if (only === undefined) return
  const rates = isUniform ? undefined : ratesOf(edge)
  edge.health = worstStatus(
    source === undefined ? 'Healthy' : edgeStatus(protocol, only, rates, 'outbound', source.tolerances),
    destination === undefined ? 'Healthy' : edgeStatus(protocol, only, rates, 'inbound', destination.tolerances),
  )
}

const counts = ({ flags, rate }: Series): boolean => flags !== '' && rate > 0

function ratesOf(edge: Edge): Tally[] {
  let rates: Tally[] | undefined
  for (const series of edge.series)
    if (counts(series)) rates = addRate(rates, edge.protocol, responseKey(edge, series), series.rate)
  return rates ?? nothing
}

const nothing: Tally[] = []

/** Without `rates` all responses had this code. Where nothing is said of an edge's protocol, it is healthy. */
function edgeStatus(
  protocol: string,
  code: string,
  rates: readonly Tally[] | undefined,
  direction: Direction,
  tolerances: readonly CompiledTolerance[],
): HealthStatus {
  if (tolerances.length === 0) return 'Healthy'
  const { status } =
    rates === undefined
      ? uniformStatus(protocol, code, direction, tolerances)
      : directionStatus(rates, direction, tolerances)
  return status === 'NA' ? 'Healthy' : status
}

function nodeHealth(node: Node, subject: Subject, context: GraphContext): NodeHealth {
  const { annotations, inbound = nothing, outbound = nothing } = subject
  const ofHealth = annotations[rateAnnotation] === undefined ? '{}' : JSON.stringify(healthAnnotations(annotations))
  const requests = `{"requests":{"healthAnnotations":${ofHealth},"inbound":${ratesJson(inbound)},"outbound":${ratesJson(outbound)}}`
  if (node.type === 'service') return { own: `${requests}${statusPart(node, subject, noReplicas)}}` }
  const facts = context.accessible(node) ? context.factsOf(node) : undefined
  if (node.type === 'workload') {
    const workload = facts?.workload(node.workload)
    if (workload === undefined)
      return { own: `${requests}${statusPart(node, subject, noReplicas)},"workloadStatus":null}` }
    const replicas = replicasOf(context.mesh, workload)
    return { own: `${requests}${statusPart(node, subject, [replicas])},"workloadStatus":${replicasJson(replicas)}}` }
  }
  const ofApp = () => {
    const replicas = (facts?.apps.get(node.app) ?? []).map((workload) => replicasOf(context.mesh, workload))
    const statuses = replicas.map(replicasJson).join()
    return `${requests}${statusPart(node, subject, replicas)},"workloadStatuses":[${statuses}]}`
  }
  if (node.workload === '') return { own: ofApp() }
  return { own: `${requests}${statusPart(node, subject, noReplicas)},"workloadStatuses":[]}`, ofApp }
}

const noReplicas: readonly WorkloadStatus[] = []

function statusPart(
  { marks }: Node,
  { inbound = nothing, outbound = nothing, tolerances }: Subject,
  replicas: readonly WorkloadStatus[],
): string {
  if (marks.inaccessible === true) return ''
  return `,"status":${statusJson(inbound, outbound, tolerances, replicas)}`
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
