/**
 * The intended differences in what people of different rights are told, each as narrow as it can be. Each stands under its
 * name in `docs/kiali-compatibility.md`.
 */
import type { Difference } from '../compare.ts'
import { at, isObject } from '../json.ts'
import { listedAs as listedForAll, type RecordedMesh } from '../listed.ts'
import { parametersOf } from '../routeNames.ts'
import type { RbacRequest, RecordedStrategy } from './recorded.ts'
import type { Sight } from './sight.ts'

/** What decides whether a difference is intended. */
export interface Asked {
  readonly request: RbacRequest
  /** Of the one who asks, by the rights in the recorded clusters. */
  readonly sight: Sight
  readonly mesh: RecordedMesh
  /** All of this answer. */
  readonly differences: readonly Difference[]
}

export interface RbacListed {
  /** The heading in the document. */
  readonly name: string
  /** Only for these; absent: all. */
  readonly strategies?: readonly RecordedStrategy[]
  /** Only for those who are logged in, or only for those who are not. */
  readonly loggedIn?: boolean
  readonly methods: readonly string[]
  /** Matches the path of the request, without its parameters. */
  readonly path: RegExp
  /** Matches the path of the difference. */
  readonly at: RegExp
  /** Only when the recorded value is one of these. */
  readonly recorded?: readonly unknown[]
  /** Only when ours is one of these. */
  readonly ours?: readonly unknown[]
  readonly when?: (difference: Difference, asked: Asked) => boolean
}

const anywhere = /^\/api\//
const graphs = /^\/api\/namespaces\/graph$/

/** The cluster that is asked for may not be seen by the one who asks. */
const asksElsewhere = (_difference: Difference, { mesh, request, sight }: Asked): boolean =>
  !sight.clusters.has(parametersOf(request.path).get('clusterName') ?? mesh.homeCluster)

const namesNoCluster = ({ path }: RbacRequest): boolean => !parametersOf(path).has('clusterName')

/** They see something, but nothing of home. */
const seesOnlyElsewhere = (_difference: Difference, { mesh, sight }: Asked): boolean =>
  sight.clusters.size > 0 && !sight.clusters.has(mesh.homeCluster)

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

