/**
 * Kubernetes JSON -> the slim objects of the inventory: what no page or answer shows is dropped here, at the parser, so
 * that the full object never outlives its line. An object that does not fit its type is a rejection with the reason.
 */
import type { Kind, Kinds } from './inventory.ts'
import { isRecord, type Json, Malformed, record, records, text, texts } from './json.ts'
import type { ConfigMap, ConfigObject, KubernetesObject, Meta, Node, Service, ServicePort } from './objects.ts'
import type { Origin } from './origin.ts'
import { slimController } from './slimController.ts'
import { hasMap, metaOf, stringMap } from './slimMeta.ts'
import { slimPod } from './slimPod.ts'

export type Slimmed<K extends Kind> =
  | { readonly object: Kinds[K] }
  /** `name` is `namespace/name` as far as it can be read. */
  | { readonly rejected: { readonly name: string; readonly reason: string } }

/** Takes the parsed JSON over: parts of it are reused and may be replaced by equal shared ones. */
export function slim<K extends Kind>(kind: K, json: unknown, origin: Origin): Slimmed<K> {
  try {
    if (!isRecord(json)) throw new Malformed('object', 'an object')
    return { object: parsers[kind](json, origin) }
  } catch (error) {
    if (error instanceof Malformed) return { rejected: { name: nameOf(json), reason: error.message } }
    throw error
  }
}

type Parsers = { readonly [K in Kind]: (json: Json, origin: Origin) => Kinds[K] }

const onlyMeta = (json: Json, origin: Origin): Meta => metaOf(json, origin)

const parsers: Parsers = {
  namespaces: onlyMeta,
  nodes: slimNode,
  pods: slimPod,
  services: slimService,
  configmaps: slimConfigMap,
  'deployments.apps': slimController,
  'replicasets.apps': slimController,
  'statefulsets.apps': slimController,
  'daemonsets.apps': slimController,
  'jobs.batch': slimController,
  'cronjobs.batch': slimController,
  replicationcontrollers: slimController,
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': onlyMeta,
  'destinationrules.networking.istio.io': slimConfig,
  'envoyfilters.networking.istio.io': slimConfig,
  'gateways.networking.istio.io': slimConfig,
  'proxyconfigs.networking.istio.io': slimConfig,
  'serviceentries.networking.istio.io': slimConfig,
  'sidecars.networking.istio.io': slimConfig,
  'virtualservices.networking.istio.io': slimConfig,
  'workloadentries.networking.istio.io': slimConfig,
  'workloadgroups.networking.istio.io': slimConfig,
  'telemetries.telemetry.istio.io': slimConfig,
  'trafficextensions.extensions.istio.io': slimConfig,
  'wasmplugins.extensions.istio.io': slimConfig,
  'authorizationpolicies.security.istio.io': slimConfig,
  'peerauthentications.security.istio.io': slimConfig,
  'requestauthentications.security.istio.io': slimConfig,
  'gatewayclasses.gateway.networking.k8s.io': slimConfig,
  'gateways.gateway.networking.k8s.io': slimConfig,
  'grpcroutes.gateway.networking.k8s.io': slimConfig,
  'httproutes.gateway.networking.k8s.io': slimConfig,
  'referencegrants.gateway.networking.k8s.io': slimConfig,
  'tcproutes.gateway.networking.k8s.io': slimConfig,
  'tlsroutes.gateway.networking.k8s.io': slimConfig,
  'udproutes.gateway.networking.k8s.io': slimConfig,
  'inferencepools.inference.networking.k8s.io': slimConfig,
  'serviceexports.multicluster.x-k8s.io': slimConfig,
  'serviceimports.multicluster.x-k8s.io': slimConfig,
}

function slimNode(json: Json, origin: Origin): Node {
  const status = record(json, 'status')
  return {
    kubeletVersion: origin.sharing.share(text(record(status, 'nodeInfo'), 'kubeletVersion')),
    ready: records(status, 'conditions').some((condition) => condition.type === 'Ready' && condition.status === 'True'),
    ...metaOf(json, origin),
  }
}

