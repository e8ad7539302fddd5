/**
 * The intended differences from Kiali, each as narrow as it can be: which requests, which places of the answer, and why.
 * Each stands under its name in `docs/kiali-compatibility.md`. A difference that no entry covers is a defect.
 */
import type { Difference } from './compare.ts'
import { at } from './json.ts'
import { parametersOf, segmentsOf } from './routeNames.ts'
import type { Judged } from './verdict.ts'

/** What the recorded mesh holds: whether a name is a mistake of the caller depends on it. */
export interface RecordedMesh {
  /** By cluster, the names of its namespaces. */
  readonly namespaces: ReadonlyMap<string, ReadonlySet<string>>
  readonly homeCluster: string
  /** `<cluster>/<namespace>/<pod>` of the proxies whose own words are recorded. */
  readonly proxies?: ReadonlySet<string>
}

export interface Listed {
  /** The heading in the document. */
  readonly name: string
  readonly method: string
  readonly request: (path: string, mesh: RecordedMesh) => boolean
  /** Matches the path of the difference, e.g. `.status.Kiali version`; `(status)` when the status differs. */
  readonly at: RegExp
  /** Only when the recorded value is this one. */
  readonly recorded?: unknown
  /** Only when ours is one of these. */
  readonly ours?: readonly unknown[]
  /** Only for a difference like this. */
  readonly when?: (difference: Difference) => boolean
}

const path =
  (pattern: RegExp) =>
  (request: string): boolean =>
    pattern.test(request)

/** `clusterName` names a cluster that the mesh does not have. */
const unknownCluster = (request: string, { namespaces }: RecordedMesh): boolean => {
  const cluster = parametersOf(request).get('clusterName') ?? ''
  return cluster !== '' && !namespaces.has(cluster)
}

/** The namespace of the path does not exist in the cluster asked for. */
const unknownNamespace = (request: string, { homeCluster, namespaces }: RecordedMesh): boolean => {
  const cluster = parametersOf(request).get('clusterName') || homeCluster
  const [, api, kind, namespace] = segmentsOf(request)
  return api === 'api' && kind === 'namespaces' && namespaces.get(cluster)?.has(namespace ?? '') === false
}

const both =
  (first: Listed['request'], second: Listed['request']): Listed['request'] =>
  (request, mesh) =>
    first(request, mesh) && second(request, mesh)

const graph = /^\/api\/namespaces\/(.*\/)?graph\?/

/** A graph of several namespaces: Kiali builds one for each and merges them. */
const mergedGraph = (request: string): boolean =>
  /^\/api\/namespaces\/graph\?/.test(request) && (parametersOf(request).get('namespaces') ?? '').includes(',')

const serviceGraph = (request: string): boolean =>
  graph.test(request) && parametersOf(request).get('graphType') === 'service'

const detail = /^\/api\/namespaces\/[^/]+\/(services|workloads|apps)\/[^/?]+(\?|$)/

const configDump = /^\/api\/namespaces\/[^/]+\/pods\/[^/]+\/config_dump(\/|\?|$)/

const proxyOf = (request: string, { homeCluster }: RecordedMesh): string => {
  const [, , , namespace, , pod] = segmentsOf(request)
  return `${parametersOf(request).get('clusterName') || homeCluster}/${namespace}/${pod}`
}

const severity = ['undefined', 'Healthy', 'Degraded', 'Failure']

const isHigherShare = ({ recorded, ours }: Difference): boolean =>
  typeof recorded === 'number' && typeof ours === 'number' && recorded > 0 && ours > recorded

/** Ours is a larger number, or counts what the recorded answer does not have. */
const countsMore = ({ recorded, ours }: Difference): boolean =>
  recorded === undefined || (typeof recorded === 'number' && typeof ours === 'number' && ours > recorded)

const meshGraphPath = /^\/api\/mesh\/graph(\?|$)/

const configRoute = /^\/api\/(istio\/config|namespaces\/[^/]+\/istio(\/|\?|$))/

const validated = new RegExp(`${configRoute.source}|${detail.source}|^/api/clusters/(services|workloads)\\?`)

