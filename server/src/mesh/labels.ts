/** The labels and annotations by which Istio marks workloads, pods and namespaces (validations.md 5.16, graph.md 4). */
import type { Config } from '../config/config.ts'
import type { Labels, Pod } from '../inventory/objects.ts'

const appLabels = ['service.istio.io/canonical-name', 'app.kubernetes.io/name', 'app'] as const
const versionLabels = ['service.istio.io/canonical-revision', 'app.kubernetes.io/version', 'version'] as const

export interface LabelNames {
  /** The name of the app of something with these labels; undefined when it has none. */
  appOf(labels: Labels): string | undefined
  versionOf(labels: Labels): string | undefined
}

/** Both names configured: only these; else the first of the usual ones that is present. */
export function labelNames({ appLabel, versionLabel }: Config['istio']): LabelNames {
  const configured = appLabel !== '' && versionLabel !== ''
  const apps = configured ? [appLabel] : appLabels
  const versions = configured ? [versionLabel] : versionLabels
  return { appOf: (labels) => firstOf(apps, labels), versionOf: (labels) => firstOf(versions, labels) }
}

function firstOf(names: readonly string[], labels: Labels): string | undefined {
  for (const name of names) if (labels[name] !== undefined) return labels[name]
  return undefined
}

export const useWaypoint = 'istio.io/use-waypoint'
export const useWaypointNamespace = 'istio.io/use-waypoint-namespace'
export const waypointFor = 'istio.io/waypoint-for'
export const gatewayName = 'gateway.networking.k8s.io/gateway-name'
export const dataplaneMode = 'istio.io/dataplane-mode'
export const inject = 'sidecar.istio.io/inject'

/** A waypoint proxy, by the labels of its workload. */
export const isWaypoint = (labels: Labels): boolean =>
  labels['gateway.istio.io/managed'] === 'istio.io-mesh-controller' ||
  (labels[gatewayName] ?? '').toLowerCase().includes('waypoint')

export const isZtunnel = (labels: Labels): boolean => labels.app === 'ztunnel'

/** An ingress, egress or Gateway API gateway. */
export const isGateway = (labels: Labels, templateAnnotations: Labels): boolean =>
  ['IngressGateways', 'EgressGateways'].includes(labels['operator.istio.io/component'] ?? '') ||
  ['ingressgateway', 'egressgateway'].includes(labels.istio ?? '') ||
  templateAnnotations['inject.istio.io/templates'] === 'gateway' ||
  labels['istio.io/gateway-name'] !== undefined ||
  labels['gateway.istio.io/managed'] === 'istio.io-gateway-controller'

/** ztunnel takes the pod's traffic. */
export const isCaptured = (pod: Pod): boolean => pod.annotations['ambient.istio.io/redirection'] === 'enabled'

/** The injector left its note, with the names of what it added; a native sidecar is an init container that stays. */
export function hasSidecar(pod: Pod): boolean {
  const { names, initNames } = proxyContainers(pod)
  return (
    names.size > 0 ||
    pod.initContainers.some(({ name, restartPolicy }) => restartPolicy === 'Always' && initNames.has(name))
  )
}

export interface ProxyContainers {
  readonly names: ReadonlySet<string>
  readonly initNames: ReadonlySet<string>
}

/** By the annotations, which pods of one workload share: of their own, 20,000 pods kept twice as many sets. */
const injected = new WeakMap<Labels, ProxyContainers>()
const notInjected: ProxyContainers = { names: new Set(), initNames: new Set() }

/** Which of a pod's containers are Istio's, as the annotation `sidecar.istio.io/status` says. */
export function proxyContainers(pod: Pod): ProxyContainers {
  const status = pod.annotations['sidecar.istio.io/status']
  if (status === undefined) return notInjected
  let proxies = injected.get(pod.annotations)
  if (proxies === undefined) {
    proxies = parseStatus(status)
    injected.set(pod.annotations, proxies)
  }
  return proxies
}

function parseStatus(status: string): ProxyContainers {
  try {
    const parsed: unknown = JSON.parse(status)
    return { names: namesIn(parsed, 'containers'), initNames: namesIn(parsed, 'initContainers') }
  } catch {
    return notInjected
  }
}

function namesIn(parsed: unknown, field: string): ReadonlySet<string> {
  if (typeof parsed !== 'object' || parsed === null) return new Set()
  const names: unknown = Object.entries(parsed).find(([name]) => name === field)?.[1]
  return new Set(Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [])
}
