/** How host names in Istio's objects name services (reference: validations.md 3). */

/** What a host text can mean. Empty namespace: an external or unrecognised host, whole in `service`. */
export interface Host {
  readonly service: string
  readonly namespace: string
  readonly domain: string
}

/** Reads a host as written in an object of `namespace`; `domain` is the identity domain, e.g. `svc.cluster.local`. */
export function parseHost(host: string, namespace: string, domain: string): Host {
  const [service = '', second = '', ...rest] = host.split('.')
  if (second === '' && rest.length === 0) return { service: host, namespace, domain }
  if (rest.length > 0 && rest.join('.') === domain) return { service, namespace: second, domain }
  return { service: host, namespace: '', domain: '' }
}

/** The text of a parsed host: its full name. */
export const hostText = ({ service, namespace, domain }: Host): string =>
  namespace === '' ? service : domain === '' ? `${service}.${namespace}` : `${service}.${namespace}.${domain}`

/** A service as the registry knows it. */
export interface ServiceName {
  readonly namespace: string
  readonly name: string
}

/**
 * The services that `host`, written in an object of `namespace`, can refer to. The first reading takes the text as a
 * name in the object's own namespace, which is also how hosts of ServiceEntries are referred to.
 */
export function namedBy(host: string, namespace: string, domain: string): readonly ServiceName[] {
  const own = { namespace, name: host }
  const [name = '', second = '', ...rest] = host.split('.')
  const tail = rest.join('.')
  const full = second !== '' && name !== '' && (tail === '' || tail === 'svc' || tail === domain)
  return full ? [own, { namespace: second, name }] : [own]
}

/** Whether a host, written in an object of `hostNamespace`, refers to the service. Wildcards refer to nothing. */
export function refersTo(host: string, hostNamespace: string, service: ServiceName, domain: string): boolean {
  return namedBy(host, hostNamespace, domain).some(
    ({ namespace, name }) => namespace === service.namespace && name === service.name,
  )
}
