/** The library's Istio configuration, as each cluster has it whose configuration counts. */
import type { KubernetesJson, Scenario, SimCluster } from '../scenario.ts'
import { systemNamespaceOf } from '../system.ts'

export function libraryConfig(cluster: SimCluster): Scenario['config'] {
  const system = systemNamespaceOf(cluster)
  const objects = [
    istio('networking.istio.io/v1', 'Gateway', 'istio-ingress', 'public', {
      selector: { istio: 'ingressgateway' },
      servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['library.example'] }],
    }),
    istio('networking.istio.io/v1', 'VirtualService', 'front', 'desk', {
      hosts: ['library.example'],
      gateways: ['istio-ingress/public'],
      http: [{ route: [{ destination: { host: 'desk.front.svc.cluster.local', port: { number: 8080 } } }] }],
    }),
    catalogVersions(),
    istio('security.istio.io/v1', 'PeerAuthentication', system, 'default', { mtls: { mode: 'STRICT' } }),
    ...(cluster.eastWestGateway && !cluster.ambient ? crossNetwork(system) : []),
  ]
  return objects.map((object) => ({ cluster: cluster.name, object }))
}

export const catalogVersions = (): KubernetesJson =>
  istio('networking.istio.io/v1', 'DestinationRule', 'front', 'catalog', {
    host: 'catalog.front.svc.cluster.local',
    subsets: ['v1', 'v2'].map((version) => ({ name: version, labels: { version } })),
  })

/** Services and istiod, shown to other networks through the east-west gateway. */
function crossNetwork(system: string): KubernetesJson[] {
  const selector = { istio: 'eastwestgateway' }
  return [
    istio('networking.istio.io/v1', 'Gateway', system, 'cross-network-gateway', {
      selector,
      servers: [
        {
          port: { number: 15443, name: 'tls', protocol: 'TLS' },
          tls: { mode: 'AUTO_PASSTHROUGH' },
          hosts: ['*.local'],
        },
      ],
    }),
    istio('networking.istio.io/v1', 'Gateway', system, 'istiod-gateway', {
      selector,
      servers: [15012, 15017].map((number) => ({
        port: { number, name: `tls-${number}`, protocol: 'TLS' },
        tls: { mode: 'PASSTHROUGH' },
        hosts: ['*'],
      })),
    }),
    istio('networking.istio.io/v1', 'VirtualService', system, 'istiod-vs', {
      hosts: ['*'],
      gateways: ['istiod-gateway'],
      tls: [
        [15012, 15012],
        [15017, 443],
      ].map(([from, to]) => ({
        match: [{ port: from, sniHosts: ['*'] }],
        route: [{ destination: { host: `istiod.${system}.svc.cluster.local`, port: { number: to } } }],
      })),
    }),
  ]
}

export const istio = (
  apiVersion: string,
  kind: string,
  namespace: string,
  name: string,
  spec: unknown,
  labels?: Readonly<Record<string, string>>,
): KubernetesJson => ({
  apiVersion,
  kind,
  metadata: { name, namespace, ...(labels === undefined ? {} : { labels }) },
  spec,
})
