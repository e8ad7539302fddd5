/** What a proxy is told it may call: the services of all clusters that its control plane reads, by host and port. */
import { byHost, protocolOf } from '../istiod/registry.ts'
import { fieldsAt, listAt, textAt } from '../kube/json.ts'
import type { KubernetesJson } from '../scenario.ts'
import type { SimProxy } from './proxy.ts'

export interface Destination {
  readonly host: string
  readonly name: string
  readonly namespace: string
  readonly address: string
  readonly port: number
  readonly isHttp: boolean
  /** Of its DestinationRule. */
  readonly subsets: readonly string[]
  readonly destinationRule: KubernetesJson | undefined
  readonly virtualService: KubernetesJson | undefined
}

/** In order of host and port. */
export function destinationsOf({ plane, topology }: SimProxy): readonly Destination[] {
  if (!plane) return []
  const objects = topology.scenario.config.filter(({ cluster }) => cluster === plane.id).map(({ object }) => object)
  const rules = byHostOf(objects, 'DestinationRule', (object) => [textAt(object, 'spec', 'host')])
  const virtualServices = byHostOf(objects, 'VirtualService', (object) =>
    listAt(object, 'spec', 'hosts').map((host) => String(host)),
  )
  return [...byHost(plane)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([host, members]) => {
      const service = members.find(({ cluster }) => cluster === plane.id) ?? members[0]
      if (!service) return []
      const destinationRule = rules.get(host)
      return service.ports.map(({ name, port }) => ({
        host,
        name: service.name,
        namespace: service.namespace,
        address: topology.clusterIp(service),
        port,
        isHttp: ['GRPC', 'HTTP', 'HTTP2'].includes(protocolOf(name)),
        subsets: listAt(destinationRule, 'spec', 'subsets').map((subset) => textAt(subset, 'name')),
        destinationRule,
        virtualService: virtualServices.get(host),
      }))
    })
}

/** Hosts without dots are names in the object's own namespace. */
function byHostOf(
  objects: readonly KubernetesJson[],
  kind: string,
  hostsOf: (object: KubernetesJson) => readonly string[],
): Map<string, KubernetesJson> {
  const found = new Map<string, KubernetesJson>()
  for (const object of objects) {
    if (object.kind !== kind) continue
    for (const host of hostsOf(object))
      found.set(host.includes('.') ? host : `${host}.${object.metadata.namespace}.svc.cluster.local`, object)
  }
  return found
}

/** Where Istio notes of which object it made something. */
export function madeOf(object: KubernetesJson | undefined): Readonly<Record<string, unknown>> {
  if (!object) return {}
  const { name, namespace } = fieldsAt(object, 'metadata')
  const kind = object.kind.replace(/[A-Z]/g, (letter, at: number) => (at === 0 ? '' : '-') + letter.toLowerCase())
  const config = `/apis/networking.istio.io/v1/namespaces/${String(namespace)}/${kind}/${String(name)}`
  return { metadata: { filter_metadata: { istio: { config } } } }
}
