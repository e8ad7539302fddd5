/** What a request asks for, read from its method and URL alone. */

export type RequestInfo = ResourceInfo | PathInfo

/** `/apis/apps/v1/namespaces/shop/deployments/web/status` and the like. */
export interface ResourceInfo {
  readonly about: 'resource'
  readonly verb: string
  readonly group: string
  readonly version: string
  /** `''`: all namespaces, or a cluster-scoped resource. */
  readonly namespace: string
  readonly plural: string
  /** `''`: a collection. */
  readonly name: string
  readonly subresource: string
}

/** Everything else: discovery, health, version. */
export interface PathInfo {
  readonly about: 'path'
  readonly verb: string
  readonly path: string
}

export function requestInfo(method: string, url: URL): RequestInfo {
  const parts = url.pathname
    .split('/')
    .filter((part) => part !== '')
    .map(decoded)
  const core = parts[0] === 'api'
  const rest = parts.slice(core ? 2 : 3)
  if ((!core && parts[0] !== 'apis') || rest.length === 0) {
    return { about: 'path', verb: method.toLowerCase(), path: url.pathname }
  }
  const [group, version] = core ? ['', parts[1]] : [parts[1], parts[2]]
  // `namespaces/x/pods` is about pods in x, `namespaces/x` and `namespaces/x/status` about the namespace itself.
  const inNamespace = rest[0] === 'namespaces' && rest.length > 2 && !namespaceSubresources.has(rest[2] ?? '')
  const [plural = '', name = '', subresource = ''] = inNamespace ? rest.slice(2) : rest
  const namespace = inNamespace || (core && plural === 'namespaces') ? (rest[1] ?? '') : ''
  const verb = verbOf(method, name, subresource, url.searchParams)
  return { about: 'resource', verb, group: group ?? '', version: version ?? '', namespace, plural, name, subresource }
}

const namespaceSubresources = new Set(['status', 'finalize'])

function verbOf(method: string, name: string, subresource: string, query: URLSearchParams): string {
  switch (method) {
    case 'POST':
      return 'create'
    case 'PUT':
      return 'update'
    case 'PATCH':
      return 'patch'
    case 'DELETE':
      return name === '' ? 'deletecollection' : 'delete'
    default:
      if (name !== '' || subresource !== '') return 'get'
      return isTrue(query.get('watch')) ? 'watch' : 'list'
  }
}

/** As Go reads booleans in queries. */
export const isTrue = (text: string | null): boolean => text === 'true' || text === '1' || text === ''

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
