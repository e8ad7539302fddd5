/** The page's one question to the server: the traffic graph of what is looked at. */
import type { Graph, GraphType } from '@binocle/api/graph'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { get, isRecord } from '../../data/http.ts'
import { topics, type View } from '../../data/queries.ts'

export interface GraphQuestion extends View {
  readonly graphType: GraphType
  /** Services known to a cluster that got no request. */
  readonly idleNodes: boolean
  readonly idleEdges: boolean
}

const appenders = ['deadNode', 'istio', 'serviceEntry', 'meshCheck', 'workloadEntry', 'health'] as const

export const graphQuery = (question: GraphQuestion) =>
  queryOptions({
    queryKey: [topics.mesh, 'graph', question],
    queryFn: ({ signal }) =>
      get(
        'api/multicluster/graph',
        {
          namespaces: question.namespaces,
          clusters: question.clusters,
          duration: `${question.durationS}s`,
          graphType: question.graphType,
          boxBy: ['cluster', 'namespace', 'app'],
          appenders: question.idleNodes ? [...appenders, 'idleNode'] : appenders,
          injectServiceNodes: question.graphType !== 'service',
          includeIdleEdges: question.idleEdges,
        },
        isGraph,
        signal,
      ),
    placeholderData: keepPreviousData,
  })

export const isGraph = (answer: unknown): answer is Graph =>
  isRecord(answer) &&
  typeof answer.timestamp === 'number' &&
  isRecord(answer.elements) &&
  everyOf(answer.elements.nodes, 'id', 'nodeType') &&
  everyOf(answer.elements.edges, 'source', 'target')

const everyOf = (list: unknown, ...texts: string[]): boolean =>
  Array.isArray(list) &&
  list.every((one) => isRecord(one) && isRecord(one.data) && texts.every((text) => has(one.data, text)))

const has = (data: unknown, text: string): boolean => isRecord(data) && typeof data[text] === 'string'
