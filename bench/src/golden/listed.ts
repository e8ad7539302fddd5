/**
 * The intended differences from Kiali, each as narrow as it can be: which requests, which places of the answer, and why.
 * Each stands under its name in `docs/kiali-compatibility.md`. A difference that no entry covers is a defect.
 */
import type { Difference } from './compare.ts'
import { at } from './json.ts'
import { listedOfRequests } from './listedOfRequests.ts'
import { both, type Listed, path, type RecordedMesh } from './listing.ts'
import { parametersOf, segmentsOf } from './routeNames.ts'
import type { Judged } from './verdict.ts'

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

const graph = /^\/api\/namespaces\/(.*\/)?graph\?/

/** A graph of several namespaces: Kiali builds one for each and merges them. */
const mergedGraph = (request: string): boolean =>
  /^\/api\/namespaces\/graph\?/.test(request) && (parametersOf(request).get('namespaces') ?? '').includes(',')

const serviceGraph = (request: string): boolean =>
  graph.test(request) && parametersOf(request).get('graphType') === 'service'

const detail = /^\/api\/namespaces\/[^/]+\/(services|workloads|apps)\/[^/?]+(\?|$)/

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
  ...listedOfRequests,
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
