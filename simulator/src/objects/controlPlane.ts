/** What Istio's installation puts into a cluster beside workloads: mesh config, injector, root certificate, secrets. */
import type { KubernetesJson, Scenario, SimCluster, SimIstiod, SimWorkload } from '../scenario.ts'
import { idOfIstiod, istiodsOf, nameOfIstiod, namespaceOfIstiod } from '../system.ts'
import { injectorWebhook, tagWebhook } from './injection.ts'
import { type Birth, made } from './metadata.ts'
import { namespacesOf } from './namespaces.ts'
import type { IstiodFacts, MeshFacts } from './proxy.ts'
import { servedFromElsewhere } from './remote.ts'

/** The `discovery` container of istiod, with the environment that consoles read. */
export function istiodContainer(w: SimWorkload, facts: MeshFacts) {
  const self = facts.istiods.find((one) => one.namespace === w.namespace && one.name === w.name)
  return {
    name: 'discovery',
    image: w.image,
    args: ['discovery', '--monitoringAddr=:15014', '--log_output_level=default:info', '--domain', 'cluster.local'],
    env: [
      { name: 'REVISION', value: self?.revision ?? facts.revision },
      { name: 'PILOT_CERT_PROVIDER', value: 'istiod' },
      { name: 'POD_NAME', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } },
      { name: 'PILOT_TRACE_SAMPLING', value: '1' },
      { name: 'PILOT_ENABLE_AMBIENT', value: String(facts.cluster.ambient === true) },
      { name: 'PILOT_ENABLE_ANALYSIS', value: 'false' },
      { name: 'CLUSTER_ID', value: self?.id ?? facts.cluster.name },
      ...(self ? environmentOf(self, facts) : []),
    ],
    ports: [
      { name: 'http-debug', containerPort: 8080, protocol: 'TCP' },
      { name: 'grpc-xds', containerPort: 15010, protocol: 'TCP' },
      { name: 'tls-xds', containerPort: 15012, protocol: 'TCP' },
      { name: 'https-webhooks', containerPort: 15017, protocol: 'TCP' },
      { name: 'http-monitoring', containerPort: 15014, protocol: 'TCP' },
    ],
    readinessProbe: { httpGet: { path: '/ready', port: 8080, scheme: 'HTTP' }, periodSeconds: 3 },
    resources: { requests: { cpu: '500m', memory: '2Gi' }, limits: { cpu: '2', memory: '4Gi' } },
  }
}

function environmentOf(self: IstiodFacts, { cluster }: MeshFacts) {
  return [
    ...(self.servesOthers ? [{ name: 'EXTERNAL_ISTIOD', value: 'true' }] : []),
    ...(cluster.ambient ? [{ name: 'AMBIENT_ENABLE_MULTI_NETWORK', value: 'true' }] : []),
    ...(self.external && self.servesOthers
      ? [
          { name: 'LOCAL_CLUSTER_SECRET_WATCHER', value: 'true' },
          { name: 'SHARED_MESH_CONFIG', value: 'istio' },
          { name: 'INJECTION_WEBHOOK_CONFIG_NAME', value: `istio-sidecar-injector-${self.namespace}` },
          { name: 'VALIDATION_WEBHOOK_CONFIG_NAME', value: `istio-validator-${self.namespace}` },
        ]
      : []),
  ]
}

/** Objects of the system namespace of one cluster. `rootCertificate` is PEM, the same in all clusters of a mesh. */
export function controlPlaneObjects(
  scenario: Scenario,
  cluster: SimCluster,
  rootCertificate: string,
  birth: Birth,
): KubernetesJson[] {
  if (cluster.outside) return []
  const certificates = namespacesOf(scenario, cluster.name).map((namespace) =>
    rootCertificateMap(namespace.name, rootCertificate, birth),
  )
  return [
    ...certificates,
    ...istiodsOf(cluster).flatMap((istiod) => objectsOfIstiod(scenario, cluster, istiod, birth)),
    ...secrets(scenario, cluster, birth),
    ...(cluster.istiod ? [] : servedFromElsewhere(scenario, cluster, meshConfig, birth)),
  ]
}

function objectsOfIstiod(scenario: Scenario, cluster: SimCluster, istiod: SimIstiod, birth: Birth): KubernetesJson[] {
  const labels = { 'istio.io/rev': istiod.revision, release: 'istio' }
  const tail = istiod.revision === 'default' ? '' : `-${istiod.revision}`
  const map = { apiVersion: 'v1', kind: 'ConfigMap', namespace: namespaceOfIstiod(cluster, istiod), labels }
  const external = idOfIstiod(cluster, istiod) !== cluster.name
  return [
    made(birth, { ...map, name: `istio${tail}` }, { data: meshConfig(scenario, cluster, istiod) }),
    made(birth, { ...map, name: `istio-sidecar-injector${tail}` }, { data: injectorConfig(scenario, cluster, istiod) }),
    // One that serves another cluster injects there.
    ...(external ? [] : [injectorWebhook(cluster, istiod, birth)]),
    ...(istiod.tags ?? []).map((tag) => tagWebhook(cluster, istiod, tag, birth)),
  ]
}

