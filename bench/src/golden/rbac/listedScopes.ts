/** Intended differences because somebody sees a part of the mesh: what is left out, and what is counted without it. */

import type { Difference } from '../compare.ts'
import { at, isObject } from '../json.ts'
import { parametersOf } from '../routeNames.ts'
import type { Asked, RbacListed } from './listing.ts'
import type { RbacRequest } from './recorded.ts'

const graphs = /^\/api\/namespaces\/graph$/

/** The cluster that is asked for may not be seen by the one who asks. */
const asksElsewhere = (_difference: Difference, { mesh, request, sight }: Asked): boolean =>
  !sight.clusters.has(parametersOf(request.path).get('clusterName') ?? mesh.homeCluster)

const namesNoCluster = ({ path }: RbacRequest): boolean => !parametersOf(path).has('clusterName')

const isHidden = (cluster: unknown, { mesh, sight }: Asked): boolean =>
  typeof cluster === 'string' && mesh.namespaces.has(cluster) && !sight.clusters.has(cluster)

/** The name of a node begins with its type, its box and its cluster; `>` stands between the ends of an edge. */
const clustersIn = (place: string): readonly string[] =>
  (/^\.elements\.(?:nodes|edges)\[(.*?)\](\.data|$)/.exec(place)?.[1] ?? '')
    .split(' > ')
    .map((end) => end.split('|')[2] ?? '')

const ofHiddenNode = ({ place }: Difference, asked: Asked): boolean =>
  clustersIn(place).some((cluster) => isHidden(cluster, asked))

const seesNotAll = ({ mesh, sight }: Asked): boolean => sight.clusters.size < mesh.namespaces.size

/** What is counted at a node or an edge. */
const counts =
  /^\.elements\.(nodes|edges)\[\]\.data\.(traffic(\[\])?\.rates\.(?!\w*Percent)\w+|healthData\.(requests\..*|status\.totalRequestRate))$/

const isFewer = ({ recorded, ours }: Difference): boolean => ours === undefined || Number(ours) < Number(recorded)

/** The node or the edge counts fewer calls; of an edge, its source does: shares are of all that leaves. */
function hasFewerCalls(place: string, differences: readonly Difference[]): boolean {
  const [, kind, label = ''] = elementAt.exec(place) ?? []
  const holders = [`.elements.${kind}[${label}].`]
  if (kind === 'edges') holders.push(`.elements.nodes[${label.split(' > ')[0]}].`)
  return differences.some(
    (each) => counts.test(each.path) && isFewer(each) && holders.some((holder) => each.place.startsWith(holder)),
  )
}

const elementAt = /^\.elements\.(nodes|edges)\[(.*?)\]\.data/

/** Stands for everything that may not be seen, or for what the proxies do not know themselves. */
const ofUnknownNode = ({ place }: Difference): boolean => clustersIn(place).includes('unknown')

