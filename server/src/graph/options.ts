/**
 * What a graph request asks for: its parameters with their defaults and the texts of their errors, checked in the order
 * in which Kiali checks them (reference: graph.md 1.2).
 */
import type { BoxType, GraphType } from '@binocle/api/graph'
import type { Scope } from '../access/scope.ts'
import { BinocleError } from '../errors.ts'
import type { Mesh } from '../model.ts'
import { parseDurationMs } from '../telemetry/duration.ts'
import { isLabelName } from '../telemetry/promql.ts'
import { createdAtS } from './access.ts'

/** What a node graph is about; absent for a graph of namespaces. */
export type NodeTarget =
  | { readonly kind: 'workload'; readonly namespace: string; readonly workload: string }
  | { readonly kind: 'service'; readonly namespace: string; readonly service: string }
  | { readonly kind: 'app'; readonly namespace: string; readonly app: string; readonly version: string }
  | {
      readonly kind: 'aggregate'
      readonly namespace: string
      readonly label: string
      readonly value: string
      /** '' = any. */
      readonly service: string
    }

const appenderNames = [
  'aggregateNode',
  'ambient',
  'deadNode',
  'health',
  'idleNode',
  'istio',
  'labeler',
  'meshCheck',
  'responseTime',
  'securityPolicy',
  'serviceEntry',
  'throughput',
  'workloadEntry',
] as const
export type AppenderName = (typeof appenderNames)[number]

export interface GraphOptions {
  /** Distinct, in the order asked for; each exists and may be seen in some cluster. */
  readonly namespaces: readonly string[]
  readonly node: NodeTarget | undefined
  /** Only the part of the graph that concerns these; absent or none: all. */
  readonly clusters?: readonly string[]
  /** Of node graphs; '' = any cluster. */
  readonly cluster: string
  readonly graphType: GraphType
  readonly durationS: number
  /** Unix seconds: the end of the window. */
  readonly queryTime: number
  readonly boxBy: ReadonlySet<BoxType>
  readonly appenders: ReadonlySet<AppenderName>
  readonly includeIdleEdges: boolean
  /** True for `graphType` service. */
  readonly injectServiceNodes: boolean
  readonly ambientTraffic: 'none' | 'total' | 'waypoint' | 'ztunnel'
  readonly rateGrpc: 'none' | 'received' | 'requests' | 'sent' | 'total'
  readonly rateHttp: 'none' | 'requests'
  readonly rateTcp: 'none' | 'received' | 'sent' | 'total'
  readonly responseTime: '50' | '95' | '99' | 'avg'
  readonly throughputType: 'request' | 'response'
  /** Whether the `ambient` appender shows waypoint nodes. */
  readonly waypoints: boolean
  /** The label of operation nodes. */
  readonly aggregate: string
}

/** Query parameters as sent; an absent one is undefined. */
export type GraphQuery = Readonly<Record<string, string | undefined>>

/** Parses and checks; throws `BinocleError` 400 or 403 with Kiali's text. */
export function parseGraphOptions(
  mesh: Mesh,
  scope: Scope,
  target: NodeTarget | undefined,
  query: GraphQuery,
): GraphOptions {
  const appenders = appenderList(query.appenders)
  oneOf(query, 'configVendor', ['common'], 'common', (bad) => `Invalid configVendor [${bad}]`)
  const durationS = duration(query.duration)
  const graphTypes = ['app', 'service', 'versionedApp', 'workload'] as const
  const graphType = oneOf(query, 'graphType', graphTypes, 'workload', (bad) => `Invalid graphType [${bad}]`)
  if (target?.kind === 'app' && graphType !== 'app' && graphType !== 'versionedApp') {
    throw invalid(
      `Invalid graphType [${graphType}]. This node detail graph supports only graphType app or versionedApp.`,
    )
  }
  const boxBy = boxes(query.boxBy)
  const includeIdleEdges = flag(query, 'includeIdleEdges', false, (bad) => `Invalid includeIdleEdges [${bad}]`)
  const injectServiceNodes =
    graphType === 'service' || flag(query, 'injectServiceNodes', false, (bad) => `Invalid injectServiceNodes [${bad}]`)
  const queryTime = time(query.queryTime) ?? mesh.traffic.now()
  refreshInterval(query.refreshInterval)
  oneOf(query, 'telemetryVendor', ['istio'], 'istio', (bad) => `Invalid telemetryVendor [${bad}]`)
  const namespaces = target === undefined ? namespaceList(query.namespaces) : [target.namespace]
  for (const namespace of namespaces) checkNamespace(mesh, scope, namespace, queryTime)
  const ambient = ['none', 'total', 'waypoint', 'ztunnel'] as const
  const ambientTraffic = oneOf(query, 'ambientTraffic', ambient, 'total', (bad) => `Invalid Ambient Traffic [${bad}]`)
  const grpc = ['none', 'received', 'requests', 'sent', 'total'] as const
  const rateGrpc = oneOf(query, 'rateGrpc', grpc, 'requests', (bad) => `Invalid gRPC Rate [${bad}]`)
  const http = ['none', 'requests'] as const
  const rateHttp = oneOf(query, 'rateHttp', http, 'requests', (bad) => `Invalid HTTP Rate [${bad}]`)
  const tcp = ['none', 'received', 'sent', 'total'] as const
  const rateTcp = oneOf(query, 'rateTcp', tcp, 'sent', (bad) => `Invalid TCP Rate [${bad}]`)
  const aggregate = target?.kind === 'aggregate' ? target.label : query.aggregate || 'request_operation'
  if (!isLabelName(aggregate)) throw invalid(`Invalid aggregate [${aggregate}]`)
  const known = knownAppenders(appenders)
  if (target?.kind === 'aggregate') known.add('aggregateNode')
  return {
    namespaces,
    node: target,
    cluster: target === undefined || query.clusterName === 'unknown' ? '' : (query.clusterName ?? ''),
    graphType,
    durationS,
    queryTime,
    boxBy,
    appenders: known,
    includeIdleEdges,
    injectServiceNodes,
    ambientTraffic,
    rateGrpc,
    rateHttp,
    rateTcp,
    ...appenderParameters(query, known),
    aggregate,
  }
}