const rootCertificateMap = (namespace: string, pem: string, birth: Birth): KubernetesJson =>
  made(
    birth,
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      namespace,
      name: 'istio-ca-root-cert',
      labels: { 'istio.io/config': 'true' },
    },
    { data: { 'root-cert.pem': pem } },
  )

/** MeshConfig in YAML. Written by hand: its few values are plain words. */
function meshConfig(scenario: Scenario, cluster: SimCluster, istiod: SimIstiod): Record<string, string> {
  const namespace = namespaceOfIstiod(cluster, istiod)
  const hosts = istiod.clusterLocalHosts
  const meshId = istiod.meshId ?? scenario.meshId
  const mesh = [
    'accessLogFile: /dev/stdout',
    'defaultConfig:',
    `  discoveryAddress: ${nameOfIstiod(istiod)}.${namespace}.svc:15012`,
    ...(meshId === '' ? [] : [`  meshId: ${meshId}`]),
    'defaultProviders:',
    '  metrics:',
    '  - prometheus',
    'enablePrometheusMerge: true',
    'outboundTrafficPolicy:',
    '  mode: ALLOW_ANY',
    `rootNamespace: ${namespace}`,
    ...(hosts.length === 0
      ? []
      : [
          'serviceSettings:',
          '- hosts:',
          ...hosts.map((host) => `  - ${JSON.stringify(host)}`),
          '  settings:',
          '    clusterLocal: true',
        ]),
    ...(cluster.ambient
      ? [
          'serviceScopeConfigs:',
          '- servicesSelector:',
          '    matchExpressions:',
          '    - key: istio.io/global',
          '      operator: In',
          '      values:',
          '      - "true"',
          '  scope: GLOBAL',
        ]
      : []),
    `trustDomain: ${scenario.trustDomain}`,
  ]
  return { mesh: `${mesh.join('\n')}\n`, meshNetworks: 'networks: {}' }
}

function injectorConfig(scenario: Scenario, cluster: SimCluster, istiod: SimIstiod): Record<string, string> {
  const id = idOfIstiod(cluster, istiod)
  const values = {
    global: {
      hub: 'docker.io/istio',
      istioNamespace: namespaceOfIstiod(cluster, istiod),
      meshID: istiod.meshId ?? scenario.meshId,
      multiCluster: { clusterName: id },
      network: scenario.clusters.find(({ name }) => name === id)?.network ?? cluster.network,
      tag: istiod.version,
    },
    revision: istiod.revision,
  }
  return { config: 'policy: enabled\n', values: JSON.stringify(values, null, 2) }
}

/** `cacerts`, and what lets the istiods here read other clusters. Values are blank: nothing here opens anything. */
function secrets(scenario: Scenario, cluster: SimCluster, birth: Birth): KubernetesJson[] {
  const namespaces = [...new Set(istiodsOf(cluster).map((istiod) => namespaceOfIstiod(cluster, istiod)))]
  return namespaces.flatMap((namespace) => {
    const ids = istiodsOf(cluster)
      .filter((istiod) => namespaceOfIstiod(cluster, istiod) === namespace)
      .map((istiod) => idOfIstiod(cluster, istiod))
    const read = scenario.clusters.filter(({ name, outside }) => !outside && !ids.includes(name))
    const configCluster = ids.find((id) => id !== cluster.name)
    return [
      made(
        birth,
        { apiVersion: 'v1', kind: 'Secret', namespace, name: 'cacerts' },
        { type: 'Opaque', data: { 'root-cert.pem': '' } },
      ),
      ...(configCluster === undefined
        ? read.map(({ name }) => remoteSecret(namespace, name, birth))
        : [
            kubeconfigSecret(namespace, birth),
            ...read.filter(({ name }) => name !== cluster.name).map(({ name }) => remoteSecret(namespace, name, birth)),
          ]),
    ]
  })
}

const remoteSecret = (namespace: string, other: string, birth: Birth): KubernetesJson =>
  made(
    birth,
    {
      apiVersion: 'v1',
      kind: 'Secret',
      namespace,
      name: `istio-remote-secret-${other}`,
      labels: { 'istio/multiCluster': 'true' },
      annotations: { 'networking.istio.io/cluster': other },
    },
    { type: 'Opaque', data: { [other]: '' } },
  )

/** How an external istiod reaches the cluster whose configuration it reads. */
const kubeconfigSecret = (namespace: string, birth: Birth): KubernetesJson =>
  made(
    birth,
    { apiVersion: 'v1', kind: 'Secret', namespace, name: 'istio-kubeconfig' },
    { type: 'Opaque', data: { config: '' } },
  )