export const listedScopes: readonly RbacListed[] = [
  {
    name: 'Who may not see the home cluster has to name a cluster',
    loggedIn: true,
    methods: ['GET'],
    path: /^\/api\/(clusters\/(services|tls)|mesh\/tls)$/,
    at: /^\(status\)$/,
    recorded: [200, 401],
    ours: [400],
    when: (difference, asked) => namesNoCluster(asked.request) && asksElsewhere(difference, asked),
  },
  {
    name: 'A cluster that may not be seen is like one that does not exist',
    loggedIn: true,
    methods: ['GET'],
    path: /^\/api\/(clusters\/(services|workloads|apps|health|tls)|istio\/(config|permissions|validations))$/,
    at: /^\(status\)$/,
    recorded: [200],
    ours: [400],
    when: (difference, asked) => !namesNoCluster(asked.request) && asksElsewhere(difference, asked),
  },
  {
    name: 'A cluster that may not be seen is like one that does not exist',
    loggedIn: true,
    methods: ['GET'],
    path: /^\/api\/(istio\/config|namespaces\/[^/]+\/(info|(services|workloads|apps)\/[^/]+|istio\/.+))$/,
    at: /^\(status\)$/,
    recorded: [500],
    ours: [400],
    when: (difference, asked) => !namesNoCluster(asked.request) && asksElsewhere(difference, asked),
  },
  {
    name: 'Clusters that may not be seen are not named',
    loggedIn: true,
    methods: ['GET'],
    path: /^\/api\/status$/,
    at: /^\.externalServices\[.*\]$/,
    ours: [undefined],
    when: ({ recorded }, asked) => isHidden(String(at(recorded, 'name')).replace(/^Kubernetes-/, ''), asked),
  },
  {
    name: 'Clusters that may not be seen are not named',
    loggedIn: true,
    methods: ['GET'],
    path: /^\/api\/config$/,
    at: /^\.clusters\.[^.]+$/,
    ours: [undefined],
    when: ({ recorded }, asked) => isHidden(at(recorded, 'name'), asked),
  },
  {
    name: 'Clusters that may not be seen are not named',
    loggedIn: true,
    methods: ['GET'],
    path: /^\/api\/istio\/status$/,
    at: /^\[\]$/,
    ours: [undefined],
    when: ({ recorded }, asked) => isHidden(at(recorded, 'cluster'), asked),
  },
  {
    name: 'Clusters that may not be seen are not named',
    loggedIn: true,
    methods: ['GET'],
    path: /^\/api\/mesh\/controlplanes$/,
    at: /^\[\]$/,
    ours: [undefined],
    when: ({ recorded }, asked) => isHidden(at(recorded, 'cluster', 'name'), asked),
  },
  {
    name: 'Clusters that may not be seen are not named',
    loggedIn: true,
    methods: ['GET'],
    path: /^\/api\/mesh\/(controlplanes|graph)$/,
    at: /(^\[\]|\.infraData)\.managedClusters\[\]$/,
    ours: [undefined],
    when: ({ recorded }, asked) => isHidden(at(recorded, 'name'), asked),
  },
  {
    name: 'Clusters that may not be seen are not named',
    loggedIn: true,
    methods: ['GET'],
    path: /^\/api\/mesh\/(controlplanes|graph)$/,
    at: /(^\[\]|\.infraData)\.managedNamespaces\[\]$/,
    ours: [undefined],
    when: ({ recorded }, asked) => isHidden(at(recorded, 'cluster'), asked),
  },
  {
    name: 'Clusters that may not be seen are not named',
    loggedIn: true,
    methods: ['GET'],
    path: /^\/api\/mesh\/graph$/,
    at: /^\.elements\.(nodes|edges)\[\]$/,
    ours: [undefined],
    when: ofHiddenNode,
  },
  {
    name: 'What is true of the mesh is what is true of the clusters that may be seen',
    loggedIn: true,
    methods: ['GET'],
    path: /^\/api\/config$/,
    at: /^\.(ambientEnabled|gatewayAPIClasses\[\])$/,
    ours: [undefined],
    when: (_difference, { mesh, sight }) => sight.clusters.size < mesh.namespaces.size,
  },
  {
    name: 'What is true of the mesh is what is true of the clusters that may be seen',
    loggedIn: true,
    methods: ['GET'],
    path: /^\/api\/(config|mesh\/graph)$/,
    at: /^\.(gatewayAPIClasses|gatewayAPIEnabled|istioAPIInstalled|istioGatewayInstalled|meshNames)$/,
    when: ({ ours }, { sight }) => sight.clusters.size === 0 && (ours === undefined || ours === null),
  },
  {
    name: 'The graph does not fail where some clusters may not be seen',
    strategies: ['header', 'token'],
    loggedIn: true,
    methods: ['GET'],
    path: graphs,
    at: /^\(status\)$/,
    recorded: [500],
    ours: [200],
  },
  {
    name: 'What may not be seen is one node without a name',
    loggedIn: true,
    methods: ['GET'],
    path: graphs,
    at: /^\.elements\.(nodes|edges)\[\]$/,
    ours: [undefined],
    when: ofHiddenNode,
  },
  {
    name: 'What may not be seen is one node without a name',
    loggedIn: true,
    methods: ['GET'],
    path: graphs,
    at: /^\.elements\.(nodes|edges)\[\]$/,
    recorded: [undefined],
    when: (difference) => ofUnknownNode(difference) && hasNoName(difference.ours),
  },
  {
    name: 'A graph counts the calls of what may be seen of its namespaces',
    loggedIn: true,
    methods: ['GET'],
    path: graphs,
    at: counts,
    when: (difference, asked) => seesNotAll(asked) && isFewer(difference),
  },
  {
    name: 'A graph counts the calls of what may be seen of its namespaces',
    loggedIn: true,
    methods: ['GET'],
    path: graphs,
    at: /^\.elements\.(nodes|edges)\[\]\.data\.(healthData\.status\.(errorRatio|status)|traffic\.(rates\.\w+Percent(Req|Err)|responses\..*)|healthStatus|(dest|source)Principal)$/,
    when: (difference, asked) => seesNotAll(asked) && hasFewerCalls(difference.place, asked.differences),
  },
  {
    name: 'A change that the cluster forbids is no error of the server',
    loggedIn: true,
    methods: ['DELETE', 'PATCH'],
    path: /^\/api\/namespaces\/[^/]+(\/istio\/[^/]+\/[^/]+\/[^/]+\/[^/]+)?$/,
    at: /^\(status\)$/,
    recorded: [500],
    ours: [403],
  },
  {
    name: 'A cluster that may not be seen is like one that does not exist',
    loggedIn: true,
    methods: ['DELETE', 'PATCH'],
    path: /^\/api\/namespaces\/[^/]+(\/istio\/[^/]+\/[^/]+\/[^/]+\/[^/]+)?$/,
    at: /^\(status\)$/,
    recorded: [500],
    ours: [400],
    when: (_difference, { sight }) => !sight.clusters.has('east'),
  },
  {
    name: 'A cluster that may not be seen is like one that does not exist',
    loggedIn: true,
    methods: ['GET'],
    path: /^\/api\/namespaces\/[^/]+\/services\/[^/]+\/metrics$/,
    at: /^\.error$/,
    when: ({ ours }, { sight }) => !sight.clusters.has('west') && String(ours).includes('cluster [west] is not found'),
  },
]

/** Neither of the nodes' own names, nor of an end of an edge. */
function hasNoName(element: unknown): boolean {
  const told = at(element, 'data')
  return isObject(told) && !['workload', 'app', 'service', 'destServices', 'labels'].some((key) => key in told)
}
