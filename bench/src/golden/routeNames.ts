/** The route of a recorded request, for the report and for what is true of a whole route. */

const named = new Map([
  ['aggregates', 2],
  ['applications', 1],
  ['apps', 1],
  ['config_dump', 1],
  ['controlplanes', 1],
  ['customdashboard', 1],
  ['namespaces', 1],
  ['pods', 1],
  ['services', 1],
  ['traces', 1],
  ['versions', 1],
  ['workloads', 1],
  ['ztunnel', 1],
])

/** Literals that stand where a name could. */
const literals = new Set(['graph', 'metrics', 'health', 'apps', 'services', 'workloads', 'tls'])

/** e.g. `GET /api/namespaces/?/services/?` with stars for names. */
export function routeName(method: string, path: string): string {
  const segments = (path.split('?')[0] ?? '').split('/')
  let names = 0
  const route = segments.map((segment, i) => {
    if (names > 0 && !(i > 0 && segments[i - 1] === 'namespaces' && segment === 'graph')) {
      names--
      return '*'
    }
    names = segments[i - 1] === 'clusters' && literals.has(segment) ? 0 : (named.get(segment) ?? 0)
    if (segment === 'istio' && segments.length - i > 4) names = 4
    return segment
  })
  return `${method} ${route.join('/')}`
}

/** Decoded, the empty one before the first slash included. */
export const segmentsOf = (path: string): readonly string[] =>
  (path.split('?')[0] ?? '').split('/').map((segment) => decodeURIComponent(segment))

export const parametersOf = (path: string): URLSearchParams => new URLSearchParams(path.split('?')[1] ?? '')
