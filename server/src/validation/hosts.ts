/**
 * How a validation reads host names: what a text written in an object of a namespace stands for (reference:
 * validations.md 3). Comparisons are of bytes; a bare `*` stands for the own namespace, not for the world.
 */

/** `full`: a service of the registry; otherwise `svc` holds the whole text. */
export interface Host {
  readonly svc: string
  readonly ns: string
  readonly dom: string
  readonly full: boolean
}

/** What decides how hosts are read in a cluster. */
export interface HostRules {
  /** Identity domain, e.g. `svc.cluster.local`. */
  readonly domain: string
  /** Names of the namespaces that the console knows. */
  readonly names: ReadonlySet<string>
}

/** One label, or a full name in the identity domain; anything else is external. */
export function parse(host: string, namespace: string, { domain }: HostRules): Host {
  const first = host.indexOf('.')
  if (first < 0) return { svc: host, ns: namespace, dom: domain, full: true }
  const second = host.indexOf('.', first + 1)
  if (second >= 0 && host.slice(second + 1) === domain) {
    return { svc: host.slice(0, first), ns: host.slice(first + 1, second), dom: domain, full: true }
  }
  return { svc: host, ns: '', dom: '', full: false }
}

/** As `parse`, and understands `name.namespace` of a known namespace and `name.namespace.svc`. */
export function resolve(host: string, namespace: string, rules: HostRules): Host {
  const [svc = '', ns = '', third, ...more] = host.split('.')
  const two = third === undefined && host.includes('.') && (ns === namespace || rules.names.has(ns))
  const three = third === 'svc' && more.length === 0
  return two || three ? { svc, ns, dom: rules.domain, full: true } : parse(host, namespace, rules)
}

/** The full name. */
export const str = ({ svc, ns, dom, full }: Host): string => {
  if (!full) return svc
  return dom === '' ? `${svc}.${ns}` : `${svc}.${ns}.${dom}`
}

export const isWildcard = ({ svc }: Host): boolean => svc.startsWith('*')

/** Service and namespace of any host: an external one is cut at its dots. */
export function twoPart(host: Host): { readonly svc: string; readonly ns: string } {
  if (host.full) return host
  const [svc = '', ns = ''] = host.svc.split('.')
  return { svc, ns }
}

/** `*` covers everything, `*.x` what ends in `.x`; other stars are no pattern. */
export const within = (name: string, pattern: string): boolean =>
  pattern === '*' || (pattern.startsWith('*.') && name.endsWith(pattern.slice(1)))

/** Whether host `h` of namespace `hNs` is that service. No wildcards. */
export const refersTo = (h: string, hNs: string, svc: string, svcNs: string, { domain }: HostRules): boolean =>
  (h === svc && hNs === svcNs) ||
  h === `${svc}.${svcNs}` ||
  h === `${svc}.${svcNs}.svc` ||
  h === `${svc}.${svcNs}.${domain}`

/** A gateway as written in a route: `namespace/name`, `name`, or the old dotted form, which wins. */
export function gatewayHost(gateway: string, namespace: string, { domain }: HostRules): Host {
  if (gateway.includes('.')) {
    const [svc = '', ns = '', ...rest] = gateway.split('.')
    return { svc, ns, dom: rest.length > 0 ? rest.join('.') : domain, full: true }
  }
  if (gateway.includes('/')) {
    const [ns = '', svc = ''] = gateway.split('/')
    return { svc, ns, dom: domain, full: true }
  }
  return { svc: gateway, ns: namespace, dom: domain, full: true }
}

/**
 * Two hosts can only be about the same service when they have the same key, or one is a wildcard. It needs no knowledge of
 * what exists: a short name is of its namespace, of others the first two labels count.
 */
export function hostKey(host: string, namespace: string): string {
  if (host.startsWith('*')) return '*'
  const first = host.indexOf('.')
  if (first < 0) return `${host}.${namespace}`
  const second = host.indexOf('.', first + 1)
  return second < 0 ? host : host.slice(0, second)
}

export const firstLabel = (host: string): string => {
  const dot = host.indexOf('.')
  return dot < 0 ? host : host.slice(0, dot)
}
