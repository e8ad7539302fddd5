/** A service and the EndpointSlice that its controller keeps. */
import { suffix } from '../names.ts'
import type { KubernetesJson, SimService } from '../scenario.ts'
import type { Topology } from '../topology.ts'
import { type Birth, made, ownerOf, uidOf } from './metadata.ts'

export function serviceObjects(service: SimService, topology: Topology, birth: Birth): KubernetesJson[] {
  const ip = topology.clusterIp(service)
  const described = { apiVersion: 'v1', kind: 'Service', namespace: service.namespace, name: service.name }
  const balanced = service.type === 'LoadBalancer'
  const object = made(
    birth,
    { ...described, labels: service.labels },
    {
      spec: {
        type: service.type ?? 'ClusterIP',
        clusterIP: ip,
        clusterIPs: [ip],
        ipFamilies: ['IPv4'],
        ipFamilyPolicy: 'SingleStack',
        internalTrafficPolicy: 'Cluster',
        sessionAffinity: 'None',
        selector: service.selector,
        ports: service.ports.map((port) => ({
          ...port,
          protocol: 'TCP',
          targetPort: targetPort(service, topology, port.port),
        })),
      },
      status: { loadBalancer: balanced ? { ingress: [{ ip: externalIp(service, topology), ipMode: 'VIP' }] } : {} },
    },
  )
  return [object, endpointSlice(service, topology, birth)]
}

/** The address under which a cluster's gateways are reached from other networks (a documentation range). */
export const externalIp = (service: SimService, topology: Topology): string => {
  const cluster = topology.scenario.clusters.findIndex((c) => c.name === service.cluster)
  return `203.0.113.${cluster * 8 + 10 + (service.name.includes('eastwest') ? 1 : 0)}`
}

/** Where a port leads: the workload's port when it differs, as `targetPort` says. */
function targetPort(service: SimService, topology: Topology, port: number): number {
  const workload = topology.selected(service)[0]
  return workload === undefined || workload.port === undefined || service.ports.length > 1 ? port : workload.port
}

function endpointSlice(service: SimService, topology: Topology, birth: Birth): KubernetesJson {
  const owner = ownerOf(birth, { apiVersion: 'v1', kind: 'Service', namespace: service.namespace, name: service.name })
  const zones = new Map(topology.nodes(service.cluster).map((node) => [node.name, node.zone]))
  return made(
    birth,
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      namespace: service.namespace,
      name: `${service.name}-${suffix(`${service.cluster}/${service.namespace}/${service.name}`, 5)}`,
      generateName: `${service.name}-`,
      labels: {
        ...service.labels,
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        'kubernetes.io/service-name': service.name,
      },
      owner,
    },
    {
      addressType: 'IPv4',
      ports: service.ports.map(({ name, port }) => ({
        name,
        protocol: 'TCP',
        port: targetPort(service, topology, port),
      })),
      endpoints: topology.selected(service).flatMap((w) =>
        topology.pods(w).map((pod) => ({
          addresses: [pod.ip],
          conditions: { ready: pod.ready, serving: pod.ready, terminating: false },
          nodeName: pod.node,
          zone: zones.get(pod.node),
          targetRef: {
            kind: 'Pod',
            namespace: w.namespace,
            name: pod.name,
            uid: uidOf(service.cluster, { kind: 'Pod', namespace: w.namespace, name: pod.name }),
          },
        })),
      ),
    },
  )
}
