/**
 * The kinds that are watched: where each lives in the Kubernetes API. Versions are in order of preference; the first
 * that a cluster serves is used, and of Istio's and the Gateway API's kinds it is the version that answers name.
 */
import type { Kind } from './inventory.ts'

export interface Resource {
  readonly group: string
  readonly versions: readonly string[]
  readonly plural: string
  /** The Kubernetes kind, e.g. `VirtualService`. */
  readonly kubernetesKind: string
  readonly namespaced: boolean
}

const networking = 'networking.istio.io'
const security = 'security.istio.io'
const gateway = 'gateway.networking.k8s.io'

export const resources: Readonly<Record<Kind, Resource>> = {
  // Small and decisive kinds first: this is the order in which they are synced.
  namespaces: clusterScoped('', ['v1'], 'namespaces', 'Namespace'),
  nodes: clusterScoped('', ['v1'], 'nodes', 'Node'),
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': clusterScoped(
    'admissionregistration.k8s.io',
    ['v1'],
    'mutatingwebhookconfigurations',
    'MutatingWebhookConfiguration',
  ),
  services: namespaced('', ['v1'], 'services', 'Service'),
  'deployments.apps': namespaced('apps', ['v1'], 'deployments', 'Deployment'),
  'statefulsets.apps': namespaced('apps', ['v1'], 'statefulsets', 'StatefulSet'),
  'daemonsets.apps': namespaced('apps', ['v1'], 'daemonsets', 'DaemonSet'),
  'jobs.batch': namespaced('batch', ['v1'], 'jobs', 'Job'),
  'cronjobs.batch': namespaced('batch', ['v1'], 'cronjobs', 'CronJob'),
  replicationcontrollers: namespaced('', ['v1'], 'replicationcontrollers', 'ReplicationController'),
  'destinationrules.networking.istio.io': istio('destinationrules', 'DestinationRule'),
  'envoyfilters.networking.istio.io': namespaced(networking, ['v1alpha3'], 'envoyfilters', 'EnvoyFilter'),
  'gateways.networking.istio.io': istio('gateways', 'Gateway'),
  'proxyconfigs.networking.istio.io': namespaced(networking, ['v1beta1'], 'proxyconfigs', 'ProxyConfig'),
  'serviceentries.networking.istio.io': istio('serviceentries', 'ServiceEntry'),
  'sidecars.networking.istio.io': istio('sidecars', 'Sidecar'),
  'virtualservices.networking.istio.io': istio('virtualservices', 'VirtualService'),
  'workloadentries.networking.istio.io': istio('workloadentries', 'WorkloadEntry'),
  'workloadgroups.networking.istio.io': istio('workloadgroups', 'WorkloadGroup'),
  'telemetries.telemetry.istio.io': namespaced('telemetry.istio.io', ['v1', 'v1alpha1'], 'telemetries', 'Telemetry'),
  'trafficextensions.extensions.istio.io': namespaced(
    'extensions.istio.io',
    ['v1alpha1'],
    'trafficextensions',
    'TrafficExtension',
  ),
  'wasmplugins.extensions.istio.io': namespaced('extensions.istio.io', ['v1alpha1'], 'wasmplugins', 'WasmPlugin'),
  'authorizationpolicies.security.istio.io': secured('authorizationpolicies', 'AuthorizationPolicy'),
  'peerauthentications.security.istio.io': secured('peerauthentications', 'PeerAuthentication'),
  'requestauthentications.security.istio.io': secured('requestauthentications', 'RequestAuthentication'),
  'gatewayclasses.gateway.networking.k8s.io': clusterScoped(
    gateway,
    ['v1', 'v1beta1'],
    'gatewayclasses',
    'GatewayClass',
  ),
  'gateways.gateway.networking.k8s.io': namespaced(gateway, ['v1', 'v1beta1'], 'gateways', 'Gateway'),
  'grpcroutes.gateway.networking.k8s.io': namespaced(gateway, ['v1'], 'grpcroutes', 'GRPCRoute'),
  'httproutes.gateway.networking.k8s.io': namespaced(gateway, ['v1', 'v1beta1'], 'httproutes', 'HTTPRoute'),
  'referencegrants.gateway.networking.k8s.io': namespaced(
    gateway,
    ['v1beta1', 'v1'],
    'referencegrants',
    'ReferenceGrant',
  ),
  'tcproutes.gateway.networking.k8s.io': namespaced(gateway, ['v1', 'v1alpha2'], 'tcproutes', 'TCPRoute'),
  'tlsroutes.gateway.networking.k8s.io': namespaced(gateway, ['v1', 'v1alpha3', 'v1alpha2'], 'tlsroutes', 'TLSRoute'),
  'udproutes.gateway.networking.k8s.io': namespaced(gateway, ['v1', 'v1alpha2'], 'udproutes', 'UDPRoute'),
  'inferencepools.inference.networking.k8s.io': namespaced(
    'inference.networking.k8s.io',
    ['v1'],
    'inferencepools',
    'InferencePool',
  ),
  'serviceexports.multicluster.x-k8s.io': multicluster('serviceexports', 'ServiceExport'),
  'serviceimports.multicluster.x-k8s.io': multicluster('serviceimports', 'ServiceImport'),
  configmaps: namespaced('', ['v1'], 'configmaps', 'ConfigMap'),
  'replicasets.apps': namespaced('apps', ['v1'], 'replicasets', 'ReplicaSet'),
  pods: namespaced('', ['v1'], 'pods', 'Pod'),
}

export function isKind(name: string): name is Kind {
  return Object.hasOwn(resources, name)
}

/** In the Kubernetes API: `/api/v1/pods`, `/apis/apps/v1/deployments`; of one namespace, or without one of all. */
export function collectionPath(kind: Kind, version: string, namespace = ''): string {
  const { group, plural } = resources[kind]
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  return namespace === '' ? `${root}/${plural}` : `${root}/namespaces/${encodeURIComponent(namespace)}/${plural}`
}

export const allKinds: readonly Kind[] = Object.keys(resources).filter(isKind)

/** `v1`, `apps/v1`. */
export const apiVersionOf = (group: string, version: string): string => (group === '' ? version : `${group}/${version}`)

function namespaced(group: string, versions: readonly string[], plural: string, kubernetesKind: string): Resource {
  return { group, versions, plural, kubernetesKind, namespaced: true }
}

function clusterScoped(group: string, versions: readonly string[], plural: string, kubernetesKind: string): Resource {
  return { group, versions, plural, kubernetesKind, namespaced: false }
}

function istio(plural: string, kubernetesKind: string): Resource {
  return namespaced(networking, ['v1', 'v1beta1', 'v1alpha3'], plural, kubernetesKind)
}

function secured(plural: string, kubernetesKind: string): Resource {
  return namespaced(security, ['v1', 'v1beta1'], plural, kubernetesKind)
}

/** Istio reads v1alpha1. */
function multicluster(plural: string, kubernetesKind: string): Resource {
  return namespaced('multicluster.x-k8s.io', ['v1alpha1', 'v1beta1'], plural, kubernetesKind)
}
