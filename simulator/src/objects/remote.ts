/**
 * What a cluster without istiod has so that its proxies find one: a remote gets a service without selector whose
 * endpoint is the primary's gateway; the configuration cluster of an external control plane gets a webhook with that
 * control plane's address, and the mesh configuration that both share.
 */
import type { KubernetesJson, Scenario, SimCluster, SimIstiod } from '../scenario.ts'
import { servingIstiod, systemNamespaceOf } from '../system.ts'
import { remoteWebhook } from './injection.ts'
import { type Birth, made } from './metadata.ts'

type MeshConfigOf = (scenario: Scenario, cluster: SimCluster, istiod: SimIstiod) => Record<string, string>

export function servedFromElsewhere(
  scenario: Scenario,
  cluster: SimCluster,
  meshConfigOf: MeshConfigOf,
  birth: Birth,
): KubernetesJson[] {
  const serving = servingIstiod(scenario, cluster)
  if (!serving) return []
  const { istiod } = serving
  const external = istiod.clusterId !== undefined
  const namespace = systemNamespaceOf(cluster)
  const inject = `/inject/cluster/${cluster.name}/net/${cluster.network}`
  if (!external) {
    const service = { name: 'istiod', namespace, path: inject, port: 443 }
    return [
      remoteWebhook(istiod.revision, { service }, 'istio-sidecar-injector', birth),
      ...istiodElsewhere(namespace, addressOf(scenario, serving.cluster), birth),
    ]
  }
  const url = `https://istiod.external.example:15017${inject}`
  return [
    remoteWebhook(istiod.revision, { url }, `istio-sidecar-injector-${namespace}`, birth),
    ...istiodElsewhere(namespace, addressOf(scenario, serving.cluster), birth),
    ...(istiod.clusterId === cluster.name
      ? [
          made(
            birth,
            { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'istio' },
            { data: meshConfigOf(scenario, serving.cluster, istiod) },
          ),
        ]
      : []),
  ]
}

/** The gateway through which a cluster shows its istiod; the numbers are those of `externalIp` in `services.ts`. */
const addressOf = (scenario: Scenario, cluster: SimCluster): string =>
  `203.0.113.${scenario.clusters.indexOf(cluster) * 8 + 11}`

function istiodElsewhere(namespace: string, address: string, birth: Birth): KubernetesJson[] {
  const ports = [
    { name: 'tcp-istiod', port: 15012, protocol: 'TCP' },
    { name: 'tcp-webhook', port: 443, protocol: 'TCP' },
  ]
  return [
    made(
      birth,
      { apiVersion: 'v1', kind: 'Service', namespace, name: 'istiod', labels: { 'istio.io/rev': 'default' } },
      {
        spec: {
          type: 'ClusterIP',
          clusterIP: '10.196.255.10',
          clusterIPs: ['10.196.255.10'],
          sessionAffinity: 'None',
          ports: ports.map((port) => ({ ...port, targetPort: port.port === 443 ? 15017 : port.port })),
        },
        status: { loadBalancer: {} },
      },
    ),
    made(
      birth,
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        namespace,
        name: 'istiod',
        labels: { 'kubernetes.io/service-name': 'istiod' },
      },
      {
        addressType: 'IPv4',
        ports: ports.map((port) => ({ ...port, port: port.port === 443 ? 15017 : port.port })),
        endpoints: [{ addresses: [address], conditions: { ready: true } }],
      },
    ),
  ]
}
