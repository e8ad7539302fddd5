/** Kiali or Binocle, and the metrics store it asks (reference: graph.md 6.3, 6.4). */
import type { ClusterName } from '@binocle/api/identity'
import type { Scope } from '../access/scope.ts'
import type { ControlPlane } from '../mesh/controlPlanes.ts'
import type { Mesh } from '../model.ts'
import { kubeCluster } from '../status/kubeCluster.ts'
import type { Elements, NodeKey } from './nodes.ts'

/** What the console knows of itself and of Prometheus. */
export interface ConsoleFacts {
  readonly consoleVersion: string
  /** undefined while it does not say. */
  readonly prometheusVersion: string | undefined
}

/** The consoles that run beside a control plane; without any this one, as one that runs outside. */
export function addConsoles(
  mesh: Mesh,
  scope: Scope,
  istiods: ReadonlyMap<ControlPlane, string>,
  elements: Elements,
  facts: ConsoleFacts,
): void {
  const consoles = consolesBeside(mesh, scope, new Set([...istiods.keys()].map(({ cluster }) => cluster)), elements)
  const own = consoles.size > 0 ? consoles : consoleOutside(mesh, scope, elements, facts)
  for (const [id, cluster] of own) {
    for (const [plane, istiod] of istiods)
      if (plane.cluster === cluster && mesh.config.istio.apiEnabled !== false) elements.edge(id, istiod)
    addMetricStore(mesh, scope, id, elements, facts)
  }
}

/** Node id -> cluster. */
type Consoles = ReadonlyMap<string, ClusterName>

function consolesBeside(mesh: Mesh, scope: Scope, clusters: ReadonlySet<ClusterName>, elements: Elements): Consoles {
  const found = new Map<string, ClusterName>()
  for (const cluster of mesh.clusters.list()) {
    if (!clusters.has(cluster.name)) continue
    for (const instance of kubeCluster(mesh.inventory, scope, cluster, mesh.config.kubernetes.kialiUrls)
      .kialiInstances ?? []) {
      const key = {
        cluster: cluster.name,
        namespace: instance.namespace,
        infraName: instance.serviceName,
        version: instance.version,
      }
      found.set(elements.node(key, 'kiali', { infraData: settings(mesh) }), cluster.name)
    }
  }
  return found
}

function consoleOutside(mesh: Mesh, scope: Scope, elements: Elements, facts: ConsoleFacts): Consoles {
  const home = mesh.clusters.list().find((cluster) => cluster.home)?.name
  if (home === undefined || scope.seesCluster(home) === 'no') return new Map()
  const { instanceName = 'kiali', namespace = 'istio-system' } = mesh.config.deployment
  const key = { cluster: home, namespace, infraName: instanceName, version: facts.consoleVersion }
  return new Map([[elements.node(key, 'kiali', { infraData: { mode: 'local', ...settings(mesh) } }), home]])
}

/** The settings about Istio that we act on, under Kiali's names. */
function settings({ config: { istio } }: Mesh): Record<string, unknown> {
  return {
    componentStatuses: { enabled: istio.componentStatusEnabled ?? true },
    ...(istio.gatewayApiClasses?.length ? { gatewayApiClasses: istio.gatewayApiClasses } : {}),
    istioApiEnabled: istio.apiEnabled ?? true,
    ...(istio.identityDomain === '' ? {} : { istioIdentityDomain: istio.identityDomain }),
    istiodPollingIntervalSeconds: istio.pollIntervalS ?? 20,
    validationChangeDetectionEnabled: true,
  }
}

function addMetricStore(
  mesh: Mesh,
  scope: Scope,
  console: string,
  elements: Elements,
  { prometheusVersion }: ConsoleFacts,
): void {
  const { auth, enabled, insecureSkipVerify, queryScope, url } = mesh.config.prometheus
  if (!enabled) return
  const place = placeOf(mesh, scope, url)
  const shown = mesh.config.istio.componentStatusEnabled !== false
  const key: NodeKey = {
    ...(place ?? { cluster: '_external_', namespace: '' }),
    infraName: 'Prometheus',
    version: prometheusVersion ?? '',
  }
  const id = elements.node(key, 'metricStore', {
    healthData: shown && mesh.traffic.health?.().state === 'unreachable' ? 'Unreachable' : 'Healthy',
    infraData: {
      auth: { ...hidden, insecureSkipVerify, type: auth?.type ?? 'none' },
      enabled,
      ...(Object.keys(queryScope).length > 0 ? { queryScope } : {}),
      url: withoutCredentials(url),
    },
    ...(place === undefined ? outside : {}),
  })
  elements.edge(console, id)
  if (place === undefined)
    elements.node({ cluster: '_external_', namespace: '', infraName: 'External Deployments' }, 'cluster', outside)
}

const outside = { isExternal: true, isInaccessible: true } as const

/** Never told, whether set or not. */
const hidden = {
  certFile: 'xxx',
  keyFile: 'xxx',
  oauth2: { clientId: '', clientSecret: 'xxx', tokenUrl: '' },
  password: 'xxx',
  token: 'xxx',
  useKialiToken: false,
  username: 'xxx',
}

/** The Service of the home cluster that the URL names as `service.namespace`; undefined = it runs elsewhere. */
function placeOf(
  { clusters, inventory }: Mesh,
  scope: Scope,
  url: string,
): { readonly cluster: ClusterName; readonly namespace: string } | undefined {
  const home = clusters.list().find((cluster) => cluster.home)?.name
  const host = URL.canParse(url) ? new URL(url).hostname : ''
  if (home === undefined || host === '' || /^[0-9.]+$|:/.test(host)) return undefined
  const [service = '', namespace = ''] = host.replace(/\.svc\.cluster\.local$/, '').split('.')
  const at = { cluster: home, namespace }
  return scope.sees(at) === 'yes' && inventory.get('services', at, service) !== undefined ? at : undefined
}

function withoutCredentials(url: string): string {
  if (!URL.canParse(url)) return ''
  const parsed = new URL(url)
  if (parsed.username === '' && parsed.password === '') return url
  parsed.username = ''
  parsed.password = ''
  return parsed.toString()
}
