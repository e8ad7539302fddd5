/** What Istio's installation puts into a cluster beside workloads: mesh config, injector, root certificate, secrets. */
import type { KubernetesJson, Scenario, SimCluster, SimWorkload } from '../scenario.ts'
import { ISTIO_NAMESPACE, istiodName } from '../system.ts'
import { type Birth, made } from './metadata.ts'
import { namespacesOf } from './namespaces.ts'
import type { MeshFacts } from './proxy.ts'

/** The `discovery` container of istiod, with the environment that consoles read. */
export const istiodContainer = (w: SimWorkload, facts: MeshFacts) => ({
  name: 'discovery',
  image: w.image,
  args: ['discovery', '--monitoringAddr=:15014', '--log_output_level=default:info', '--domain', 'cluster.local'],
  env: [
    { name: 'REVISION', value: facts.revision },
    { name: 'PILOT_CERT_PROVIDER', value: 'istiod' },
    { name: 'POD_NAME', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } },
    { name: 'PILOT_TRACE_SAMPLING', value: '1' },
    { name: 'PILOT_ENABLE_AMBIENT', value: 'false' },
    { name: 'PILOT_ENABLE_ANALYSIS', value: 'false' },
    { name: 'CLUSTER_ID', value: facts.cluster.name },
    ...(facts.servesRemotes ? [{ name: 'EXTERNAL_ISTIOD', value: 'true' }] : []),
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
})

/** Objects of the system namespace of one cluster. `rootCertificate` is PEM, the same in all clusters of a mesh. */
export function controlPlaneObjects(
  scenario: Scenario,
  cluster: SimCluster,
  rootCertificate: string,
  birth: Birth,
): KubernetesJson[] {
  const certificates = namespacesOf(scenario, cluster.name).map((namespace) =>
    rootCertificateMap(namespace.name, rootCertificate, birth),
  )
  if (!cluster.istiod) return certificates
  const labels = { 'istio.io/rev': cluster.istiod.revision, release: 'istio' }
  const tail = cluster.istiod.revision === 'default' ? '' : `-${cluster.istiod.revision}`
  const system = { namespace: ISTIO_NAMESPACE, labels }
  const map = { apiVersion: 'v1', kind: 'ConfigMap', ...system }
  return [
    ...certificates,
    made(birth, { ...map, name: `istio${tail}` }, { data: meshConfig(scenario, cluster) }),
    made(birth, { ...map, name: `istio-sidecar-injector${tail}` }, { data: injectorConfig(scenario, cluster) }),
    injectorWebhook(cluster, labels, birth),
    made(
      birth,
      { apiVersion: 'v1', kind: 'Secret', namespace: ISTIO_NAMESPACE, name: 'cacerts' },
      { type: 'Opaque', data: { 'root-cert.pem': '' } },
    ),
    ...scenario.clusters.filter((other) => other.name !== cluster.name).map((other) => remoteSecret(other.name, birth)),
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
function meshConfig(scenario: Scenario, cluster: SimCluster): Record<string, string> {
  const hosts = cluster.istiod?.clusterLocalHosts ?? []
  const mesh = [
    'accessLogFile: /dev/stdout',
    'defaultConfig:',
    `  discoveryAddress: ${istiodName(cluster)}.istio-system.svc:15012`,
    `  meshId: ${scenario.meshId}`,
    'defaultProviders:',
    '  metrics:',
    '  - prometheus',
    'enablePrometheusMerge: true',
    'outboundTrafficPolicy:',
    '  mode: ALLOW_ANY',
    `rootNamespace: ${ISTIO_NAMESPACE}`,
    ...(hosts.length === 0
      ? []
      : [
          'serviceSettings:',
          '- hosts:',
          ...hosts.map((host) => `  - ${JSON.stringify(host)}`),
          '  settings:',
          '    clusterLocal: true',
        ]),
    `trustDomain: ${scenario.trustDomain}`,
  ]
  return { mesh: `${mesh.join('\n')}\n`, meshNetworks: 'networks: {}' }
}

function injectorConfig(scenario: Scenario, cluster: SimCluster): Record<string, string> {
  const values = {
    global: {
      hub: 'docker.io/istio',
      istioNamespace: ISTIO_NAMESPACE,
      meshID: scenario.meshId,
      multiCluster: { clusterName: cluster.name },
      network: cluster.network,
      tag: cluster.istiod?.version,
    },
    revision: cluster.istiod?.revision,
  }
  return { config: 'policy: enabled\n', values: JSON.stringify(values, null, 2) }
}

function injectorWebhook(cluster: SimCluster, labels: Record<string, string>, birth: Birth): KubernetesJson {
  const revision = cluster.istiod?.revision ?? 'default'
  return made(
    birth,
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      name: revision === 'default' ? 'istio-sidecar-injector' : `istio-sidecar-injector-${revision}`,
      labels: { ...labels, app: 'sidecar-injector' },
    },
    {
      webhooks: [
        {
          name: 'rev.namespace.sidecar-injector.istio.io',
          admissionReviewVersions: ['v1'],
          clientConfig: {
            service: { name: istiodName(cluster), namespace: ISTIO_NAMESPACE, path: '/inject', port: 443 },
          },
          failurePolicy: 'Fail',
          sideEffects: 'None',
          namespaceSelector: { matchExpressions: [{ key: 'istio.io/rev', operator: 'In', values: [revision] }] },
          rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'], scope: '*' }],
        },
      ],
    },
  )
}

/** What lets this cluster's istiod read another cluster. Values are blank: nothing here opens anything. */
const remoteSecret = (other: string, birth: Birth): KubernetesJson =>
  made(
    birth,
    {
      apiVersion: 'v1',
      kind: 'Secret',
      namespace: ISTIO_NAMESPACE,
      name: `istio-remote-secret-${other}`,
      labels: { 'istio/multiCluster': 'true' },
      annotations: { 'networking.istio.io/cluster': other },
    },
    { type: 'Opaque', data: { [other]: '' } },
  )
