/** What Binocle adds: clusters and their state, logical objects, the whole graph, the event stream. */
import type { Graph } from '@binocle/api/graph'
import type { ClustersAnswer } from '@binocle/api/multicluster'
import type { Scope } from '../../access/scope.ts'
import { clusterStatus, clusterStatuses } from '../../catalog/clusterStatuses.ts'
import { type LogicalQuery, logicalList } from '../../catalog/logical.ts'
import { logicalNamespaces } from '../../catalog/logicalNamespaces.ts'
import { overview } from '../../catalog/overview.ts'
import { findNamespace, toldTrouble, visibleClusters, visibleNamespaces } from '../../catalog/visible.ts'
import { BinocleError } from '../../errors.ts'
import type { GraphCache } from '../../graph/graphCache.ts'
import { parseGraphOptions } from '../../graph/options.ts'
import type { Mesh } from '../../model.ts'
import { checkCluster, checkWholeCluster } from '../clusterName.ts'
import { type Later, openEvents } from '../events.ts'
import type { Parameters } from '../parameters.ts'
import { empty, json, type Reply, type Request, type Route, sharedJson, variable } from '../route.ts'

export interface EventStreams {
  readonly later: Later
  /** Counts an open stream; returns how to say that it ended. */
  readonly opened: () => () => void
}

const filters = ['clusters', 'duration', 'namespaces', 'queryTime']

export function multiclusterRoutes(mesh: Mesh, graphs: GraphCache, streams: EventStreams): readonly Route[] {
  const read = ({ query, viewer }: Request): LogicalQuery => logicalQuery(mesh, viewer.scope, query)
  const list = (path: string, kind: 'app' | 'service' | 'workload'): Route => ({
    method: 'GET',
    path: `/api/multicluster/${path}`,
    parameters: filters,
    handle: async (request) => json(await logicalList(mesh, request.viewer.scope, kind, read(request))),
  })
  return [
    {
      method: 'GET',
      path: '/api/multicluster/clusters',
      parameters: [],
      handle: ({ viewer }) => json(clustersAnswer(mesh, viewer.scope)),
    },
    {
      method: 'POST',
      path: '/api/multicluster/clusters/:cluster/retry',
      parameters: [],
      handle: (request) => {
        const cluster = variable(request, 'cluster')
        checkWholeCluster(mesh, request.viewer.scope, cluster)
        mesh.clusters.retry(cluster)
        return empty(202)
      },
    },
    list('services', 'service'),
    list('workloads', 'workload'),
    list('apps', 'app'),
    {
      method: 'GET',
      path: '/api/multicluster/namespaces',
      parameters: filters,
      handle: async (request) => json(await logicalNamespaces(mesh, request.viewer.scope, read(request))),
    },
    {
      method: 'GET',
      path: '/api/multicluster/overview',
      parameters: filters,
      handle: async (request) => json(await overview(mesh, request.viewer.scope, read(request))),
    },
    { method: 'GET', path: '/api/multicluster/graph', handle: (request) => wholeGraph(mesh, graphs, request) },
    {
      method: 'GET',
      path: '/api/multicluster/events',
      parameters: [],
      handle: ({ again, viewer }) => ({
        kind: 'stream',
        open: (sink) => {
          const ended = streams.opened()
          const { later } = streams
          const stop = openEvents(mesh, viewer, sink, {
            later,
            again,
            statusOf: (scope, name) => {
              const cluster = mesh.clusters.get(name)
              return cluster && clusterStatus(mesh, scope, cluster)
            },
          })
          return () => {
            stop()
            ended()
          }
        },
      }),
    },
  ]
}

function clustersAnswer(mesh: Mesh, scope: Scope): ClustersAnswer {
  return { clusters: clusterStatuses(mesh, scope), prometheus: mesh.traffic.health?.() ?? { state: 'reachable' } }
}

/** A window of its own only where another one than that of health is asked for. */
function logicalQuery(mesh: Mesh, scope: Scope, query: Parameters): LogicalQuery {
  const clusters = chosenClusters(mesh, scope, query)
  const namespaces = query.list('namespaces')
  checkNamespaces(mesh, scope, namespaces)
  const durationS = Math.max(1, Math.round(query.duration('duration', mesh.config.health.durationS)))
  const queryTime = query.time('queryTime')
  const isOwn = queryTime !== undefined || durationS !== mesh.config.health.durationS
  return {
    clusters,
    namespaces,
    ...(isOwn ? { window: { end: queryTime ?? mesh.traffic.now(), durationS } } : {}),
  }
}

function chosenClusters(mesh: Mesh, scope: Scope, query: Parameters): readonly string[] {
  const clusters = query.list('clusters')
  for (const cluster of clusters) checkCluster(mesh, scope, cluster)
  return clusters
}

/** A namespace is unknown only when every cluster could say so. */
function checkNamespaces(mesh: Mesh, scope: Scope, namespaces: readonly string[]): void {
  const clusters = visibleClusters(mesh, scope)
  if (clusters.some((cluster) => toldTrouble(mesh, scope, cluster) !== undefined)) return
  for (const namespace of namespaces) {
    if (clusters.some((cluster) => findNamespace(mesh, scope, { cluster, namespace }))) continue
    throw new BinocleError('BIN-QUERY-NAMESPACE', `No cluster has a namespace [${namespace.slice(0, 80)}].`, {
      status: 400,
      remedy: 'Use a name of GET /api/namespaces, or leave the parameter out for all.',
    })
  }
}

/** The graph of namespaces, where no `namespaces` means all, and `clusters` narrows it. */
async function wholeGraph(mesh: Mesh, graphs: GraphCache, { query, viewer }: Request): Promise<Reply> {
  const { scope } = viewer
  const clusters = chosenClusters(mesh, scope, query)
  const asked = query.list('namespaces')
  const namespaces = asked.length > 0 ? asked : namespacesOf(mesh, scope, clusters)
  if (namespaces.length === 0) return json(emptyGraph(mesh))
  const parameters = { ...Object.fromEntries(query.raw), namespaces: namespaces.join(',') }
  const options = parseGraphOptions(mesh, scope, undefined, parameters)
  return sharedJson(await graphs.graph(scope, { ...options, clusters: [...new Set(clusters)].sort() }))
}

function namespacesOf(mesh: Mesh, scope: Scope, clusters: readonly string[]): readonly string[] {
  const names = new Set<string>()
  for (const cluster of clusters.length > 0 ? clusters : visibleClusters(mesh, scope))
    for (const { name } of visibleNamespaces(mesh, scope, cluster)) names.add(name)
  return [...names].sort()
}

const emptyGraph = (mesh: Mesh): Graph => ({
  timestamp: mesh.traffic.now(),
  duration: 600,
  graphType: 'workload',
  elements: { nodes: [], edges: [] },
})
