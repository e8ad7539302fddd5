/** GET /api/config: the projection of configuration and mesh that a client reads once after login. */
import type { KubeCluster, ServerConfig, WireHealthRate } from '@binocle/api/config'
import type { ClusterName } from '@binocle/api/identity'
import type { Scope } from '../access/scope.ts'
import type { HealthRate } from '../config/config.ts'
import { durationText } from '../config/duration.ts'
import type { Inventory, Kind } from '../inventory/inventory.ts'
import { identityDomain, meshFactsOf } from '../mesh/mesh.ts'
import type { Mesh } from '../model.ts'
import type { AboutPrometheus } from './aboutPrometheus.ts'
import { featureFlags } from './featureFlags.ts'
import { kubeCluster } from './kubeCluster.ts'

export function serverConfig(mesh: Mesh, scope: Scope, prometheus: AboutPrometheus): ServerConfig {
  const { config, inventory } = mesh
  const facts = meshFactsOf(inventory)
  // As Kiali has it, only what is declared: its clients take each of these for a cluster they may ask.
  const clusters = mesh.clusters
    .list()
    .filter(({ name, state }) => scope.seesCluster(name) !== 'no' && state !== 'telemetry-only')
  const names = clusters.map(({ name }) => name)
  const confirmed = names.filter((name) => scope.seesCluster(name) === 'yes')
  const serves = (kinds: readonly Kind[]) =>
    confirmed.some((name) => kinds.every((kind) => isServed(inventory, kind, name)))
  const classes = gatewayClasses(mesh, confirmed)
  const home = clusters.find((cluster) => cluster.home)?.name ?? ''
  const controlPlanes = Object.fromEntries(
    facts.controlPlanes
      .filter(({ cluster, namespace }) => scope.sees({ cluster, namespace }) === 'yes')
      .map(({ cluster, namespace }) => [cluster, namespace]),
  )
  return {
    authStrategy: config.auth.strategy,
    ...when(
      'ambientEnabled',
      confirmed.some((name) => facts.isAmbient(name)),
    ),
    chatAI: { enabled: false, defaultProvider: '', providers: [], store: { enabled: false } },
    clusters: Object.fromEntries(
      clusters.map((cluster): [ClusterName, KubeCluster] => [
        cluster.name,
        kubeCluster(inventory, scope, cluster, config.kubernetes.kialiUrls),
      ]),
    ),
    ...when('clusterWideAccess', config.deployment.clusterWideAccess),
    ...(Object.keys(controlPlanes).length > 0 ? { controlPlanes } : {}),
    deployment: config.deployment.viewOnlyMode ? { viewOnlyMode: true } : {},
    ...(classes.length > 0 ? { gatewayAPIClasses: classes } : {}),
    ...when(
      'gatewayAPIEnabled',
      serves(['gateways.gateway.networking.k8s.io', 'httproutes.gateway.networking.k8s.io']),
    ),
    healthConfig: {
      compute: {
        duration: durationText(config.health.durationS),
        refreshInterval: durationText(config.health.refreshIntervalS),
        timeout: durationText(config.health.timeoutS),
      },
      ...(config.health.rates.length > 0 ? { rate: config.health.rates.map(wireRate) } : {}),
    },
    ...when('ignoreHomeCluster', config.kubernetes.ignoreHomeCluster ?? false),
    ...(config.installationTag === '' ? {} : { installationTag: config.installationTag }),
    istioAnnotations: {
      ambientAnnotation: 'ambient.istio.io/redirection',
      ambientAnnotationEnabled: 'enabled',
      istioInjectionAnnotation: 'sidecar.istio.io/inject',
    },
    ...when(
      'istioAPIInstalled',
      serves(['virtualservices.networking.istio.io', 'authorizationpolicies.security.istio.io']),
    ),
    ...when('istioGatewayInstalled', serves(['gateways.networking.istio.io'])),
    istioIdentityDomain: identityDomain(facts, home, config.istio),
    istioLabels: { appLabelName: config.istio.appLabel, versionLabelName: config.istio.versionLabel },
    ...when('istioStatusEnabled', config.istio.componentStatusEnabled ?? true),
    kialiFeatureFlags: featureFlags(config.featureFlags, config.kubernetes.execProvider.enabled),
    logLevel: config.logLevel,
    prometheus: config.prometheus.enabled
      ? { enabled: true, globalScrapeInterval: prometheus.scrapeIntervalS, storageTsdbRetention: prometheus.retentionS }
      : { enabled: false, disabledReason: 'external_services.prometheus.enabled is false' },
    runMode: 'app',
  }
}

/** True flags are there, false ones are absent. */
const when = <K extends string>(key: K, value: boolean): { [name in K]?: true } => {
  const made: { [name in K]?: true } = {}
  if (value) made[key] = true
  return made
}

function isServed(inventory: Inventory, kind: Kind, cluster: ClusterName): boolean {
  const { state } = inventory.state(kind, cluster)
  return state === 'live' || state === 'stale' || state === 'forbidden'
}

/** As Kiali orders its fixed list; classes of other names follow by name. */
const istioClasses = ['istio', 'istio-remote', 'istio-east-west', 'istio-waypoint']

/**
 * Configured, else of each cluster the GatewayClasses that Istio controls, else the ones that Istio would make there
 * (reference: multicluster.md 12.4).
 */
function gatewayClasses(mesh: Mesh, clusters: readonly ClusterName[]): { name: string; className: string }[] {
  const configured = mesh.config.istio.gatewayApiClasses ?? []
  if (configured.length > 0) return configured.map((known) => ({ ...known }))
  const names = new Set<string>()
  const anyAmbient = clusters.some((cluster) => meshFactsOf(mesh.inventory).isAmbient(cluster))
  for (const cluster of clusters) {
    const found = [...mesh.inventory.all('gatewayclasses.gateway.networking.k8s.io', cluster)]
      .filter(({ resource }) => String(resource.spec?.controllerName ?? '').startsWith('istio.io'))
      .map(({ name }) => name)
    const assumed = istioClasses.filter(
      (name) => (name !== 'istio-east-west' || clusters.length > 1) && (name !== 'istio-waypoint' || anyAmbient),
    )
    for (const name of found.length > 0 ? found : assumed) names.add(name)
  }
  const rank = (name: string): number =>
    istioClasses.includes(name) ? istioClasses.indexOf(name) : istioClasses.length
  return [...names].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1)).map((name) => ({ name, className: name }))
}

const wireRate = ({ kind, name, namespace, tolerance }: HealthRate): WireHealthRate => ({
  ...(namespace === '' ? {} : { namespace }),
  ...(kind === '' ? {} : { kind }),
  ...(name === '' ? {} : { name }),
  tolerance: tolerance.map((each) => ({ ...each })),
})
