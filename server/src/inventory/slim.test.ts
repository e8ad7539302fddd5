import { describe, expect, it } from 'vitest'
import type { Kind, Kinds } from './inventory.ts'
import { resources } from './kinds.ts'
import { createSharing } from './sharing.ts'
import { slim } from './slim.ts'

const sharing = createSharing(1024)

function slimmed<K extends Kind>(kind: K, json: unknown): Kinds[K] {
  const { group, versions, kubernetesKind } = resources[kind]
  const made = slim(kind, json, { cluster: 'west', group, version: versions[0] ?? '', kubernetesKind, sharing })
  if ('rejected' in made) throw new Error(made.rejected.reason)
  return made.object
}

function rejection(kind: Kind, json: unknown): string {
  const { group, versions, kubernetesKind } = resources[kind]
  const made = slim(kind, json, { cluster: 'west', group, version: versions[0] ?? '', kubernetesKind, sharing })
  return 'rejected' in made ? `${made.rejected.name}: ${made.rejected.reason}` : 'none'
}

const metadata = {
  namespace: 'shop',
  name: 'cart',
  uid: 'u-1',
  resourceVersion: '7',
  creationTimestamp: '2026-01-02T03:04:05Z',
}
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

describe('what is kept of an object', () => {
  it('is its identity, with labels and annotations', () => {
    const labels = { app: 'cart' }
    const annotations = { team: 'blue', [lastApplied]: '{}' }
    expect(slimmed('namespaces', { metadata: { ...metadata, labels, annotations, managedFields: [{}] } })).toEqual({
      cluster: 'west',
      namespace: 'shop',
      name: 'cart',
      uid: 'u-1',
      resourceVersion: '7',
      createdAt: '2026-01-02T03:04:05Z',
      labels: { app: 'cart' },
      annotations: { team: 'blue' },
      hasLabels: true,
      hasAnnotations: true,
    })
  })

  it('tells absent labels from empty ones', () => {
    expect(slimmed('namespaces', { metadata })).toMatchObject({ labels: {}, hasLabels: false })
    expect(slimmed('namespaces', { metadata: { ...metadata, labels: {} } })).toMatchObject({
      labels: {},
      hasLabels: true,
    })
  })

  it('of a pod says whether each container is ready', () => {
    const pod = slimmed('pods', {
      metadata: {
        ...metadata,
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'r', controller: true }],
      },
      spec: {
        serviceAccountName: 'cart',
        nodeName: 'n1',
        initContainers: [{ name: 'istio-proxy', image: 'proxy', restartPolicy: 'Always' }],
        containers: [{ name: 'app', image: 'cart:1', ports: [{ name: 'http', containerPort: 80, protocol: 'TCP' }] }],
      },
      status: {
        phase: 'Running',
        podIP: '10.0.0.1',
        conditions: [{ type: 'Ready', status: 'True' }],
        initContainerStatuses: [{ name: 'istio-proxy', ready: true }],
        containerStatuses: [{ name: 'app', ready: false }],
      },
    })
    expect(pod.initContainers).toEqual([
      { name: 'istio-proxy', image: 'proxy', ready: true, restartPolicy: 'Always', ports: [] },
    ])
    expect(pod.containers).toEqual([
      {
        name: 'app',
        image: 'cart:1',
        ready: false,
        restartPolicy: '',
        ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
      },
    ])
    expect(pod).toMatchObject({
      serviceAccount: 'cart',
      nodeName: 'n1',
      phase: 'Running',
      podIP: '10.0.0.1',
      ready: true,
    })
    expect(pod.owners).toEqual([{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'r', controller: true }])
  })

  it('of a service includes the addresses of its load balancer', () => {
    const service = slimmed('services', {
      metadata,
      spec: {
        type: 'LoadBalancer',
        selector: { app: 'gw' },
        ports: [
          { port: 80, targetPort: 'http' },
          { port: 81, targetPort: 8081 },
        ],
      },
      status: { loadBalancer: { ingress: [{ ip: '1.2.3.4' }, { hostname: 'lb.example' }] } },
    })
    expect(service.loadBalancer).toEqual(['1.2.3.4', 'lb.example'])
    expect(service.ports.map(({ port, targetPort }) => [port, targetPort])).toEqual([
      [80, 'http'],
      [81, '8081'],
    ])
  })

  it.each([
    ['istio', { mesh: 'a' }, { mesh: 'a' }],
    ['istio-canary', { mesh: 'a' }, { mesh: 'a' }],
    ['istio-ca-root-cert', { 'root-cert.pem': 'x' }, { 'root-cert.pem': 'x' }],
    ['istio-sidecar-injector', { config: 'long', values: '{}' }, { values: '{}' }],
    ['app-settings', { secret: 'x' }, {}],
    ['any-name', { mesh: 'a', meshNetworks: 'b', secret: 'x' }, { mesh: 'a', meshNetworks: 'b' }],
  ])('of ConfigMap %s is only the data that the mesh needs', (name, data, expected) => {
    expect(slimmed('configmaps', { metadata: { ...metadata, name }, data }).data).toEqual(expected)
  })

  it('of a config object is all but managedFields', () => {
    const json = {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { ...metadata, annotations: { [lastApplied]: '{}' }, managedFields: [{}] },
      spec: { hosts: ['cart'] },
      status: { conditions: [] },
    }
    expect(slimmed('virtualservices.networking.istio.io', json)).toMatchObject({
      group: 'networking.istio.io',
      version: 'v1',
      kind: 'VirtualService',
      resource: {
        apiVersion: 'networking.istio.io/v1',
        kind: 'VirtualService',
        metadata: { ...metadata, annotations: { [lastApplied]: '{}' } },
        spec: { hosts: ['cart'] },
        status: { conditions: [] },
      },
    })
  })
})

