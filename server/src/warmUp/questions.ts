/** What a warm-up asks: what a first viewer opens. Little at a time, so that no turn has much to compile. */
import { playedApps, playedClusters, playedNamespace, playedVersions } from './playedObjects.ts'

export interface Question {
  /** The route's path, with its variables. */
  readonly route: string
  readonly variables: Readonly<Record<string, string>>
  readonly search: string
}

const ask = (route: string, search = '', variables: Question['variables'] = {}): Question => ({
  route,
  variables,
  search,
})

const [clusterName] = playedClusters
const [app] = playedApps
const [version] = playedVersions
const inOneCluster = `clusterName=${clusterName}`

const lists: readonly Question[] = [
  ask('/api/namespaces'),
  ask('/api/multicluster/clusters'),
  ...['health', 'services', 'workloads', 'apps'].map((list) => ask(`/api/clusters/${list}`, inOneCluster)),
  ...['services', 'workloads', 'apps', 'namespaces', 'overview'].map((list) => ask(`/api/multicluster/${list}`)),
  ask('/api/istio/config', 'validate=true'),
]

const details: readonly Question[] = (
  [
    ['services/:service', { service: app }],
    ['workloads/:workload', { workload: `${app}-${version}` }],
    ['apps/:app', { app }],
  ] as const
).flatMap(([path, named]) =>
  ['', `${inOneCluster}&validate=true`].map((search) =>
    ask(`/api/namespaces/:namespace/${path}`, search, { namespace: playedNamespace, ...named }),
  ),
)

const ofPages = 'deadNode,istio,serviceEntry,meshCheck,workloadEntry,health'
const others = 'idleNode,aggregateNode,ambient,labeler,responseTime,securityPolicy,throughput'

/** Each has a window of its own: what was built already would be given again. */
const graphs: readonly Question[] = [
  'appenders=&duration=1m',
  `appenders=${ofPages}&duration=2m`,
  `appenders=${ofPages},${others}&duration=3m`,
  `appenders=${ofPages},${others}&duration=4m&includeIdleEdges=true`,
].map((search) =>
  ask(
    '/api/namespaces/graph',
    `namespaces=${playedNamespace}&graphType=versionedApp&boxBy=cluster,namespace,app&injectServiceNodes=true&${search}`,
  ),
)

export const questions: readonly Question[] = [...lists, ...details, ...graphs]
