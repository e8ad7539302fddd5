/** The words of the find language: what each reads from a node or a call (reference: ui.md 9.8, with our own additions). */
import { severity } from '@binocle/api/health'
import type { Call, MeshNode } from './meshGraph.ts'
import { errorPercent, isIdle, type Rate, requestRps } from './rate.ts'

export type Operand<Subject> =
  | { readonly kind: 'text'; readonly read: (subject: Subject) => readonly string[] }
  /** undefined: no activity. */
  | { readonly kind: 'number'; readonly read: (subject: Subject) => number | undefined }

const text = <Subject>(read: (subject: Subject) => readonly (string | undefined)[]): Operand<Subject> => ({
  kind: 'text',
  read: (subject) => read(subject).filter((value) => value !== undefined),
})
const number = <Subject>(read: (subject: Subject) => number | undefined): Operand<Subject> => ({ kind: 'number', read })

const active = (value: number): number | undefined => (value > 0 ? value : undefined)

const app = text<MeshNode>((node) => [node.wire?.app])
const namespace = text<MeshNode>((node) => [node.namespace])
const service = text<MeshNode>((node) => [node.service])
const workload = text<MeshNode>((node) => [node.workload])
const operation = text<MeshNode>((node) => [node.wire?.aggregate])

export const nodeOperands: Readonly<Record<string, Operand<MeshNode>>> = {
  app,
  cluster: text((node) => [node.cluster]),
  namespace,
  ns: namespace,
  service,
  svc: service,
  workload,
  wl: workload,
  version: text((node) => [node.wire?.version]),
  operation,
  op: operation,
  name: text((node) => [node.name, node.wire?.app, node.service, node.workload, node.wire?.aggregate]),
  node: text((node) => nodeTypes[node.wire?.nodeType ?? ''] ?? []),
  httpin: number((node) => active(node.traffic.incoming.httpRps)),
  httpout: number((node) => active(node.traffic.outgoing.httpRps)),
  grpcin: number((node) => active(node.traffic.incoming.grpcRps)),
  grpcout: number((node) => active(node.traffic.outgoing.grpcRps)),
  tcpin: number((node) => active(node.traffic.incoming.tcpBytesPerS)),
  tcpout: number((node) => active(node.traffic.outgoing.tcpBytesPerS)),
}

/** Words for the wire's node types. */
const nodeTypes: Readonly<Record<string, readonly string[]>> = {
  app: ['app'],
  workload: ['workload', 'wl'],
  service: ['service', 'svc'],
  aggregate: ['operation', 'op'],
  unknown: ['unknown'],
}

/** What `node =` may be compared with. */
export const nodeTypeWords: readonly string[] = Object.values(nodeTypes).flat()

interface Flag {
  readonly test: (node: MeshNode) => boolean
  /** Where "not" means something else than the opposite. */
  readonly negated?: (node: MeshNode) => boolean
}

const wireFlag = (read: (wire: NonNullable<MeshNode['wire']>) => unknown): Flag => ({
  test: (node) => node.wire !== undefined && Boolean(read(node.wire)),
})

const outOfMesh = wireFlag((wire) => wire.isOutOfMesh)
const circuitBreaker = wireFlag((wire) => wire.hasCB)
const virtualService = wireFlag((wire) => wire.hasVS)
const outside = wireFlag((wire) => wire.isOutside)
const root = wireFlag((wire) => wire.isRoot)
const serviceEntry = wireFlag((wire) => wire.isServiceEntry)
const workloadEntry = wireFlag((wire) => wire.hasWorkloadEntry)
const faultInjection = wireFlag((wire) => wire.hasFaultInjection)
const requestRouting = wireFlag((wire) => wire.hasRequestRouting)
const requestTimeout = wireFlag((wire) => wire.hasRequestTimeout)
const trafficShifting = wireFlag((wire) => wire.hasTrafficShifting)
const tcpShifting = wireFlag((wire) => wire.hasTCPTrafficShifting)
const sidecar: Flag = { test: (node) => !node.wire?.isOutOfMesh }

export const nodeFlags: Readonly<Record<string, Flag>> = {
  healthy: {
    test: (node) => node.health === 'Healthy',
    negated: (node) => severity(node.health) >= severity('Degraded'),
  },
  idle: wireFlag((wire) => wire.isIdle),
  dead: wireFlag((wire) => wire.isDead),
  inaccessible: wireFlag((wire) => wire.isInaccessible),
  mirroring: wireFlag((wire) => wire.hasMirroring),
  ambient: wireFlag((wire) => wire.isAmbient),
  gateway: wireFlag((wire) => wire.isGateway),
  circuitbreaker: circuitBreaker,
  cb: circuitBreaker,
  faultinjection: faultInjection,
  fi: faultInjection,
  outside,
  outsider: outside,
  outofmesh: outOfMesh,
  om: outOfMesh,
  requestrouting: requestRouting,
  rr: requestRouting,
  requesttimeout: requestTimeout,
  rto: requestTimeout,
  serviceentry: serviceEntry,
  se: serviceEntry,
  sidecar,
  sc: sidecar,
  tcptrafficshifting: tcpShifting,
  tcpts: tcpShifting,
  trafficshifting: trafficShifting,
  ts: trafficShifting,
  trafficsource: root,
  root,
  virtualservice: virtualService,
  vs: virtualService,
  workloadentry: workloadEntry,
  we: workloadEntry,
}

const grpcShare = (rate: Rate) => (rate.grpcRps > 0 ? errorPercent(rate) : undefined)
const httpShare = (rate: Rate) => (rate.httpRps > 0 ? errorPercent(rate) : undefined)
const responseTime = number<Call>((call) => wireNumber(call.wire.responseTime))

export const edgeOperands: Readonly<Record<string, Operand<Call>>> = {
  http: number((call) => active(call.rate.httpRps)),
  grpc: number((call) => active(call.rate.grpcRps)),
  tcp: number((call) => active(call.rate.tcpBytesPerS)),
  '%httperr': number((call) => httpShare(call.rate)),
  '%httperror': number((call) => httpShare(call.rate)),
  '%grpcerr': number((call) => grpcShare(call.rate)),
  '%grpcerror': number((call) => grpcShare(call.rate)),
  '%httptraffic': number((call) => wireNumber(call.wire.traffic.rates?.httpPercentReq)),
  '%grpctraffic': number((call) => wireNumber(call.wire.traffic.rates?.grpcPercentReq)),
  protocol: text((call) => [call.protocol]),
  rt: responseTime,
  responsetime: responseTime,
  throughput: number((call) => wireNumber(call.wire.throughput)),
  sourceprincipal: text((call) => [call.wire.sourcePrincipal]),
  destprincipal: text((call) => [call.wire.destPrincipal]),
  sourcecluster: text((call) => [clusterOf(call.source)]),
  destcluster: text((call) => [clusterOf(call.target)]),
}

export const edgeFlags: Readonly<Record<string, (call: Call) => boolean>> = {
  traffic: (call) => !isIdle(call.rate),
  mtls: (call) => (wireNumber(call.wire.isMTLS) ?? 0) > 0,
  crosscluster: (call) => call.crossCluster,
  failing: (call) => requestRps(call.rate) > 0 && call.rate.errorRps > 0,
}

const clusterOf = (id: string): string => id.slice(2).split('/')[0] ?? ''

function wireNumber(value: string | undefined): number | undefined {
  if (value === undefined || value === '') return undefined
  const read = Number(value)
  return Number.isFinite(read) ? read : undefined
}
