/** What a ztunnel says of itself: the workloads and services of the mesh as its control plane tells them, and its own part. */
import { byHost } from '../istiod/registry.ts'
import { serviceAccountOf } from '../objects/pods.ts'
import type { SimWorkload } from '../scenario.ts'
import { canonicalRevision, type SimPod } from '../topology.ts'
import type { SimProxy } from './proxy.ts'

export function ztunnelDump(proxy: SimProxy): unknown {
  const { plane, pod, topology, workload } = proxy
  const cluster = topology.cluster(workload.cluster)
  const network = cluster?.network ?? ''
  const trustDomain = topology.scenario.trustDomain
  const members = topology.workloads.filter((w) => w.cluster === workload.cluster && w.mode === 'ambient')
  const captured = members.flatMap((w) => topology.pods(w).map((one) => ({ w, one })))
  const onNode = captured.filter(({ one }) => one.node === pod.node).map(({ w }) => identityOf(w, trustDomain))
  return {
    certificates: [...new Set(onNode)].map((identity) => ({ identity, state: 'Available', certChain: [] })),
    config: {
      clusterDomain: 'cluster.local',
      clusterId: workload.cluster,
      network,
      localNode: pod.node,
      proxy: true,
      dnsProxy: true,
      proxyMode: 'Shared',
      xdsAddress: `https://istiod.${workload.namespace}.svc:15012`,
    },
    policies: [],
    services: (plane ? [...byHost(plane)] : []).flatMap(([hostname, services]) => {
      const own = services.find((service) => service.cluster === workload.cluster)
      if (!own) return []
      const ports = Object.fromEntries(own.ports.map(({ port }) => [port, port]))
      const endpoints = topology
        .selected(own)
        .flatMap((w) => topology.pods(w).map((one) => [uidOf(w, one), endpointOf(w, one, ports)]))
      const vips = [`${network}/${topology.clusterIp(own)}`]
      return [
        { name: own.name, namespace: own.namespace, hostname, vips, ports, endpoints: Object.fromEntries(endpoints) },
      ]
    }),
    workloads: captured.map(({ w, one }) => ({
      canonicalName: w.app,
      canonicalRevision: canonicalRevision(w),
      clusterId: w.cluster,
      name: one.name,
      namespace: w.namespace,
      network,
      networkMode: 'Standard',
      node: one.node,
      protocol: 'HBONE',
      serviceAccount: serviceAccountOf(w),
      services: [],
      status: one.ready ? 'Healthy' : 'Unhealthy',
      trustDomain,
      uid: uidOf(w, one),
      workloadIps: [one.ip],
      workloadName: w.name,
      workloadType: w.kind.toLowerCase(),
    })),
  }
}

const uidOf = (w: SimWorkload, pod: SimPod): string => `${w.cluster}//Pod/${w.namespace}/${pod.name}`

const endpointOf = (w: SimWorkload, pod: SimPod, port: unknown): unknown => ({
  workloadUid: uidOf(w, pod),
  port,
  status: pod.ready ? 'Healthy' : 'Unhealthy',
})

const identityOf = (w: SimWorkload, trustDomain: string): string =>
  `spiffe://${trustDomain}/ns/${w.namespace}/sa/${serviceAccountOf(w)}`
