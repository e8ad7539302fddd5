/** Whether a host is in the service registry, as a namespace sees it (reference: validations.md 3). */
import type { Service } from '../inventory/objects.ts'
import type { Facts } from './facts.ts'
import { blind, type Viewers } from './viewers.ts'

/** A Kubernetes Service of this full or shortened name exists and is exported to `viewer`. */
export function kubernetesKnows(facts: Facts, host: string, viewer: string): boolean {
  const service = registryService(facts, host)
  return service !== undefined && exported(exportsOf(facts, service), service.namespace, viewer)
}

/** By `name.ns.D`, `name.ns.svc` or `name.ns`. */
export function registryService(facts: Facts, host: string): Service | undefined {
  const { domain } = facts.frame()
  const [name = '', namespace, ...rest] = host.split('.')
  if (namespace === undefined) return undefined
  const tail = rest.join('.')
  return tail === '' || tail === 'svc' || tail === domain ? facts.service(namespace, name) : undefined
}

/** The viewers for whom neither a ServiceEntry nor a Service (exported to `owner`) has the host. */
export function unknownTo(facts: Facts, host: string, owner: string, viewers: Viewers): Viewers {
  if (kubernetesKnows(facts, host, owner)) return []
  return blind(facts.frame(), viewers, facts.entriesMatching(host))
}

function exportsOf(facts: Facts, { annotations, namespace }: Service): readonly string[] {
  const written = annotations['networking.istio.io/exportTo']
  if (written === undefined) return facts.frame().planes.get(namespace)?.exports.Service ?? []
  return written
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

const exported = (list: readonly string[], own: string, viewer: string): boolean =>
  list.length === 0 ||
  list.some((name) => name === '*' || (name === '.' ? own === viewer : name !== '~' && name === viewer))
