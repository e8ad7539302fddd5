/** Kiali's lists: services, workloads, apps and health of one cluster. */
import { listApps } from '../../catalog/apps.ts'
import type { ListQuery } from '../../catalog/query.ts'
import { listServices } from '../../catalog/services.ts'
import { listWorkloads } from '../../catalog/workloads.ts'
import { clustersHealth } from '../../health/clustersHealth.ts'
import type { Mesh } from '../../model.ts'
import { knownCluster } from '../clusterName.ts'
import { json, type Reply, type Request, type Route } from '../route.ts'
import { withUnreachable } from '../unreachable.ts'

const common = ['clusterName', 'namespaces', 'health', 'istioResources', 'rateInterval', 'queryTime'] as const

export function listRoutes(mesh: Mesh): readonly Route[] {
  /** Checks what the list does not use too: rates are those of the health window, as with Kiali's health cache. */
  const read = ({ query, viewer }: Request): ListQuery => {
    query.duration('rateInterval', 0)
    query.time('queryTime')
    return {
      health: query.boolean('health', true),
      istioResources: query.boolean('istioResources', true),
      namespaces: query.list('namespaces'),
      cluster: knownCluster(mesh, viewer.scope, query),
    }
  }
  const list = (request: Request, make: (query: ListQuery) => unknown): Reply => {
    const query = read(request)
    return withUnreachable(mesh, request.viewer.scope, make(query), [query.cluster])
  }
  return [
    {
      method: 'GET',
      path: '/api/clusters/services',
      parameters: [...common, 'onlyDefinitions'],
      handle: (request) => {
        const onlyDefinitions = request.query.boolean('onlyDefinitions', true)
        return list(request, (query) => listServices(mesh, request.viewer.scope, { ...query, onlyDefinitions }))
      },
    },
    {
      method: 'GET',
      path: '/api/clusters/workloads',
      parameters: [...common, 'gvk', 'onlyDefinitions', 'validate'],
      handle: (request) => {
        request.query.boolean('validate', false)
        return list(request, (query) => listWorkloads(mesh, request.viewer.scope, query))
      },
    },
    {
      method: 'GET',
      path: '/api/clusters/apps',
      parameters: [...common, 'onlyDefinitions'],
      handle: (request) => list(request, (query) => listApps(mesh, request.viewer.scope, query)),
    },
    {
      method: 'GET',
      path: '/api/clusters/health',
      parameters: ['clusterName', 'namespaces', 'type', 'rateInterval', 'queryTime'],
      handle: ({ query, viewer }) => {
        query.duration('rateInterval', 0)
        query.time('queryTime')
        const type = query.oneOf('type', ['app', 'service', 'workload'])
        const cluster = knownCluster(mesh, viewer.scope, query)
        const wanted = { cluster, namespaces: query.list('namespaces'), ...(type === '' ? {} : { type }) }
        const health = clustersHealth(mesh, viewer.scope, wanted)
        // Always read from the last snapshot, never computed for this request.
        return json(health, { 'x-kiali-health-cached': 'true' })
      },
    },
  ]
}