export const rbacListed: readonly RbacListed[] = [
  {
    name: 'Refusals of logins are JSON',
    methods: ['GET'],
    path: anywhere,
    at: /^\(type\)$/,
    recorded: ['text/plain'],
    ours: ['application/json'],
    when: (_difference, { differences }) => differences.some(({ recorded }) => recorded === 'Unauthorized\n'),
  },
  {
    name: 'Refusals of logins are JSON',
    methods: ['GET'],
    path: anywhere,
    at: /^$/,
    recorded: ['Unauthorized\n'],
    when: ({ ours }) => at(ours, 'code') === 'BIN-AUTH-LOGIN',
  },
  {
    name: 'Refusals of logins are JSON',
    strategies: ['header'],
    loggedIn: false,
    methods: ['GET'],
    path: anywhere,
    at: /^$/,
    recorded: ['Unauthorized\n'],
    when: ({ ours }) => at(ours, 'code') === 'BIN-AUTH-TOKEN',
  },
  {
    name: 'What is no login is not an error of the server',
    loggedIn: false,
    methods: ['GET'],
    path: /^\/api\/namespaces$/,
    at: /^\(status\)$/,
    recorded: [500],
    ours: [401],
  },
  {
    name: 'What is no login is not an error of the server',
    strategies: ['openid', 'token'],
    loggedIn: false,
    methods: ['GET', 'POST'],
    path: /^\/api\/authenticate$/,
    at: /^\(status\)$/,
    recorded: [500],
    ours: [400],
  },
  {
    name: 'Whoever is not logged in is told that the console runs',
    loggedIn: false,
    methods: ['GET'],
    path: /^\/api$/,
    at: /^\.(status\.(Disabled features|Kiali (commit hash|container version|version))|externalServices|warningMessages|istioEnvironment)$/,
    ours: [undefined],
  },
  {
    name: 'People are called what the API server calls them',
    strategies: ['token'],
    loggedIn: true,
    methods: ['GET', 'POST'],
    path: /^\/api\/(authenticate|auth\/info)$/,
    at: /^(\.sessionInfo)?\.username$/,
    recorded: ['token'],
    when: ({ ours }, { request }) => ours === request.user,
  },
  {
    name: 'A token that sees nothing is refused like one that is not valid',
    strategies: ['token'],
    loggedIn: true,
    methods: ['POST'],
    path: /^\/api\/authenticate$/,
    at: /^\.error$/,
    recorded: ['not enough privileges to login'],
    ours: ['token is not valid or is expired'],
    when: (_difference, { sight }) => sight.clusters.size === 0,
  },
  {
    name: 'Each cluster of a session tells its end',
    loggedIn: true,
    methods: ['GET'],
    path: /^\/api\/auth\/info$/,
    at: /^\.sessionInfo\.clusterInfo\.[^.]+\.expiresOn$/,
    recorded: [undefined],
    ours: ['<RFC 1123 zone>'],
  },
  {
    name: 'Cookies tell their age',
    methods: ['GET', 'POST'],
    path: /^\/api\/(authenticate|logout|auth\/openid_redirect)$/,
    at: /^\(cookie\) kiali-token-[a-z]+ Max-Age$/,
    recorded: [undefined],
    when: ({ ours }) => /^\d+$/.test(String(ours)),
  },
  {
    name: 'A login under way stands in one sealed cookie',
    strategies: ['openid'],
    methods: ['GET'],
    path: /^\/api\/auth\/openid_redirect$/,
    at: /^\(cookie\) kiali-token-(nonce|pkce-verifier)-[a-z]+( |$)/,
    ours: [undefined],
  },
  {
    name: 'A login under way stands in one sealed cookie',
    strategies: ['openid'],
    methods: ['GET'],
    path: /^\/api\/auth\/openid_redirect$/,
    at: /^\(cookie\) kiali-token-flow-[0-9a-f]+( (Path|Expires|Max-Age|HttpOnly|SameSite))?$/,
    recorded: [undefined],
  },
  {
    name: 'An answer of the provider that belongs to no login leads back to the page',
    strategies: ['openid'],
    loggedIn: false,
    methods: ['GET'],
    path: /^\/$/,
    at: /^\(status\)$/,
    recorded: [200],
    ours: [302],
  },
  {
    name: 'A namespace of any cluster is enough to log in',
    strategies: ['openid'],
    loggedIn: true,
    methods: ['GET'],
    path: anywhere,
    at: /^\(status\)$/,
    recorded: [401],
    ours: [200],
    when: seesOnlyElsewhere,
  },
  {
    name: 'A namespace of any cluster is enough to log in',
    strategies: ['openid'],
    loggedIn: true,
    methods: ['GET'],
    path: /^\/api\/auth\/info$/,
    at: /^\.sessionInfo\.(username|expiresOn|clusterInfo)$/,
    recorded: [undefined],
    when: seesOnlyElsewhere,
  },
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
    name: 'Metrics and changes are not served yet',
    loggedIn: true,
    methods: ['GET'],
    path: /^\/api\/(overview\/metrics\/(apps\/rates|services\/latency)|namespaces\/[^/]+\/services\/[^/]+\/metrics)$/,
    at: /^\(status\)$/,
    ours: [404],
  },
  {
    name: 'Metrics and changes are not served yet',
    loggedIn: true,
    methods: ['DELETE', 'PATCH'],
    path: /^\/api\/namespaces\/[^/]+(\/istio\/[^/]+\/[^/]+\/[^/]+\/[^/]+)?$/,
    at: /^\(status\)$/,
    recorded: [500],
    ours: [404],
  },
]

/** Neither of the nodes' own names, nor of an end of an edge. */
function hasNoName(element: unknown): boolean {
  const told = at(element, 'data')
  return isObject(told) && !['workload', 'app', 'service', 'destServices', 'labels'].some((key) => key in told)
}

/** The name of the entry that covers the difference, among those of all answers, too; undefined = none. */
export function listedAs(difference: Difference, asked: Asked): string | undefined {
  const { request } = asked
  const path = request.path.split('?')[0] ?? ''
  const entry = rbacListed.find(
    (each) =>
      each.methods.includes(request.method) &&
      each.path.test(path) &&
      each.at.test(difference.path) &&
      (each.strategies === undefined || each.strategies.includes(request.strategy)) &&
      (each.loggedIn === undefined || each.loggedIn === (request.user !== undefined)) &&
      (each.recorded === undefined || each.recorded.includes(difference.recorded)) &&
      (each.ours === undefined || each.ours.includes(difference.ours)) &&
      (each.when === undefined || each.when(difference, asked)),
  )
  return entry?.name ?? listedForAll(request, difference, asked.mesh)
}