describe('replicas', () => {
  it.each([
    ['deployments.apps', { replicas: 3 }, { replicas: 2, availableReplicas: 1, readyReplicas: 1 }, [3, 2, 1, 1]],
    ['deployments.apps', {}, {}, [1, 0, 0, 0]],
    ['deployments.apps', { replicas: 0 }, {}, [0, 0, 0, 0]],
    [
      'daemonsets.apps',
      {},
      { desiredNumberScheduled: 4, currentNumberScheduled: 3, numberAvailable: 2, numberReady: 1 },
      [4, 3, 2, 1],
    ],
    ['jobs.batch', {}, { active: 1, succeeded: 2, failed: 4, ready: 1 }, [7, 7, 3, 1]],
    ['cronjobs.batch', {}, {}, [0, 0, 0, 0]],
  ] as const)('of %s with %j, %j', (kind, spec, status, expected) => {
    const { desiredReplicas, currentReplicas, availableReplicas, readyReplicas } = slimmed(kind, {
      metadata,
      spec,
      status,
    })
    expect([desiredReplicas, currentReplicas, availableReplicas, readyReplicas]).toEqual(expected)
  })
})

describe('a template', () => {
  const template = (labels: object) => ({
    metadata: { labels },
    spec: {
      containers: [{ name: 'c', image: 'x', env: [{ name: 'CLUSTER_ID', value: 'west' }], args: ['discovery'] }],
    },
  })

  it('keeps the environment of a control plane', () => {
    const { containers } = slimmed('deployments.apps', {
      metadata,
      spec: { template: template({ app: 'istiod' }) },
    }).template
    expect(containers[0]).toMatchObject({ env: { CLUSTER_ID: 'west' }, args: ['discovery'] })
  })

  it('keeps no environment of others, which may hold secrets', () => {
    const { containers } = slimmed('deployments.apps', {
      metadata,
      spec: { template: template({ app: 'cart' }) },
    }).template
    expect(containers[0]).toEqual({ name: 'c', image: 'x', env: {}, args: [] })
  })

  it('of a CronJob is that of its jobs', () => {
    const jobTemplate = { spec: { template: template({ app: 'nightly' }) } }
    expect(slimmed('cronjobs.batch', { metadata, spec: { jobTemplate } }).template.labels).toEqual({ app: 'nightly' })
  })
})

describe('an object that does not fit', () => {
  it.each([
    ['no object', 'pods', 7, '?: object is not an object'],
    ['no name', 'pods', { metadata: { namespace: 'shop' } }, 'shop: metadata.name is not a name'],
    [
      'a label that is a number',
      'pods',
      { metadata: { ...metadata, labels: { v: 1 } } },
      'shop/cart: labels.v is not a string',
    ],
    [
      'containers that are no list',
      'pods',
      { metadata, spec: { containers: {} } },
      'shop/cart: containers is not a list',
    ],
    [
      'replicas that are text',
      'deployments.apps',
      { metadata, spec: { replicas: '3' } },
      'shop/cart: replicas is not a number',
    ],
    [
      'a spec that is text',
      'sidecars.networking.istio.io',
      { metadata, spec: 'x' },
      'shop/cart: spec is not an object',
    ],
  ] as const)('%s is rejected by name and reason', (_what, kind, json, expected) => {
    expect(rejection(kind, json)).toBe(expected)
  })
})
