/** Istio objects for a generated mesh: what most namespaces have, spread until there are as many as wanted. */
import type { KubernetesJson, Scenario, SimCluster } from '../scenario.ts'
import type { App, Home } from './homes.ts'

export function generatedConfig(homes: readonly Home[], count: number): Scenario['config'] {
  const config: { cluster: string; object: KubernetesJson }[] = []
  for (const [round, make] of MAKERS.entries()) {
    for (const home of homes) {
      for (const cluster of home.at) {
        // The first two kinds are one for each namespace, the others one for each app.
        for (const app of round < NAMESPACE_KINDS ? home.apps.slice(0, 1) : home.apps) {
          if (config.length >= count) return config
          config.push({ cluster: cluster.name, object: make(home.namespace, app, cluster) })
        }
      }
    }
  }
  return config
}

const NAMESPACE_KINDS = 2

const MAKERS: readonly ((namespace: string, app: App, cluster: SimCluster) => KubernetesJson)[] = [
  (namespace) =>
    object('security.istio.io/v1', 'PeerAuthentication', namespace, 'default', { mtls: { mode: 'STRICT' } }),
  (namespace) =>
    object('networking.istio.io/v1', 'Sidecar', namespace, 'default', {
      egress: [{ hosts: ['./*', 'istio-system/*'] }],
    }),
  (namespace, app) =>
    object('networking.istio.io/v1', 'DestinationRule', namespace, app.name, {
      host: `${app.name}.${namespace}.svc.cluster.local`,
      subsets: app.versions.map((version) => ({ name: version, labels: { version } })),
    }),
  (namespace, app) =>
    object('networking.istio.io/v1', 'VirtualService', namespace, app.name, {
      hosts: [`${app.name}.${namespace}.svc.cluster.local`],
      http: [
        {
          route: app.versions.map((subset, i) => ({
            destination: { host: `${app.name}.${namespace}.svc.cluster.local`, subset },
            weight: weightOf(i, app.versions.length),
          })),
        },
      ],
    }),
  (namespace, app) =>
    object('security.istio.io/v1', 'AuthorizationPolicy', namespace, app.name, {
      selector: { matchLabels: { app: app.name } },
      rules: [{ from: [{ source: { namespaces: [namespace] } }] }],
    }),
  (namespace, app) =>
    object('networking.istio.io/v1', 'ServiceEntry', namespace, `${app.name}-partner`, {
      hosts: [`${app.name}.${namespace}.partner.example`],
      ports: [{ number: 443, name: 'tls', protocol: 'TLS' }],
      resolution: 'DNS',
      location: 'MESH_EXTERNAL',
    }),
]

const weightOf = (i: number, of: number) => (of === 1 ? 100 : i === 0 ? 90 : 10)

const object = (apiVersion: string, kind: string, namespace: string, name: string, spec: unknown): KubernetesJson => ({
  apiVersion,
  kind,
  metadata: { name, namespace },
  spec,
})
