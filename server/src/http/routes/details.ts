/** Details of a service, a workload, an app: of one cluster, or across all that have it. */
import type { ClusterName } from '@binocle/api/identity'
import type { Scope } from '../../access/scope.ts'
import { appAcrossClusters, serviceAcrossClusters, workloadAcrossClusters } from '../../catalog/acrossClusters.ts'
import { appDetails } from '../../catalog/apps.ts'
import type { DetailsQuery } from '../../catalog/query.ts'
import { serviceDetails } from '../../catalog/serviceDetails.ts'
import { toldTrouble, visibleClusters } from '../../catalog/visible.ts'
import { workloadDetails } from '../../catalog/workloadDetails.ts'
import { BinocleError } from '../../errors.ts'
import type { Mesh } from '../../model.ts'
import { checkCluster } from '../clusterName.ts'
import { json, type Reply, type Request, type Route, variable } from '../route.ts'

const common = ['clusterName', 'health', 'istioResources', 'namespaces', 'queryTime', 'rateInterval', 'validate']

export function detailRoutes(mesh: Mesh): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/api/namespaces/:namespace/services/:service',
      parameters: common,
      handle: (request) => {
        const query = detailsQuery(mesh, request)
        const name = variable(request, 'service')
        return answer(
          mesh,
          request,
          (scope, at) => serviceDetails(mesh, scope, at, name, query),
          (scope, namespace) => serviceAcrossClusters(mesh, scope, { namespace, name }, query),
        )
      },
    },
    {
      method: 'GET',
      path: '/api/namespaces/:namespace/workloads/:workload',
      parameters: [...common, 'gvk'],
      handle: (request) => {
        const query = { ...detailsQuery(mesh, request), gvk: request.query.text('gvk') }
        const name = variable(request, 'workload')
        return answer(
          mesh,
          request,
          (scope, at) => workloadDetails(mesh, scope, at, name, query),
          (scope, namespace) => workloadAcrossClusters(mesh, scope, { namespace, name }, query),
        )
      },
    },
    {
      method: 'GET',
      path: '/api/namespaces/:namespace/apps/:app',
      parameters: common,
      handle: (request) => {
        const query = detailsQuery(mesh, request)
        const name = variable(request, 'app')
        return answer(
          mesh,
          request,
          (scope, at) => appDetails(mesh, scope, at, name, query),
          (scope, namespace) => appAcrossClusters(mesh, scope, { namespace, name }, query),
        )
      },
    },
  ]
}

/** A window of its own only where another one than that of health is asked for: windows are shared by who asks for them. */
export function detailsQuery(mesh: Mesh, { query, viewer }: Request): DetailsQuery {
  const { durationS } = mesh.config.health
  const rateIntervalS = Math.max(1, Math.round(query.duration('rateInterval', durationS)))
  const queryTime = query.time('queryTime')
  const isOwn = queryTime !== undefined || rateIntervalS !== durationS
  return {
    health: query.boolean('health', true),
    istioResources: query.boolean('istioResources', true),
    validate: query.boolean('validate', false),
    ...(isOwn ? { window: { end: queryTime ?? mesh.traffic.now(), durationS: rateIntervalS } } : {}),
    ...(viewer.login === undefined ? {} : { login: viewer.login }),
  }
}

type At = { readonly cluster: ClusterName; readonly namespace: string }

/** With `clusterName` Kiali's document of that cluster; without, the one across clusters. */
async function answer(
  mesh: Mesh,
  request: Request,
  inOne: (scope: Scope, at: At) => Promise<object>,
  across: (scope: Scope, namespace: string) => Promise<object>,
): Promise<Reply> {
  const { scope } = request.viewer
  const namespace = variable(request, 'namespace')
  const cluster = request.query.text('clusterName')
  if (cluster !== '') checkCluster(mesh, scope, cluster)
  try {
    return json(await (cluster === '' ? across(scope, namespace) : inOne(scope, { cluster, namespace })))
  } catch (error) {
    throw withDoubt(mesh, scope, cluster, error)
  }
}

/** Not found, as far as we know: says which clusters could not be asked. */
function withDoubt(mesh: Mesh, scope: Scope, cluster: ClusterName, error: unknown): unknown {
  if (!(error instanceof BinocleError) || error.status !== 404) return error
  const silent = visibleClusters(mesh, scope).filter(
    (name) => (cluster === '' || cluster === name) && toldTrouble(mesh, scope, name) !== undefined,
  )
  if (silent.length === 0) return error
  return new BinocleError(error.code, error.message, {
    status: error.status,
    remedy: `It may exist in ${silent.join(', ')}, which cannot be asked now.`,
  })
}
