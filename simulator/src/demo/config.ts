/** The demo's Istio configuration: alike in both clusters, as a careful platform team would keep it. */
import type { KubernetesJson, Scenario } from '../scenario.ts'

export function demoConfig(): Scenario['config'] {
  return (['east', 'west'] as const).flatMap((cluster) => objects(cluster).map((object) => ({ cluster, object })))
}

function objects(cluster: 'east' | 'west'): KubernetesJson[] {
  return [
    istio('networking.istio.io/v1', 'Gateway', 'istio-system', 'cross-network-gateway', {
      selector: { istio: 'eastwestgateway' },
      servers: [
        {
          port: { number: 15443, name: 'tls', protocol: 'TLS' },
          tls: { mode: 'AUTO_PASSTHROUGH' },
          hosts: ['*.local'],
        },
      ],
    }),
    istio('networking.istio.io/v1', 'Gateway', 'istio-ingress', 'public', {
      selector: { istio: 'ingressgateway' },
      servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['shop.example', 'cinema.example'] }],
    }),
    virtualService('shop', 'web', {
      hosts: ['shop.example'],
      gateways: ['istio-ingress/public'],
      http: [{ route: [{ destination: { host: 'web.shop.svc.cluster.local', port: { number: 8080 } } }] }],
    }),
    virtualService('cinema', 'programme', {
      hosts: ['cinema.example'],
      gateways: ['istio-ingress/public'],
      http: [{ route: [{ destination: { host: 'programme.cinema.svc.cluster.local', port: { number: 8080 } } }] }],
    }),
    virtualService('shop', 'catalog', {
      hosts: ['catalog'],
      http: [
        {
          route: [
            { destination: { host: 'catalog', subset: 'v1' }, weight: 90 },
            { destination: { host: 'catalog', subset: 'v2' }, weight: 10 },
          ],
          retries: { attempts: 2, perTryTimeout: '2s', retryOn: 'connect-failure,refused-stream,503' },
        },
      ],
    }),
    destinationRule('shop', 'catalog', { host: 'catalog', subsets: [version('v1'), version('v2')] }),
    destinationRule('shop', 'recommend', {
      host: 'recommend.shop.svc.cluster.local',
      trafficPolicy: {
        outlierDetection: { consecutive5xxErrors: 5, interval: '10s', baseEjectionTime: '30s' },
        loadBalancer: { localityLbSetting: { enabled: true } },
      },
    }),
    destinationRule('payments', 'checkout', {
      host: 'checkout.payments.svc.cluster.local',
      // A subset of a version that exists in east only would be a mistake in west.
      subsets: cluster === 'east' ? [version('v1'), version('v2')] : [version('v1')],
    }),
    destinationRule('cinema', 'critics', {
      host: 'critics',
      subsets: [version('v1'), version('v2'), version('v3')],
    }),
    istio('security.istio.io/v1', 'PeerAuthentication', 'istio-system', 'default', { mtls: { mode: 'STRICT' } }),
    istio('security.istio.io/v1', 'PeerAuthentication', 'cinema', 'default', { mtls: { mode: 'PERMISSIVE' } }),
    ...(cluster === 'east'
      ? [
          istio('security.istio.io/v1', 'AuthorizationPolicy', 'payments', 'ledger-callers', {
            selector: { matchLabels: { app: 'ledger' } },
            action: 'ALLOW',
            rules: [{ from: [{ source: { principals: ['cluster.local/ns/payments/sa/payment'] } }] }],
          }),
        ]
      : []),
    istio('telemetry.istio.io/v1', 'Telemetry', 'istio-system', 'mesh-default', {
      accessLogging: [{ providers: [{ name: 'envoy' }] }],
    }),
  ]
}

const version = (name: string) => ({ name, labels: { version: name } })

const virtualService = (namespace: string, name: string, spec: unknown) =>
  istio('networking.istio.io/v1', 'VirtualService', namespace, name, spec)

const destinationRule = (namespace: string, name: string, spec: unknown) =>
  istio('networking.istio.io/v1', 'DestinationRule', namespace, name, spec)

const istio = (apiVersion: string, kind: string, namespace: string, name: string, spec: unknown): KubernetesJson => ({
  apiVersion,
  kind,
  metadata: { name, namespace },
  spec,
})
