/** Metrics over time of services, workloads, apps and namespaces, and the cards of the overview. */
import type { NamespaceRef } from '@binocle/api/identity'
import { namespaceAt } from '../../catalog/visible.ts'
import { BinocleError } from '../../errors.ts'
import { objectDashboard } from '../../metrics/objectDashboard.ts'
import { aggregateMetrics, objectMetrics } from '../../metrics/objectMetrics.ts'
import { appRates, serviceLatency, serviceRates, serviceThroughput } from '../../metrics/overviewCards.ts'
import type { Target } from '../../metrics/query.ts'
import { responseTimes } from '../../metrics/responseTimes.ts'
import { controlPlaneMetrics, usageMetrics } from '../../metrics/usage.ts'
import { ztunnelDashboard } from '../../metrics/ztunnelDashboard.ts'
import type { Mesh } from '../../model.ts'
import { featureFlags } from '../../status/featureFlags.ts'
import { isLabelName } from '../../telemetry/promql.ts'
import { knownCluster } from '../clusterName.ts'
import { metricsParameters, metricsQuery } from '../metricsParameters.ts'
import type { Parameters } from '../parameters.ts'
import { json, type Reply, type Request, type Route, variable } from '../route.ts'
import { maxStatsBytes, statsQueries } from '../statsBody.ts'

export function metricsRoutes(mesh: Mesh): readonly Route[] {
  const of = (kind: NonNullable<Target['of']>['kind'], plural: string): Route => ({
    method: 'GET',
    path: `/api/namespaces/:namespace/${plural}/:${kind}/metrics`,
    parameters: metricsParameters,
    handle: (request) => metricsOf(mesh, request, { kind, name: variable(request, kind) }),
  })
  const dashboard = (kind: NonNullable<Target['of']>['kind'], plural: string): Route => ({
    method: 'GET',
    path: `/api/namespaces/:namespace/${plural}/:${kind}/dashboard`,
    parameters: metricsParameters,
    handle: (request) => dashboardOf(mesh, request, { kind, name: variable(request, kind) }),
  })
  return [
    of('service', 'services'),
    of('workload', 'workloads'),
    of('app', 'apps'),
    dashboard('service', 'services'),
    dashboard('workload', 'workloads'),
    dashboard('app', 'apps'),
    {
      method: 'GET',
      path: '/api/namespaces/:namespace/metrics',
      parameters: metricsParameters,
      handle: (request) => metricsOf(mesh, request),
    },
    {
      method: 'GET',
      path: '/api/clusters/metrics',
      parameters: [...metricsParameters, 'namespaces'],
      handle: (request) => metricsOfMany(mesh, request),
    },
    {
      method: 'GET',
      path: '/api/namespaces/:namespace/aggregates/:aggregate/:value/metrics',
      parameters: metricsParameters.filter((name) => name !== 'clusterName'),
      handle: (request) => aggregateOf(mesh, request),
    },
    {
      method: 'GET',
      path: '/api/namespaces/:namespace/controlplanes/:controlplane/metrics',
      parameters: metricsParameters,
      handle: async (request) => {
        const at = placeOf(mesh, request)
        const name = variable(request, 'controlplane')
        const asked = metricsQuery(request.query, nowS(mesh))
        return json(await controlPlaneMetrics(mesh, request.viewer.scope, at, name, asked))
      },
    },
    {
      method: 'GET',
      path: '/api/namespaces/:namespace/:app/usage_metrics',
      parameters: metricsParameters,
      handle: async (request) => {
        const app = variable(request, 'app')
        if (!/^[a-zA-Z0-9]([a-zA-Z0-9\-.]*[a-zA-Z0-9])?$/.test(app) || app.length > 253)
          throw new BinocleError('BIN-QUERY-PARAM', 'Invalid app name', { remedy: 'Name an app, e.g. `istiod`.' })
        const at = placeOf(mesh, request)
        const asked = metricsQuery(request.query, nowS(mesh))
        return json(await usageMetrics(mesh, request.viewer.scope, at, app, asked, rateText(request.query)))
      },
    },
    {
      method: 'GET',
      path: '/api/namespaces/:namespace/ztunnel/:workload/dashboard',
      parameters: metricsParameters,
      handle: async (request) => {
        const at = placeOf(mesh, request)
        const asked = metricsQuery(request.query, nowS(mesh))
        return json(await ztunnelDashboard(mesh, request.viewer.scope, at, asked, rateText(request.query)))
      },
    },
    {
      method: 'POST',
      path: '/api/stats/metrics',
      maxBodyBytes: maxStatsBytes,
      handle: async ({ incoming, viewer }) =>
        json(await responseTimes(mesh, viewer.scope, statsQueries(incoming.body))),
    },
    {
      method: 'GET',
      path: '/api/overview/metrics/services/latency',
      handle: async ({ viewer }) => json({ services: await serviceLatency(mesh, viewer.scope) }),
    },
    {
      method: 'GET',
      path: '/api/overview/metrics/services/throughput',
      handle: ({ viewer }) => json({ services: serviceThroughput(mesh, viewer.scope) }),
    },
    {
      method: 'GET',
      path: '/api/overview/metrics/services/rates',
      handle: ({ viewer }) => json({ services: serviceRates(mesh, viewer.scope) }),
    },
    {
      method: 'GET',
      path: '/api/overview/metrics/apps/rates',
      handle: ({ viewer }) => json({ apps: appRates(mesh, viewer.scope) }),
    },
  ]
}

