/** Namespaces, and the mutual TLS of namespaces and clusters. */
import { clusterMtls, meshMtls, namespaceMtls } from '../../catalog/mtls.ts'
import { listNamespaces, namespaceOf } from '../../catalog/namespaces.ts'
import type { Mesh } from '../../model.ts'
import { knownCluster } from '../clusterName.ts'
import { json, type Request, type Route, variable } from '../route.ts'
import { withUnreachable } from '../unreachable.ts'

export function namespaceRoutes(mesh: Mesh): readonly Route[] {
  const at = (request: Request) => ({
    cluster: knownCluster(mesh, request.viewer.scope, request.query),
    namespace: variable(request, 'namespace'),
  })
  return [
    {
      method: 'GET',
      path: '/api/namespaces',
      handle: ({ viewer }) => withUnreachable(mesh, viewer.scope, listNamespaces(mesh, viewer.scope)),
    },
    {
      method: 'GET',
      path: '/api/namespaces/:namespace/info',
      parameters: ['clusterName'],
      handle: (request) => json(namespaceOf(mesh, request.viewer.scope, at(request))),
    },
    {
      method: 'GET',
      path: '/api/namespaces/:namespace/tls',
      parameters: ['clusterName', 'namespaces'],
      handle: (request) => json(namespaceMtls(mesh, request.viewer.scope, at(request))),
    },
    {
      method: 'GET',
      path: '/api/mesh/tls',
      parameters: ['clusterName', 'namespaces', 'revision'],
      handle: ({ query, viewer }) =>
        json(meshMtls(mesh, viewer.scope, knownCluster(mesh, viewer.scope, query), query.text('revision'))),
    },
    {
      method: 'GET',
      path: '/api/clusters/tls',
      parameters: ['clusterName', 'namespaces'],
      handle: ({ query, viewer }) => {
        const cluster = knownCluster(mesh, viewer.scope, query)
        return json(clusterMtls(mesh, viewer.scope, { cluster, namespaces: query.list('namespaces') }))
      },
    },
  ]
}
