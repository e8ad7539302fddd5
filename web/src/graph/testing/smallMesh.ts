/** A graph document written as lines, for tests: `east/shop/web@v1 -> west/shop/cart 12 5xx=1`. */
import type { Graph, GraphEdge, GraphNode } from '@binocle/api/graph'
import type { HealthStatus } from '@binocle/api/health'

/**
 * Each line is a call. An end is `cluster/namespace/app@version`, or `cluster/namespace/name` for a service, or
 * `unknown`. Then the HTTP rate and, optionally, `5xx=rate` and a health for the edge.
 */
export function documentOf(lines: readonly string[], health: Readonly<Record<string, HealthStatus>> = {}): Graph {
  const nodes = new Map<string, GraphNode>()
  const edges: GraphEdge[] = []
  for (const line of lines) {
    const [source = '', , target = '', rate = '0', ...rest] = line.split(' ')
    for (const end of [source, target]) if (!nodes.has(end)) nodes.set(end, nodeOf(end, health[end]))
    const failing = rest.find((word) => word.startsWith('5xx='))?.slice(4)
    const status = rest.find((word) => word === 'Failure' || word === 'Degraded')
    edges.push({
      id: `e${edges.length}`,
      source,
      target,
      healthStatus: status === 'Failure' || status === 'Degraded' ? status : 'Healthy',
      traffic: { protocol: 'http', rates: { http: rate, ...(failing ? { http5xx: failing } : {}) } },
    })
  }
  return {
    timestamp: 1_700_000_000,
    duration: 600,
    graphType: 'versionedApp',
    elements: { nodes: [...nodes.values()].map((data) => ({ data })), edges: edges.map((data) => ({ data })) },
  }
}

function nodeOf(end: string, status: HealthStatus = 'Healthy'): GraphNode {
  const healthData = { requests: { healthAnnotations: null, inbound: null, outbound: null }, status: { status } }
  const [cluster = 'unknown', namespace = 'unknown', name = 'unknown'] = end.split('/')
  if (end === 'unknown')
    return { id: end, nodeType: 'unknown', cluster: 'unknown', namespace: 'unknown', app: 'unknown', healthData: null }
  const [app = name, version] = name.split('@')
  return version === undefined
    ? { id: end, nodeType: 'service', cluster, namespace, service: name, healthData }
    : {
        id: end,
        nodeType: 'app',
        cluster,
        namespace,
        app,
        version,
        workload: `${app}-${version}`,
        healthData: { ...healthData, workloadStatuses: [] },
      }
}