const keys = new WeakMap<GraphOptions, string>()

/** A text that is equal for equal options: caches are keyed by it. */
export function optionsKey(options: GraphOptions): string {
  let key = keys.get(options)
  if (key === undefined) {
    const { boxBy, appenders, ...others } = options
    key = JSON.stringify({ ...others, boxBy: [...boxBy].sort(), appenders: [...appenders].sort() })
    keys.set(options, key)
  }
  return key
}

const invalid = (message: string) => new BinocleError('BIN-QUERY-PARAM', message)

function oneOf<T extends string>(
  query: GraphQuery,
  name: string,
  allowed: readonly T[],
  byDefault: T,
  message: (bad: string) => string,
): T {
  const text = query[name]
  if (text === undefined || text === '') return byDefault
  const found = allowed.find((each) => each === text)
  if (found === undefined) throw invalid(message(text))
  return found
}

function flag(query: GraphQuery, name: string, byDefault: boolean, message: (bad: string) => string): boolean {
  const text = query[name]
  if (text === undefined || text === '') return byDefault
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text)) return false
  throw invalid(message(text))
}

/** Whole seconds; a window shorter than one second holds nothing, so it is refused. */
function duration(text: string | undefined): number {
  const ms = parseDurationMs(text || '10m')
  const seconds = ms === undefined ? 0 : Math.floor(ms / 1000)
  if (seconds < 1 || !Number.isSafeInteger(seconds)) throw invalid(`Invalid duration [${text ?? ''}]`)
  return seconds
}

function time(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined
  if (!/^[+-]?\d{1,15}$/.test(text)) throw invalid(`Invalid queryTime [${text}]`)
  return Number(text)
}

function boxes(text: string | undefined): ReadonlySet<BoxType> {
  if (text === undefined || text === '') return new Set()
  const known = ['app', 'cluster', 'namespace'] as const
  return new Set(
    text.split(',').map((part) => {
      const box = known.find((each) => each === part.trim())
      if (box === undefined) throw invalid(`Invalid boxBy [${part.trim()}]`)
      return box
    }),
  )
}

/** Our snapshots are shared whatever the interval; only its bounds are checked. */
function refreshInterval(text: string | undefined): void {
  if (text === undefined || text === '') return
  if (!/^[+-]?\d{1,15}$/.test(text)) throw invalid(`Invalid refresh interval [${text}]`)
  const intervalMs = Number(text)
  if (intervalMs > 0 && intervalMs < 10_000) {
    throw invalid('Refresh interval must be at least 10000ms (10 seconds), or 0 to disable caching')
  }
  if (intervalMs > 900_000) throw invalid('Refresh interval must not exceed 900000ms (15 minutes)')
}

function namespaceList(text: string | undefined): string[] {
  if (text === undefined || text === '') {
    throw invalid('At least one namespace must be specified via the namespaces query parameter.')
  }
  return [...new Set(text.split(',').map((name) => name.trim()))]
}

/** Unknown and forbidden namespaces answer alike. */
function checkNamespace(mesh: Mesh, scope: Scope, namespace: string, queryTime: number): void {
  const created = createdAtS(mesh.inventory, scope, namespace)
  if (created === undefined) {
    throw new BinocleError('BIN-QUERY-NAMESPACE', `Requested namespace [${namespace}] is not accessible.`)
  }
  if (queryTime <= created) {
    const at = new Date(queryTime * 1000)
    const text = Number.isNaN(at.getTime()) ? String(queryTime) : at.toISOString().replace('T', ' ').slice(0, 19)
    throw invalid(`Namespace [${namespace}] did not exist at requested queryTime [${text} +0000 UTC]`)
  }
}

/** Undefined: all of them. */
function appenderList(text: string | undefined): string[] | undefined {
  return text?.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]))
}

function knownAppenders(asked: readonly string[] | undefined): Set<AppenderName> {
  if (asked === undefined) return new Set(appenderNames)
  const known = new Set<AppenderName>()
  for (const name of asked) {
    if (name === 'outsider' || name === 'trafficGenerator') continue
    const found = appenderNames.find((each) => each === (name === 'sidecarsCheck' ? 'meshCheck' : name))
    if (found === undefined) throw invalid(`Invalid appender [${name}]`)
    known.add(found)
  }
  return known
}

/** Parameters of appenders are checked only when the appender runs. */
function appenderParameters(query: GraphQuery, appenders: ReadonlySet<AppenderName>) {
  const statistics = ['50', '95', '99', 'avg'] as const
  const types = ['request', 'response'] as const
  return {
    responseTime: appenders.has('responseTime')
      ? oneOf(
          query,
          'responseTime',
          statistics,
          '95',
          (bad) => `Invalid responseTime, must be one of: avg | 50 | 95 | 99: [${bad}]`,
        )
      : ('95' as const),
    throughputType: appenders.has('throughput')
      ? oneOf(
          query,
          'throughputType',
          types,
          'response',
          (bad) => `Invalid throughputType, expecting one of (request, response). [${bad}]`,
        )
      : ('response' as const),
    waypoints: !appenders.has('ambient') || flag(query, 'waypoints', true, (bad) => `Invalid waypoints param [${bad}]`),
  }
}
