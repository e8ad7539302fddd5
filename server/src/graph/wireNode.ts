/** A node as the document carries it (reference: graph.md 5.1). */
import type { GraphNode } from '@binocle/api/graph'
import { compare } from './compare.ts'
import { idOf } from './ids.ts'
import type { ServiceName } from './nodeIdentity.ts'
import { rateText } from './numbers.ts'
import type { Marks, Node } from './trafficMap.ts'

/** A node without its health, which is JSON already. */
export type BareNode = Omit<GraphNode, 'healthData'>

export function wireNode(node: Node): BareNode {
  const { marks } = node
  const traffic = nodeTraffic(node)
  const wire: BareNode = {
    id: idOf(node.identity),
    nodeType: node.type,
    cluster: node.cluster,
    namespace: node.namespace,
  }
  if (node.workload !== '') wire.workload = node.workload
  if (node.app !== '') wire.app = node.app
  if (node.version !== '') wire.version = node.version
  if (node.service !== '') wire.service = node.service
  if (node.aggregate !== '') wire.aggregate = node.aggregate
  if (node.destServices.length > 0) wire.destServices = node.destServices.map(copy).sort(compareServices)
  if (marks.labels !== undefined && Object.keys(marks.labels).length > 0) wire.labels = { ...marks.labels }
  if (traffic.length > 0) wire.traffic = traffic
  addMarks(wire, marks)
  return wire
}

const copy = ({ cluster, namespace, name }: ServiceName) => ({ cluster, namespace, name })

const compareServices = (a: ServiceName, b: ServiceName) =>
  compare(a.cluster, b.cluster) || compare(a.namespace, b.namespace) || compare(a.name, b.name)

function addMarks(wire: BareNode, marks: Marks): void {
  const { virtualServices, workloadEntries, gateway, serviceEntry } = marks
  if (marks.circuitBreaker) wire.hasCB = true
  if (marks.faultInjection) wire.hasFaultInjection = true
  if (marks.ingressWaypoint) wire.hasIngressWaypoint = true
  if (marks.mirroring) wire.hasMirroring = true
  if (marks.requestRouting) wire.hasRequestRouting = true
  if (marks.requestTimeout) wire.hasRequestTimeout = true
  if (marks.tcpTrafficShifting) wire.hasTCPTrafficShifting = true
  if (marks.trafficShifting) wire.hasTrafficShifting = true
  if (virtualServices) wire.hasVS = withHostnames([...virtualServices.values()].flat())
  if (workloadEntries) wire.hasWorkloadEntry = workloadEntries.map((name) => ({ name }))
  if (marks.ambient) wire.isAmbient = true
  if (marks.dead) wire.isDead = true
  if (gateway) wire.isGateway = wireGateway(gateway)
  if (marks.idle) wire.isIdle = true
  if (marks.inaccessible) wire.isInaccessible = true
  if (marks.injected) wire.isInjected = true
  if (marks.k8sGatewayApi) wire.isK8sGatewayAPI = true
  if (marks.outOfMesh) wire.isOutOfMesh = true
  if (marks.outside) wire.isOutside = true
  if (marks.root) wire.isRoot = true
  if (serviceEntry) wire.isServiceEntry = { ...serviceEntry, hosts: [...serviceEntry.hosts] }
  if (marks.waypoint) wire.isWaypoint = true
}

function wireGateway({ kind, hostnames }: NonNullable<Marks['gateway']>): NonNullable<GraphNode['isGateway']> {
  const filled = withHostnames(hostnames)
  return {
    ingressInfo: kind === 'ingress' ? filled : {},
    egressInfo: kind === 'egress' ? filled : {},
    gatewayAPIInfo: kind === 'gatewayApi' ? filled : {},
  }
}

const withHostnames = (hostnames: readonly string[]) => (hostnames.length === 0 ? {} : { hostnames: [...hostnames] })

const protocols = ['grpc', 'http', 'tcp'] as const
const nodeRateNames = {
  grpc: ['grpcIn', 'grpcInErr', 'grpcInNoResponse', 'grpcOut'],
  http: ['httpIn', 'httpIn3xx', 'httpIn4xx', 'httpIn5xx', 'httpInNoResponse', 'httpOut'],
  tcp: ['tcpIn', 'tcpOut'],
} as const

function nodeTraffic({ rates }: Node): NonNullable<GraphNode['traffic']> {
  const traffic: NonNullable<GraphNode['traffic']> = []
  for (const protocol of protocols) {
    let texts: Record<string, string> | undefined
    for (const name of nodeRateNames[protocol]) {
      if (!(rates[name] > 0)) continue
      texts ??= {}
      texts[name] = rateText(rates[name])
    }
    if (texts !== undefined) traffic.push({ protocol, rates: texts })
  }
  return traffic
}