const rateText = (query: Parameters): string => query.text('rateInterval') || '1m'

const nowS = ({ clock }: Mesh): number => Math.floor(clock() / 1000)

async function metricsOf(mesh: Mesh, request: Request, of?: Target['of']): Promise<Reply> {
  const at = placeOf(mesh, request)
  const target: Target = of === undefined ? at : { ...at, of }
  return json(await objectMetrics(mesh, request.viewer.scope, target, metricsQuery(request.query, nowS(mesh))))
}

async function dashboardOf(mesh: Mesh, request: Request, of: NonNullable<Target['of']>): Promise<Reply> {
  const target: Target = { ...placeOf(mesh, request), of }
  const asked = metricsQuery(request.query, nowS(mesh))
  const { metricsInbound, metricsOutbound } = featureFlags(mesh.config.featureFlags, false).uiDefaults
  const { aggregations = [] } = asked.direction === 'inbound' ? metricsInbound : metricsOutbound
  return json(await objectDashboard(mesh, request.viewer.scope, target, asked, aggregations))
}

/** Only who is called knows what a call was about. */
async function aggregateOf(mesh: Mesh, request: Request): Promise<Reply> {
  const { query, viewer } = request
  const namespace = variable(request, 'namespace')
  for (const [name, wanted] of [
    ['direction', 'inbound'],
    ['reporter', 'destination'],
  ] as const)
    if (query.text(name) !== wanted)
      throw new BinocleError(
        'BIN-QUERY-PARAM',
        `AggregateMetrics '${name}' must be '${wanted}' as the metrics are associated with inbound traffic to the destination workload.`,
        { remedy: `Ask with \`${name}=${wanted}\`.` },
      )
  const label = variable(request, 'aggregate')
  if (!isLabelName(label))
    throw new BinocleError('BIN-QUERY-PARAM', 'bad request, the aggregate is no label name', {
      remedy: 'Name a label of the metrics, e.g. `request_operation`.',
    })
  const asked = metricsQuery(query, nowS(mesh))
  const target = { namespace, label, value: variable(request, 'value') }
  return json(await aggregateMetrics(mesh, viewer.scope, target, asked))
}

/** Kiali has words of its own for what may not be seen here. */
function placeOf(mesh: Mesh, { path, query, viewer: { scope } }: Request): NamespaceRef {
  try {
    const at = { cluster: knownCluster(mesh, scope, query), namespace: path.namespace ?? '' }
    namespaceAt(mesh, scope, at)
    return at
  } catch (error) {
    if (!(error instanceof BinocleError)) throw error
    throw new BinocleError('BIN-QUERY-NAMESPACE', `Cannot access namespace data: ${error.message}`, {
      remedy: error.remedy ?? 'Name a namespace of GET /api/namespaces.',
    })
  }
}

/** Names that may not be seen are left out; no name is none. */
async function metricsOfMany(mesh: Mesh, { query, viewer }: Request): Promise<Reply> {
  const { scope } = viewer
  const cluster = knownCluster(mesh, scope, query)
  const names = query.list('namespaces')
  if (names.length === 0) return json({})
  const asked = metricsQuery(query, nowS(mesh))
  const rows = names.map(async (namespace) => {
    const at = { cluster, namespace }
    if (
      scope.sees(at) !== 'yes' ||
      mesh.inventory.get('namespaces', { cluster, namespace: '' }, namespace) === undefined
    )
      return []
    return [[namespace, await objectMetrics(mesh, scope, at, asked)]]
  })
  return json(Object.fromEntries((await Promise.all(rows)).flat()))
}
