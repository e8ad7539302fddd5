/**
 * A node as the document carries it (reference: graph.md 5.1). Written as text at once: objects that live only to be
 * serialised cost more than the text.
 */
import type { BoxType, NodeType } from '@binocle/api/graph'
import { quoted } from '../quoted.ts'
import { compare } from './compare.ts'
import { idOf } from './ids.ts'
import type { NodeHealth } from './nodeHealth.ts'
import type { ServiceName } from './nodeIdentity.ts'
import { rateText } from './numbers.ts'
import type { Marks, Node } from './trafficMap.ts'

/** A node or a box of the document: what boxes and the order need to know of it. */
export interface Drawn {
  readonly id: string
  readonly type: NodeType
  readonly cluster: string
  readonly namespace: string
  readonly app: string
  readonly isBox: BoxType | undefined
  readonly marks: Marks
  /** undefined: a box. */
  readonly node: Node | undefined
  /** undefined: not asked for, or not judged. */
  readonly health: NodeHealth | undefined
  /** Id of the box around it. */
  parent: string | undefined
}

export const drawnNode = (node: Node, health: NodeHealth | undefined): Drawn => ({
  id: idOf(node.identity),
  type: node.type,
  cluster: node.cluster,
  namespace: node.namespace,
  app: node.app,
  isBox: undefined,
  marks: node.marks,
  node,
  health,
  parent: undefined,
})

/** The element of `nodes`. */
export function nodeJson({ id, type, cluster, namespace, app, isBox, marks, node, health, parent }: Drawn): string {
  let json = `{"data":{"id":"${id}","nodeType":"${type}","cluster":${quoted(cluster)},"namespace":${quoted(namespace)}`
  if (parent !== undefined) json += `,"parent":"${parent}"`
  if (isBox !== undefined) json += `,"isBox":"${isBox}"`
  if (app !== '') json += `,"app":${quoted(app)}`
  if (node !== undefined) json += ownFields(node)
  return `${json}${marksJson(marks)},"healthData":${health === undefined ? 'null' : health.own}}}`
}

function ownFields(node: Node): string {
  let json = ''
  if (node.workload !== '') json += `,"workload":${quoted(node.workload)}`
  if (node.version !== '') json += `,"version":${quoted(node.version)}`
  if (node.service !== '') json += `,"service":${quoted(node.service)}`
  if (node.aggregate !== '') json += `,"aggregate":${quoted(node.aggregate)}`
  if (node.destServices.length > 0) json += `,"destServices":[${servicesJson(node.destServices)}]`
  const traffic = nodeTraffic(node)
  return traffic === '' ? json : `${json},"traffic":[${traffic}]`
}

function servicesJson(services: readonly ServiceName[]): string {
  const sorted = services.length === 1 ? services : [...services].sort(compareServices)
  let json = ''
  for (const { cluster, namespace, name } of sorted) {
    const service = `{"cluster":${quoted(cluster)},"namespace":${quoted(namespace)},"name":${quoted(name)}}`
    json += json === '' ? service : `,${service}`
  }
  return json
}

const compareServices = (a: ServiceName, b: ServiceName) =>
  compare(a.cluster, b.cluster) || compare(a.namespace, b.namespace) || compare(a.name, b.name)

const flags = [
  ['circuitBreaker', 'hasCB'],
  ['faultInjection', 'hasFaultInjection'],
  ['ingressWaypoint', 'hasIngressWaypoint'],
  ['mirroring', 'hasMirroring'],
  ['requestRouting', 'hasRequestRouting'],
  ['requestTimeout', 'hasRequestTimeout'],
  ['tcpTrafficShifting', 'hasTCPTrafficShifting'],
  ['trafficShifting', 'hasTrafficShifting'],
  ['ambient', 'isAmbient'],
  ['dead', 'isDead'],
  ['idle', 'isIdle'],
  ['inaccessible', 'isInaccessible'],
  ['injected', 'isInjected'],
  ['k8sGatewayApi', 'isK8sGatewayAPI'],
  ['outOfMesh', 'isOutOfMesh'],
  ['outside', 'isOutside'],
  ['root', 'isRoot'],
  ['waypoint', 'isWaypoint'],
] as const

function marksJson(marks: Marks): string {
  const { gateway, labels, serviceEntry, virtualServices, workloadEntries } = marks
  let json = ''
  for (const [mark, name] of flags) if (marks[mark] === true) json += `,"${name}":true`
  if (gateway) json += `,"isGateway":${gatewayJson(gateway)}`
  if (labels !== undefined) json += labelsPart(labels)
  if (serviceEntry) json += `,"isServiceEntry":${JSON.stringify(serviceEntry)}`
  if (virtualServices) json += `,"hasVS":${JSON.stringify(withHostnames([...virtualServices.values()].flat()))}`
  if (workloadEntries) json += `,"hasWorkloadEntry":${JSON.stringify(workloadEntries.map((name) => ({ name })))}`
  return json
}

function labelsPart(labels: NonNullable<Marks['labels']>): string {
  const json = JSON.stringify(labels)
  return json === '{}' ? '' : `,"labels":${json}`
}

const gatewayJson = ({ kind, hostnames }: NonNullable<Marks['gateway']>): string => {
  const filled = withHostnames(hostnames)
  return JSON.stringify({
    ingressInfo: kind === 'ingress' ? filled : {},
    egressInfo: kind === 'egress' ? filled : {},
    gatewayAPIInfo: kind === 'gatewayApi' ? filled : {},
  })
}

const withHostnames = (hostnames: readonly string[]) => (hostnames.length === 0 ? {} : { hostnames })

const protocols = ['grpc', 'http', 'tcp'] as const
const nodeRateNames = {
  grpc: ['grpcIn', 'grpcInErr', 'grpcInNoResponse', 'grpcOut'],
  http: ['httpIn', 'httpIn3xx', 'httpIn4xx', 'httpIn5xx', 'httpInNoResponse', 'httpOut'],
  tcp: ['tcpIn', 'tcpOut'],
} as const

function nodeTraffic({ rates }: Node): string {
  let json = ''
  for (const protocol of protocols) {
    let texts = ''
    for (const name of nodeRateNames[protocol]) {
      if (rates[name] > 0) texts += `${texts === '' ? '' : ','}"${name}":"${rateText(rates[name])}"`
    }
    if (texts !== '') json += `${json === '' ? '' : ','}{"protocol":"${protocol}","rates":{${texts}}}`
  }
  return json
}