function slimService(json: Json, origin: Origin): Service {
  const spec = record(json, 'spec')
  const { share } = origin.sharing
  return {
    type: share(text(spec, 'type')),
    clusterIP: text(spec, 'clusterIP'),
    clusterIPs: share(texts(spec, 'clusterIPs')),
    ipFamilies: share(texts(spec, 'ipFamilies')),
    externalName: text(spec, 'externalName'),
    selector: share(stringMap(spec, 'selector')),
    hasSelector: hasMap(spec, 'selector'),
    ports: share(records(spec, 'ports').map(servicePort)),
    loadBalancer: share(
      records(record(record(json, 'status'), 'loadBalancer'), 'ingress')
        .map((ingress) => text(ingress, 'ip') || text(ingress, 'hostname'))
        .filter((address) => address !== ''),
    ),
    ...metaOf(json, origin),
  }
}

function servicePort(port: Json): ServicePort {
  const { targetPort } = port
  return {
    name: text(port, 'name'),
    protocol: text(port, 'protocol'),
    port: typeof port.port === 'number' ? port.port : 0,
    targetPort: typeof targetPort === 'string' || typeof targetPort === 'number' ? String(targetPort) : '',
    appProtocol: text(port, 'appProtocol'),
  }
}

/**
 * Mesh configuration, the injector's values and root certificates. Of the injector's 110 KB only `values` is ever read.
 * Any ConfigMap may be the shared mesh configuration (an istiod names it in SHARED_MESH_CONFIG): of those that are not
 * known by name only its keys are kept. Leader election rewrites its ConfigMaps every two seconds: without their
 * annotations they do not look changed.
 */
function slimConfigMap(json: Json, origin: Origin): ConfigMap {
  const meta = metaOf(json, origin)
  const kept = keptKeys(meta.name, hasMap(record(json, 'metadata'), 'labels') ? meta.labels : {})
  const keep = (wanted: (key: string) => boolean) =>
    origin.sharing.share(Object.fromEntries(Object.entries(stringMap(json, 'data')).filter(([key]) => wanted(key))))
  if (kept === 'all') return { data: origin.sharing.share(stringMap(json, 'data')), ...meta }
  if (kept === 'values') return { data: keep((key) => key !== 'config'), ...meta }
  return typeof record(json, 'data').mesh === 'string'
    ? { data: keep((key) => meshKeys.includes(key)), ...meta }
    : { data: {}, ...meta, annotations: {} }
}

const meshKeys = ['mesh', 'meshNetworks']

function keptKeys(name: string, labels: Readonly<Record<string, string>>): 'all' | 'none' | 'values' {
  if (name.startsWith('istio-sidecar-injector')) return 'values'
  if (name === 'istio' || name.startsWith('istio-') || 'istio.io/config' in labels) {
    return name.startsWith('istio-leader') ? 'none' : 'all'
  }
  return 'none'
}

function slimConfig(json: Json, origin: Origin): ConfigObject {
  const meta = metaOf(json, origin, 'with last-applied')
  return {
    group: origin.group,
    version: origin.version,
    kind: origin.kubernetesKind,
    resource: resourceOf(json, meta, origin),
    ...meta,
  }
}

/** As served, without `managedFields`; equal specs of different clusters are one value. */
function resourceOf(json: Json, meta: Meta, origin: Origin): KubernetesObject {
  const { share } = origin.sharing
  const { managedFields: _, ...metadata } = record(json, 'metadata')
  const rest = Object.fromEntries(
    Object.entries(json)
      .filter(([field]) => field !== 'metadata' && field !== 'apiVersion' && field !== 'kind')
      .map(([field, value]) => [field, share(value)]),
  )
  for (const field of ['spec', 'status']) record(json, field)
  return {
    apiVersion: share(text(json, 'apiVersion') || `${origin.group}/${origin.version}`),
    kind: origin.kubernetesKind,
    metadata: {
      ...metadata,
      ...(meta.hasLabels ? { labels: meta.labels } : {}),
      ...(meta.hasAnnotations ? { annotations: meta.annotations } : {}),
    },
    ...rest,
  }
}

function nameOf(json: unknown): string {
  if (!isRecord(json) || !isRecord(json.metadata)) return '?'
  const { namespace, name } = json.metadata
  return [namespace, name].filter((part) => typeof part === 'string').join('/') || '?'
}
