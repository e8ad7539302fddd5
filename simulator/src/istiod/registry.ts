/** `/debug/registryz` and `/debug/endpointShardz`: the services of all clusters merged by host, and their endpoints. */
import { serviceAccountOf } from '../objects/pods.ts'
import type { SimService } from '../scenario.ts'
import { grouped, podLabels, type Topology } from '../topology.ts'
import { knownTo, type Plane } from './plane.ts'

/** The own cluster's definition of a service speaks for all; `clusterVIPs` tells where it exists. */
export function registryz(plane: Plane): unknown[] {
  const { id, topology } = plane
  return [...byHost(plane)].map(([hostname, members]) => {
    const [first] = members
    const own = members.find((service) => service.cluster === id) ?? first
    return {
      Attributes: {
        ServiceRegistry: 'Kubernetes',
        Name: own?.name,
        Namespace: own?.namespace,
        Labels: own?.labels,
        LabelSelectors: own?.selector,
        ExportTo: null,
        Type: own?.type ?? 'ClusterIP',
      },
      ports: (own?.ports ?? []).map(({ name, port }) => ({ name, port, protocol: protocolOf(name) })),
      hostname,
      clusterVIPs: {
        Addresses: Object.fromEntries(members.map((service) => [service.cluster, [topology.clusterIp(service)]])),
      },
      defaultAddress: own ? topology.clusterIp(own) : '',
      Resolution: 0,
      MeshExternal: false,
    }
  })
}

export function endpointShardz(plane: Plane): unknown {
  const { id, istiod, topology } = plane
  const local = new Set(istiod.clusterLocalHosts)
  return Object.fromEntries(
    [...byHost(plane)].map(([hostname, members]) => {
      const visible = members.filter((service) => !local.has(hostname) || service.cluster === id)
      const shards = visible.map((service) => [`Kubernetes/${service.cluster}`, endpoints(topology, service, hostname)])
      return [hostname, { [members[0]?.namespace ?? '']: { Shards: Object.fromEntries(shards), ServiceAccounts: {} } }]
    }),
  )
}

export function byHost(plane: Plane): Map<string, SimService[]> {
  const known = new Set(knownTo(plane))
  const services = plane.topology.services.filter(({ cluster }) => known.has(cluster))
  return grouped(services, ({ name, namespace }) => `${name}.${namespace}.svc.cluster.local`)
}

/** Istio reads a port's protocol from the word before the dash of its name. */
export const protocolOf = (name: string) => {
  const word = name.split('-')[0]?.toUpperCase() ?? ''
  return ['GRPC', 'HTTP', 'HTTP2', 'HTTPS', 'TCP', 'TLS'].includes(word) ? word : 'UnsupportedProtocol'
}

function endpoints(topology: Topology, service: SimService, hostname: string): unknown[] {
  const at = topology.cluster(service.cluster)
  const zones = new Map(topology.nodes(service.cluster).map((node) => [node.name, node.zone]))
  return topology.selected(service).flatMap((w) =>
    topology.pods(w).flatMap((pod) =>
      service.ports.map(({ name, port }) => ({
        Labels: { ...podLabels(w), 'topology.istio.io/cluster': service.cluster },
        Addresses: [pod.ip],
        ServicePortName: name,
        LegacyClusterPortKey: port,
        ServiceAccount: `spiffe://${topology.scenario.trustDomain}/ns/${w.namespace}/sa/${serviceAccountOf(w)}`,
        Network: at?.network ?? '',
        Locality: { Label: `${at?.region}/${zones.get(pod.node)}/`, ClusterID: service.cluster },
        EndpointPort: w.port ?? port,
        LbWeight: 0,
        TLSMode: w.mode === 'sidecar' || w.gateway !== undefined ? 'istio' : 'disabled',
        Namespace: w.namespace,
        WorkloadName: w.name,
        HostName: hostname,
        HealthStatus: pod.ready ? 1 : 2,
        NodeName: pod.node,
      })),
    ),
  )
}
