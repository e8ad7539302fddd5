/**
 * Requests of every route of the table: a new route is asked as soon as it stands there. Variables and parameters are
 * drawn from names that exist somewhere, names that do not, and values that are no names at all.
 */
import fc from 'fast-check'
import type { Route } from '../route.ts'
import type { Asked } from './bed.ts'
import { clusterNames, clusterOf, marker, namespaceOf } from './markers.ts'
import { places } from './series.ts'

const clusters = [...clusterNames.map(clusterOf), ...clusterNames.map(clusterOf), 'nowhere', 'unknown', '']
const namespaces = [...new Set(places.map(({ cluster, place }) => namespaceOf(cluster, place))), 'nosuch', 'unknown']
const marks = places.map(({ cluster, place }) => marker(cluster, place))
const objects = [
  'cart',
  'cart-v1',
  'gw',
  'kgw',
  'istiod',
  'guard-waypoint',
  'shared.example.com',
  'nosuch',
  'unknown',
  ...marks.flatMap((mark) => [
    `app-${mark}`,
    `svc-${mark}`,
    `vs-${mark}`,
    `dr-1-${mark}`,
    `se-${mark}`,
    `ap-${mark}`,
    `pa-${mark}`,
    `wg-${mark}`,
    `route-${mark}`,
    `entry-${mark}.example.com`,
    `operation-${mark}`,
  ]),
]

/** Values by the name of a variable or parameter; those without are flags or free text. */
const pools: Readonly<Record<string, readonly string[]>> = {
  aggregate: ['request_operation', 'destination_service', 'source_principal'],
  appenders: [
    'aggregateNode,ambient,deadNode,health,idleNode,istio,labeler,meshCheck,responseTime,securityPolicy,serviceEntry,throughput,workloadEntry',
    'deadNode,idleNode,serviceEntry,istio,workloadEntry,labeler,health',
    'securityPolicy,aggregateNode,labeler',
    '',
  ],
  boxBy: ['cluster,namespace,app', 'cluster', ''],
  cluster: clusters,
  controlplane: ['istiod', 'nosuch'],
  clusterName: clusters,
  direction: ['inbound', 'inbound', 'outbound'],
  duration: ['60s', '10m', '5m'],
  graphType: ['app', 'versionedApp', 'workload', 'service'],
  gvk: ['apps/v1, Kind=Deployment', 'networking.istio.io/v1, Kind=WorkloadGroup'],
  labelSelector: ['app=cart', ''],
  namespace: namespaces,
  objects: ['networking.istio.io/v1, Kind=VirtualService;networking.istio.io/v1, Kind=ServiceEntry', ''],
  pod: ['gw', 'kgw', ...marks.map((mark) => `app-${mark}-pod`)],
  queryTime: ['1700000100', ''],
  rateInterval: ['60s', '5m'],
  reporter: ['destination', 'destination', 'source', 'both'],
  resource: ['bootstrap', 'clusters', 'listeners', 'routes', 'other'],
  revision: ['default', 'canary', ''],
  type: ['app', 'service', 'workload'],
  version: ['v1', 'v2', ...marks.map((mark) => `v-${mark}`)],
  workloadSelector: ['app=cart', ''],
}

const lists: Readonly<Record<string, readonly string[]>> = { clusters, namespaces }

const flags = ['true', 'true', 'false']

/** Parameters of routes that do not name theirs: the graphs' and a few others'. */
export const graphParameters = [
  'aggregate',
  'ambientTraffic',
  'appenders',
  'boxBy',
  'clusterName',
  'clusters',
  'duration',
  'graphType',
  'includeIdleEdges',
  'injectServiceNodes',
  'namespaces',
  'queryTime',
]

function parametersOf({ path }: Route): readonly string[] {
  if (path === '/api/mesh/graph') return ['includeGateways', 'includeWaypoints', 'queryTime']
  return path.endsWith('/graph') ? graphParameters : ['clusterName', 'namespaces']
}

const enums: Readonly<Record<string, readonly string[]>> = { ambientTraffic: ['none', 'total', 'waypoint', 'ztunnel'] }

function valuesOf(name: string): fc.Arbitrary<string> {
  const list = lists[name]
  if (list !== undefined)
    return fc.oneof(
      fc.array(fc.constantFrom(...list), { maxLength: 4 }).map((names) => names.join(',')),
      fc.constant(
        list.filter((each) => each !== 'nosuch' && each !== 'nowhere' && each !== 'unknown' && each !== '').join(','),
      ),
    )
  return fc.constantFrom(...(pools[name] ?? enums[name] ?? flags))
}

