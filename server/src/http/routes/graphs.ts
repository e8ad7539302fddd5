/** The traffic graph: of namespaces, and of one node and its neighbours. */
import type { GraphCache } from '../../graph/graphCache.ts'
import { keptOptions } from '../../graph/keptOptions.ts'
import { type NodeTarget, parseGraphOptions } from '../../graph/options.ts'
import type { Mesh } from '../../model.ts'
import { type Reply, type Request, type Route, sharedJson, variable } from '../route.ts'

export function graphRoutes(mesh: Mesh, graphs: GraphCache): readonly Route[] {
  const node = (path: string, target: (request: Request) => NodeTarget): Route => ({
    method: 'GET',
    path: `/api/namespaces/:namespace/${path}/graph`,
    handle: (request) => graph(mesh, graphs, request, target(request)),
  })
  const aggregate = (request: Request): NodeTarget => ({
    kind: 'aggregate',
    namespace: variable(request, 'namespace'),
    label: variable(request, 'aggregate'),
    value: variable(request, 'value'),
    service: variable(request, 'service'),
  })
  const app = (request: Request): NodeTarget => ({
    kind: 'app',
    namespace: variable(request, 'namespace'),
    app: variable(request, 'app'),
    version: variable(request, 'version'),
  })
  return [
    { method: 'GET', path: '/api/namespaces/graph', handle: (request) => graph(mesh, graphs, request, undefined) },
    node('applications/:app', app),
    node('applications/:app/versions/:version', app),
    node('services/:service', (request) => ({
      kind: 'service',
      namespace: variable(request, 'namespace'),
      service: variable(request, 'service'),
    })),
    node('workloads/:workload', (request) => ({
      kind: 'workload',
      namespace: variable(request, 'namespace'),
      workload: variable(request, 'workload'),
    })),
    node('aggregates/:aggregate/:value', aggregate),
    node('aggregates/:aggregate/:value/:service', aggregate),
  ]
}

async function graph(
  mesh: Mesh,
  graphs: GraphCache,
  { incoming, query, viewer: { scope } }: Request,
  target: NodeTarget | undefined,
): Promise<Reply> {
  const options = keptOptions(mesh, scope, `${incoming.path}?${incoming.search}`, () =>
    parseGraphOptions(mesh, scope, target, Object.fromEntries(query.raw)),
  )
  return sharedJson(await graphs.graph(scope, options))
}
