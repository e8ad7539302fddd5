/** Details of a service, a workload, an app: of one cluster, or across all that have it. */
import type { ClusterName } from '@binocle/api/identity'
import type { Scope } from '../../access/scope.ts'
import { appDetails } from '../../catalog/apps.ts'
import type { DetailsQuery } from '../../catalog/query.ts'
import { serviceDetails } from '../../catalog/serviceDetails.ts'
import { visibleClusters } from '../../catalog/visible.ts'
import { workloadDetails } from '../../catalog/workloadDetails.ts'
import { BinocleError } from '../../errors.ts'
import type { Mesh } from '../../model.ts'
import { checkCluster, homeOf } from '../clusterName.ts'
import type { Parameters } from '../parameters.ts'
import { json, type Reply, type Request, type Route, variable } from '../route.ts'

const common = ['clusterName', 'health', 'istioResources', 'namespaces', 'queryTime', 'rateInterval', 'validate']

export function detailRoutes(mesh: Mesh): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/api/namespaces/:namespace/services/:service',
      parameters: common,
      handle: (request) => {
        const query = detailsQuery(mesh, request.query)
        const name = variable(request, 'service')
        return answer(mesh, request, (scope, at) => serviceDetails(mesh, scope, at, name, query))
      },
    },
    {
      method: 'GET',
      path: '/api/namespaces/:namespace/workloads/:workload',
      parameters: [...common, 'gvk'],
      handle: (request) => {
        const query = { ...detailsQuery(mesh, request.query), gvk: request.query.text('gvk') }
        const name = variable(request, 'workload')
        return answer(mesh, request, (scope, at) => workloadDetails(mesh, scope, at, name, query))
      },
    },
    {
      method: 'GET',
      path: '/api/namespaces/:namespace/apps/:app',
      parameters: common,
      handle: (request) => {
        const query = detailsQuery(mesh, request.query)
        const name = variable(request, 'app')
        return answer(mesh, request, (scope, at) => appDetails(mesh, scope, at, name, query))
      },
    },
  ]
}

/** A window of its own only where another one than that of health is asked for: windows are shared by who asks for them. */
function detailsQuery(mesh: Mesh, query: Parameters): DetailsQuery {
  const { durationS } = mesh.config.health
  const rateIntervalS = Math.max(1, Math.round(query.duration('rateInterval', durationS)))
  const queryTime = query.time('queryTime')
  const isOwn = queryTime !== undefined || rateIntervalS !== durationS
  return {
    health: query.boolean('health', true),
    istioResources: query.boolean('istioResources', true),
    validate: query.boolean('validate', false),
    ...(isOwn ? { window: { end: queryTime ?? mesh.traffic.now(), durationS: rateIntervalS } } : {}),
  }
}

type Details = (scope: Scope, at: { cluster: ClusterName; namespace: string }) => Promise<object>

async function answer(mesh: Mesh, request: Request, details: Details): Promise<Reply> {
  const { scope } = request.viewer
  const namespace = variable(request, 'namespace')
  const asked = request.query.text('clusterName')
  if (asked !== '') {
    checkCluster(mesh, scope, asked)
    return json(await details(scope, { cluster: asked, namespace }))
  }
  return json(await firstOf(mesh, scope, namespace, details))
}

/** The document of the first cluster that has the object; what home says when none has it. */
async function firstOf(mesh: Mesh, scope: Scope, namespace: string, details: Details): Promise<object> {
  let missing: unknown
  for (const cluster of visibleClusters(mesh, scope)) {
    try {
      return await details(scope, { cluster, namespace })
    } catch (error) {
      if (!(error instanceof BinocleError) || error.status !== 404) throw error
      missing ??= error
    }
  }
  if (missing !== undefined) throw missing
  return details(scope, { cluster: homeOf(mesh), namespace })
}
