/** Intended differences of metrics over time, of changes, and of what proxies say. */
import { both, type Listed, path, type RecordedMesh } from './listing.ts'
import { parametersOf, segmentsOf } from './routeNames.ts'

const configDump = /^\/api\/namespaces\/[^/]+\/pods\/[^/]+\/config_dump(\/|\?|$)/

const proxyOf = (request: string, { homeCluster }: RecordedMesh): string => {
  const [, , , namespace, , pod] = segmentsOf(request)
  return `${parametersOf(request).get('clusterName') || homeCluster}/${namespace}/${pod}`
}

export const listedOfRequests: readonly Listed[] = [
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
]