export const listed: readonly Listed[] = [
  {
    name: 'The page is ours',
    method: 'GET',
    request: path(/^\/($|index\.html$|console\/)/),
    at: /^$/,
  },
  {
    name: 'The version is that of the API',
    method: 'GET',
    request: path(/^\/api(\/status)?$/),
    at: /^\.status\.Kiali version$/,
    recorded: 'unknown',
    ours: ['v2.31.0'],
  },
  {
    name: 'Clusters come from kubeconfig contexts',
    method: 'GET',
    request: path(/^\/api\/(config$|mesh\/(controlplanes|graph))/),
    at: /(^\.clusters\.[^.]+|cluster|managedClusters\[\]|infraData)\.secretName$/,
    ours: [''],
  },
  {
    name: 'A cluster that is not part of the mesh is the mistake of the caller',
    method: 'GET',
    request: unknownCluster,
    at: /^\(status\)$/,
    recorded: 500,
    ours: [400],
  },
  {
    name: 'A cluster that is not part of the mesh is the mistake of the caller',
    method: 'GET',
    request: both(unknownCluster, path(/^\/api\/clusters\/(services|workloads|apps|health)\?/)),
    at: /^\(status\)$/,
    recorded: 200,
    ours: [400],
  },
  {
    name: 'A namespace that does not exist is the mistake of the caller',
    method: 'GET',
    request: both(unknownNamespace, path(/^\/api\/namespaces\/[^/]+\/(info|tls)(\?|$)/)),
    at: /^\(status\)$/,
    recorded: 500,
    ours: [403, 404],
  },
  {
    name: 'A remote cluster has the mutual TLS of the control plane that manages it',
    method: 'GET',
    request: (request, mesh) => /^\/api\/mesh\/tls\?/.test(request) && !unknownCluster(request, mesh),
    at: /^\(status\)$/,
    recorded: 500,
    ours: [200],
  },
  {
    name: 'Findings are in our own words',
    method: 'GET',
    request: path(validated),
    at: /^\.(validation|validations\..+)\.checks\[[^\]]*\]\.message$/,
    when: ({ recorded, ours }) => typeof recorded === 'string' && typeof ours === 'string',
  },
  {
    name: 'Every validation names its namespace',
    method: 'GET',
    request: path(validated),
    at: /^\.(validation|validations\..+)\.namespace$/,
    recorded: '',
    when: ({ ours }) => typeof ours === 'string' && ours !== '',
  },
  {
    name: 'References of gateways name their cluster',
    method: 'GET',
    request: path(validated),
    at: /^\.(validation|validations\..+)\.references\[[^\]]*\]\.cluster$/,
    recorded: '',
    when: ({ ours }) => typeof ours === 'string' && ours !== '',
  },
  {
    name: 'The details of an object tell what lists tell',
    method: 'GET',
    request: path(/^\/api\/namespaces\/[^/]+\/istio\/[^/]+\/v[^/]+\/[^/]+\/[^/?]+\?.*validate=true/),
    at: /^\.validation\.(valid|checks\[[^\]]*\](\.(code|severity|path|message))?|references(\[[^\]]*\](\..+)?)?)$/,
  },
  {
    name: 'Objects are shown as they were written',
    method: 'GET',
    request: path(configRoute),
    at: /^\.(resource|resources\..+)\.spec\.(.*\.)?(group|mode)$/,
    recorded: undefined,
    ours: ['DISABLE', 'REGISTRY_ONLY', ''],
  },
  {
    name: 'The help of fields is in our own words',
    method: 'GET',
    request: path(configRoute),
    at: /^\.help\[[^\]]*\]\.message$/,
    when: ({ recorded, ours }) => typeof recorded === 'string' && typeof ours === 'string',
  },
  {
    name: 'Who manages which field is not kept',
    method: 'GET',
    request: path(configRoute),
    at: /^\.resource\.metadata\.managedFields$/,
    ours: [undefined],
  },
  {
    name: 'A cluster that is not part of the mesh is the mistake of the caller',
    method: 'GET',
    request: both(unknownCluster, path(/^\/api\/istio\/permissions\?/)),
    at: /^\.error$/,
  },
  {
    name: 'A cluster that is not part of the mesh is the mistake of the caller',
    method: 'GET',
    request: both(unknownCluster, path(/^\/api\/istio\/validations\?/)),
    at: /^\(status\)$/,
    recorded: 200,
    ours: [400],
  },
  {
    name: 'A namespace that does not exist is the mistake of the caller',
    method: 'GET',
    request: path(/^\/api\/istio\/validations\?.*namespaces=/),
    at: /^\(status\)$/,
    recorded: 500,
    ours: [403, 404],
  },
  {
    name: 'Dashboards are not discovered yet',
    method: 'GET',
    request: path(detail),
    at: /^\.runtimes\[\]$/,
    ours: [undefined],
  },
  {
    name: 'Dashboards are not discovered yet',
    method: 'GET',
    request: path(/^\/api\/istio\/status/),
    at: /^\[\]$/,
    ours: [undefined],
    when: ({ recorded }) => at(recorded, 'name') === 'custom dashboards',
  },
  {
    name: 'Of two protocols that are equally bad the worse share is told',
    method: 'GET',
    request: (request) =>
      detail.test(request) || /^\/api\/clusters\/(services|workloads|apps|health)(\?|$)/.test(request),
    at: /(^|\.)(health|namespace(App|Service|Workload)Health\.[^.]+\..+)\.status\.errorRatio$/,
    when: isHigherShare,
  },
  {
    name: 'Of two protocols that are equally bad the worse share is told',
    method: 'GET',
    request: path(graph),
    at: /^\.elements\.nodes\[\]\.data\.healthData\.status\.errorRatio$/,
    when: isHigherShare,
  },
  {
    name: 'A share of the requests is of all requests that leave',
    method: 'GET',
    request: (request) => mergedGraph(request) || serviceGraph(request),
    at: /^\.elements\.edges\[\]\.data\.traffic\.rates\.(grpc|http)PercentReq$/,
    when: ({ recorded, ours }) => Number(recorded) > Number(ours),
  },
  {
    name: 'The health of a node counts all of its calls',
    method: 'GET',
    request: mergedGraph,
    at: /^\.elements\.nodes\[\]\.data\.healthData\.requests\.(in|out)bound\./,
    when: countsMore,
  },
  {
    name: 'The health of a node counts all of its calls',
    method: 'GET',
    request: mergedGraph,
    at: /^\.elements\.nodes\[\]\.data\.healthData\.status\.(errorRatio|status|totalRequestRate)$/,
  },
  {
    name: 'The health of an app box is that of its first member',
    method: 'GET',
    request: path(graph),
    at: /^\.elements\.nodes\[\]\.data\.healthData\.(requests|status)\./,
    when: ({ place }) => place.startsWith('.elements.nodes[box|app|'),
  },
  {
    name: 'The health of a call between services is the worst behind it',
    method: 'GET',
    request: serviceGraph,
    at: /^\.elements\.edges\[\]\.data\.healthStatus$/,
    when: ({ recorded, ours }) => severity.indexOf(String(ours)) > severity.indexOf(String(recorded)),
  },
  {
    name: 'A refusal prints the value that was refused',
    method: 'GET',
    request: (request) => graph.test(request) && parametersOf(request).has('ambientTraffic'),
    at: /^\.error$/,
    recorded: 'Invalid Ambient Traffic [total]',
  },
  {
    name: 'The metrics store stands where its address says',
    method: 'GET',
    request: path(meshGraphPath),
    at: /^\.elements\.(nodes|edges)\[\]$/,
    when: ({ place }) => /\|metricStore\||\|_external_\|/.test(place),
  },
  {
    name: 'Validation follows changes, not a clock',
    method: 'GET',
    request: path(meshGraphPath),
    at: /^\.elements\.nodes\[\]\.data\.infraData\.validationReconcileInterval$/,
    ours: [undefined],
  },
  {
    name: 'What ztunnel says of itself is not in the mesh graph yet',
    method: 'GET',
    request: path(meshGraphPath),
    at: /^\.elements\.nodes\[\]\.data\.infraData\./,
    when: ({ place }) => /\[infra\|[^\]]*\|ztunnel\|/.test(place),
  },
  {
    name: 'A parameter of the mesh graph that cannot be read is the mistake of the caller',
    method: 'GET',
    request: path(meshGraphPath),
    at: /^\(status\)$/,
    recorded: 500,
    ours: [400],
  },
  {
    name: 'What ztunnel says of a pod is not asked yet',
    method: 'GET',
    request: path(detail),
    at: /^\.pods\[\]\.protocol$/,
    recorded: 'HBONE',
    ours: [''],
  },
  {
    name: 'What goes out of a service goes out of its namespace',
    method: 'GET',
    request: path(/^\/api\/namespaces\/[^/]+\/services\/[^/]+\/metrics\?(.*&)?direction=outbound/),
    at: /^\.[a-z_]+(\[\].*)?$/,
  },
  {
    name: 'A window in which a namespace did not exist is the mistake of the caller',
    method: 'GET',
    request: path(/^\/api\/namespaces\/[^/]+\/[^/]+\/[^/]+\/metrics\?/),
    at: /^\(status\)$/,
    recorded: 503,
    ours: [400],
  },
  {
    name: 'A service that does not exist has no dashboard',
    method: 'GET',
    request: path(/^\/api\/namespaces\/[^/]+\/services\/[^/]+\/dashboard(\?|$)/),
    at: /^\(status\)$/,
    recorded: 503,
    ours: [404],
  },
  {
    name: 'Where istiod is asked for, it is the istiods of that cluster',
    method: 'GET',
    request: path(/^\/api\/namespaces\/[^/]+\/istiod\/usage_metrics\?/),
    at: /^\.(cpu|memory)_usage\[\](\.|$)/,
  },
  {
    name: 'The time of a point is in seconds',
    method: 'GET',
    request: path(/^\/api\/namespaces\/[^/]+\/controlplanes\/[^/]+\/metrics\?/),
    at: /^\.pilot_proxy_convergence_time\[\]\.datapoints\[\]\[\]$/,
    when: ({ recorded, ours }) => Number(recorded) * 1000 === Number(ours),
  },
  {
    name: 'A question about response times that cannot be asked is the mistake of the caller',
    method: 'POST',
    request: path(/^\/api\/stats\/metrics$/),
    at: /^\(status\)$/,
    recorded: 500,
    ours: [400],
  },
  {
    name: 'A body that cannot be read is refused in our own words',
    method: 'POST',
    request: path(/^\/api\/stats\/metrics$/),
    at: /^\.error$/,
    when: ({ recorded }) => String(recorded).startsWith('invalid character'),
  },
  {
    name: 'What Kubernetes refuses is no error of the server',
    method: 'POST',
    request: path(/^\/api\/namespaces\/[^/]+\/istio\//),
    at: /^\(status\)$/,
    recorded: 500,
    ours: [400, 409, 422],
  },
  {
    name: 'A pod without a proxy is the mistake of the caller',
    method: 'GET',
    request: path(configDump),
    at: /^\(status\)$/,
    recorded: 500,
    ours: [404],
  },
  {
    name: 'What a proxy said is not part of the recording',
    method: 'GET',
    request: both(path(configDump), (request, mesh) => mesh.proxies?.has(proxyOf(request, mesh)) === false),
    at: /^\(status\)$/,
    recorded: 200,
    ours: [503],
  },
  {
    name: 'A gvk that cannot be read changes nothing',
    method: 'GET',
    request: (request) =>
      /^\/api\/namespaces\/[^/]+\/workloads\//.test(request) &&
      !/^(|[^,]*\/[^,]*, Kind=.+)$/.test(parametersOf(request).get('gvk') ?? ''),
    at: /^\.(labels|annotations|templateLabels|templateAnnotations|createdAt|resourceVersion|dashboardAnnotations)(\.|$)/,
  },
  {
    name: 'The services of an app are in order of name',
    method: 'GET',
    request: (request) => /^\/api\/namespaces\/[^/]+\/apps\/[^/?]+(\?|$)/.test(request),
    at: /^\.serviceNames\[\]$/,
    when: ({ recorded, ours }) => typeof recorded === 'string' && typeof ours === 'string',
  },
]

/** The name of the entry that covers the difference; undefined = none. */
export function listedAs(
  request: Judged,
  difference: Difference,
  mesh: RecordedMesh,
  entries: readonly Listed[] = listed,
): string | undefined {
  return entries.find(
    (entry) =>
      entry.method === request.method &&
      entry.at.test(difference.path) &&
      (!('recorded' in entry) || entry.recorded === difference.recorded) &&
      (entry.ours === undefined || entry.ours.includes(difference.ours)) &&
      (entry.when === undefined || entry.when(difference)) &&
      entry.request(request.path, mesh),
  )?.name
}