/** Most often a name that is there, so that more is told than that it is not. */
function variableOf(name: string): fc.Arbitrary<string> {
  const common = commonNames[name]
  const any = fc.constantFrom(...(pools[name] ?? objects))
  return common === undefined
    ? any
    : fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...common) }, { weight: 1, arbitrary: any })
}

/** Those that are in every namespace, or every namespace. */
const commonNames: Readonly<Record<string, readonly string[]>> = {
  // Traffic is between these.
  app: ['cart', ...marks.map((mark) => `app-${mark}`)],
  cluster: clusterNames.map(clusterOf),
  namespace: ['shop', 'vault', 'istio-system', ...clusterNames.map((cluster) => namespaceOf(cluster, 'own'))],
  service: ['cart', 'shared.example.com'],
  value: marks.map((mark) => `operation-${mark}`),
  workload: ['cart-v1', 'guard-waypoint', ...marks.map((mark) => `app-${mark}`)],
}

/** Group, version, kind and name of an Istio object: together, or few would be of a type. */
const istioObjects: readonly string[] = [
  'networking.istio.io/v1/Gateway/gw',
  'gateway.networking.k8s.io/v1/Gateway/kgw',
  'core/v1/Secret/cart',
  ...marks.flatMap((mark) => [
    `networking.istio.io/v1/VirtualService/vs-${mark}`,
    `networking.istio.io/v1/DestinationRule/dr-1-${mark}`,
    `networking.istio.io/v1/ServiceEntry/se-${mark}`,
    `networking.istio.io/v1/Sidecar/sidecar-${mark}`,
    `networking.istio.io/v1/WorkloadGroup/wg-${mark}`,
    `security.istio.io/v1/AuthorizationPolicy/ap-${mark}`,
    `security.istio.io/v1/PeerAuthentication/pa-${mark}`,
    `gateway.networking.k8s.io/v1/HTTPRoute/route-${mark}`,
    `inference.networking.k8s.io/v1/InferencePool/pool-${mark}`,
  ]),
]
const istioPath = ':group/:version/:kind/:object'

const jsonType = { 'content-type': 'application/json' }

/** Bodies of the questions that are too long for a URL. */
const bodies: Readonly<Record<string, fc.Arbitrary<string>>> = {
  '/api/stats/metrics': fc
    .array(
      fc.record({
        target: partyOf(),
        peerTarget: fc.option(partyOf(), { nil: undefined }),
        direction: fc.constantFrom('inbound', 'outbound'),
        interval: fc.constantFrom('60s', '5m', 'soon'),
        queryTime: fc.constantFrom(1_700_000_100, 0),
        avg: fc.boolean(),
        quantiles: fc.constantFrom(['0.5', '0.99'], []),
      }),
      { maxLength: 3 },
    )
    .map((queries) => JSON.stringify({ queries })),
}

function partyOf(): fc.Arbitrary<object> {
  return fc.record({
    cluster: fc.option(fc.constantFrom(...clusters), { nil: undefined }),
    namespace: variableOf('namespace'),
    name: variableOf('app'),
    kind: fc.constantFrom('app', 'service', 'workload'),
  })
}

/** One request of the route, as a client that knows the names of everything would write it. */
export function requestOf(route: Route): fc.Arbitrary<Asked> {
  if (route.path.includes(istioPath))
    return fc
      .constantFrom(...istioObjects)
      .chain((object) => requestOf({ ...route, path: route.path.replace(istioPath, object) }))
  const variables = [...route.path.matchAll(/:([a-zA-Z]+)/g)].map(([, name = '']) => name)
  const parameters = route.parameters ?? parametersOf(route)
  return fc
    .tuple(
      fc.tuple(...variables.map(variableOf)),
      fc.tuple(...parameters.map((name) => fc.option(valuesOf(name), { nil: undefined }))),
      bodies[route.path] ?? fc.constant(undefined),
    )
    .map(([inPath, inQuery, body]) => {
      let path = route.path
      for (const [index, name] of variables.entries())
        path = path.replace(`:${name}`, encodeURIComponent(inPath[index] || 'none'))
      const query = new URLSearchParams()
      for (const [index, name] of parameters.entries()) {
        const value = inQuery[index]
        if (value !== undefined) query.set(name, value)
      }
      const url = query.size === 0 ? path : `${path}?${query}`
      return body === undefined ? { method: route.method, url } : { method: route.method, url, headers: jsonType, body }
    })
}

/** A request of any route. `mesh/graph` names other parameters than the traffic graphs: it ignores theirs. */
export const anyRequest = (routes: readonly Route[]): fc.Arbitrary<Asked> =>
  fc.nat(routes.length - 1).chain((index) => {
    const route = routes[index]
    if (route === undefined) throw new Error('no routes')
    return requestOf(route)
  })
