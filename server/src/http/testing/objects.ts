/**
 * What lies in one namespace of one cluster: an object of each kind that is read, every text of it with the mark of its
 * place, and references into the other namespaces. `twin` is the same place after things happened in it that are nobody
 * else's business: more and other workloads, other labels, failing pods. `remote`: the cluster has no control plane of its
 * own, others manage it.
 */

import type { Kind } from '../../inventory/inventory.ts'
import { apiVersionOf, resources } from '../../inventory/kinds.ts'
import { clusterOf, marker, namespaceNames, namespaceOf } from './markers.ts'

export type PlacedName = (typeof namespaceNames)[number]
type Lists = Record<string, { items: object[] }>

/** Adds the objects of the namespace to the lists of its cluster. */
export function addNamespace(lists: Lists, cluster: string, place: PlacedName, twin: boolean, remote = false): void {
  const mark = marker(cluster, place)
  const namespace = namespaceOf(cluster, place)
  const put: Put = (kind, name, more = {}, labels = {}, annotations = {}) =>
    addObject(lists, kind, { name, namespace, mark, labels, annotations }, more)
  const other = twin ? `twin-${mark}` : `first-${mark}`

  addObject(
    lists,
    'namespaces',
    {
      name: namespace,
      mark,
      ...(remote && place === 'istio-system' ? { annotations: { 'topology.istio.io/controlPlaneClusters': '*' } } : {}),
      labels: { 'istio-injection': 'enabled', note: other, 'topology.istio.io/network': mark },
    },
    {},
  )
  put('services', 'cart', service('cart'), { app: 'cart', note: other })
  put('services', `svc-${mark}`, service(`app-${mark}`), {
    'app.kubernetes.io/part-of': 'kiali',
    'topology.istio.io/network': `net-${mark}`,
  })
  addWorkload(put, 'cart', 'v1', other, twin)
  addWorkload(put, `app-${mark}`, `v-${mark}`, other, twin)
  if (twin) addWorkload(put, `more-${mark}`, 'v2', other, false)
  addWaypoint(put, mark)
  addProxy(put, 'gw', { istio: 'ingressgateway' })
  addProxy(put, 'kgw', { app: 'ztunnel' })
  addConfig(put, cluster, place, mark)
  if (place === 'istio-system' && !remote) addControlPlane(put, cluster, mark)
}

/** What is of no namespace. */
export function addWhole(lists: Lists, cluster: string): void {
  const mark = marker(cluster, 'whole')
  addObject(
    lists,
    'nodes',
    {
      name: `node-${mark}`,
      mark,
      labels: { 'topology.kubernetes.io/region': `region-${mark}`, 'topology.kubernetes.io/zone': `zone-${mark}` },
    },
    { status: { nodeInfo: { kubeletVersion: mark } } },
  )
  addObject(
    lists,
    'mutatingwebhookconfigurations.admissionregistration.k8s.io',
    { name: `tag-${mark}`, mark, labels: { 'istio.io/tag': `tag-${mark}`, 'istio.io/rev': 'default' } },
    { webhooks: [] },
  )
  addObject(
    lists,
    'gatewayclasses.gateway.networking.k8s.io',
    { name: `class-${marker(cluster, 'common')}`, mark: marker(cluster, 'common') },
    { spec: { controllerName: 'istio.io/gateway-controller' } },
  )
}

interface Meta {
  readonly annotations?: object
  readonly name: string
  readonly namespace?: string
  readonly mark: string
  readonly labels?: object
}

function addObject(
  lists: Lists,
  kind: Kind,
  { name, namespace, mark, annotations = {}, labels = {} }: Meta,
  more: object,
): void {
  const { group, plural, kubernetesKind, versions } = resources[kind]
  const apiVersion = apiVersionOf(group, versions[0] ?? 'v1')
  const list = lists[`${apiVersion}/${plural}`] ?? { items: [] }
  lists[`${apiVersion}/${plural}`] = list
  list.items.push({
    apiVersion,
    kind: kubernetesKind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      uid: `uid-${kind}-${namespace ?? ''}-${name}-${mark}`,
      resourceVersion: '7',
      creationTimestamp: '2022-01-01T00:00:00Z',
      labels: { mark: `label-${mark}`, ...labels },
      annotations: {
        ...annotations,
        mark: `annotation-${mark}`,
        'kiali.io/external-url': `https://${mark}.example.com`,
        'health.kiali.io/rate': `4XX,${mark},http,inbound`,
      },
    },
    ...more,
  })
}

type Put = (kind: Kind, name: string, more?: object, labels?: object, annotations?: object) => void

const service = (app: string): object => ({
  spec: {
    type: 'ClusterIP',
    clusterIP: '10.0.0.1',
    selector: { app },
    ports: [
      { name: 'http', port: 80, protocol: 'TCP' },
      { name: 'tls', port: 15443, protocol: 'TCP' },
    ],
  },
  status: { loadBalancer: { ingress: [{ hostname: `lb-${app}.example.com` }] } },
})

function addWorkload(put: Put, app: string, version: string, note: string, broken: boolean): void {
  const labels = {
    app,
    version,
    note,
    'istio.io/use-waypoint': 'guard-waypoint',
    'istio.io/use-waypoint-namespace': 'vault',
  }
  const name = app === 'cart' ? 'cart-v1' : app
  const container = { name: 'app', image: `image-${note}:1` }
  put(
    'deployments.apps',
    name,
    {
      spec: {
        replicas: 2,
        selector: { matchLabels: { app, version } },
        template: { metadata: { labels, annotations: { note } }, spec: { containers: [container] } },
      },
      status: { replicas: 2, availableReplicas: broken ? 0 : 2, readyReplicas: broken ? 0 : 2 },
    },
    labels,
  )
  put(
    'pods',
    `${name}-pod`,
    {
      spec: { containers: [container], serviceAccountName: `account-${note}`, nodeName: `node-${note}` },
      status: {
        phase: broken ? 'Failed' : 'Running',
        message: `message-${note}`,
        reason: `reason-${note}`,
        podIP: '10.1.1.1',
        containerStatuses: [{ name: 'app', ready: !broken }],
      },
    },
    labels,
    // Taken by ztunnel, so that its waypoint is looked for.
    app === 'cart' ? {} : { 'ambient.istio.io/redirection': 'enabled' },
  )
}

/** In each namespace one: only those of `vault` are named by others. */
function addWaypoint(put: Put, mark: string): void {
  const labels = {
    'gateway.networking.k8s.io/gateway-name': 'guard-waypoint',
    'gateway.istio.io/managed': 'istio.io-mesh-controller',
    'istio.io/waypoint-for': `all-${mark}`,
  }
  put(
    'deployments.apps',
    'guard-waypoint',
    {
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'istio-proxy', image: `proxy-${mark}` }] } },
      },
      status: { replicas: 1, availableReplicas: 1, readyReplicas: 1 },
    },
    labels,
  )
}

/** A pod that is a proxy and nothing else, under a name that requests ask for. */
function addProxy(put: Put, name: string, labels: object): void {
  const spec = { containers: [{ name: 'istio-proxy', image: 'proxy:1' }] }
  put('pods', name, { spec, status: { phase: 'Running' } }, labels)
}

/** Configuration that speaks of the `cart` of every namespace of the cluster, so that it is found from each of them. */
function addConfig(put: Put, cluster: string, place: PlacedName, mark: string): void {
  const hostsOf = namespaceNames.map((name) => `cart.${namespaceOf(cluster, name)}.svc.cluster.local`)
  const selector = { matchLabels: { app: 'cart' } }
  put('virtualservices.networking.istio.io', `vs-${mark}`, {
    spec: {
      hosts: [...hostsOf, `host-${mark}.example.com`],
      gateways: ['mesh', ...namespaceNames.map((name) => `${namespaceOf(cluster, name)}/gw`)],
      http: [
        {
          match: [{ sourceLabels: { 'topology.istio.io/cluster': clusterOf(cluster) } }],
          timeout: '1s',
          route: hostsOf.slice(1, 2).map((host) => ({ destination: { host, subset: 'here' } })),
        },
        { route: hostsOf.map((host) => ({ destination: { host, subset: `subset-${mark}` }, weight: 25 })) },
      ],
    },
  })
  for (const [index, host] of hostsOf.entries()) {
    put('destinationrules.networking.istio.io', `dr-${index}-${mark}`, {
      spec: {
        host,
        trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' }, connectionPool: { http: { http1MaxPendingRequests: 1 } } },
        subsets: [
          { name: `subset-${mark}`, labels: { version: `v-${mark}` } },
          { name: 'here', labels: { 'topology.istio.io/cluster': clusterOf(cluster) } },
        ],
      },
    })
  }
  put('gateways.networking.istio.io', 'gw', {
    spec: {
      selector: { app: 'cart' },
      servers: [{ hosts: [`*.${mark}.com`], port: { number: 80, name: 'http', protocol: 'HTTP' } }],
    },
  })
  put('serviceentries.networking.istio.io', `se-${mark}`, {
    spec: {
      hosts: [`entry-${mark}.example.com`, 'shared.example.com'],
      exportTo: ['*'],
      location: 'MESH_EXTERNAL',
      ports: [{ number: 443, name: 'tls', protocol: 'TLS' }],
      workloadSelector: { labels: { app: 'cart' } },
    },
  })
  put('sidecars.networking.istio.io', `sidecar-${mark}`, {
    spec: { egress: [{ hosts: namespaceNames.map((name) => `${namespaceOf(cluster, name)}/*`) }] },
  })
  put('workloadentries.networking.istio.io', `we-${mark}`, {
    spec: {
      address: `10.2.2.2`,
      labels: { app: 'cart', version: 'v1', note: mark },
      serviceAccount: `account-${mark}`,
    },
  })
  put('workloadgroups.networking.istio.io', `wg-${mark}`, {
    spec: { metadata: { labels: { app: 'cart' } }, template: { serviceAccount: `account-${mark}` } },
  })
  put('envoyfilters.networking.istio.io', `ef-${mark}`, { spec: { workloadSelector: { labels: { app: 'cart' } } } })
  put('telemetries.telemetry.istio.io', `tm-${mark}`, { spec: { tracing: [] } })
  put('wasmplugins.extensions.istio.io', `wp-${mark}`, { spec: { url: `oci://${mark}` } })
  put('authorizationpolicies.security.istio.io', `ap-${mark}`, {
    spec: {
      selector,
      rules: [
        {
          from: [{ source: { principals: [`cluster.local/ns/shop/sa/${mark}`], namespaces: ['shop', 'vault'] } }],
          to: [{ operation: { hosts: hostsOf } }],
        },
      ],
    },
  })
  put('peerauthentications.security.istio.io', `pa-${mark}`, { spec: { selector, mtls: { mode: 'STRICT' } } })
  put('requestauthentications.security.istio.io', `ra-${mark}`, { spec: { selector, jwtRules: [{ issuer: mark }] } })
  const parents = namespaceNames.map((name) => ({ name: 'kgw', namespace: namespaceOf(cluster, name) }))
  const backends = namespaceNames.map((name) => ({ name: 'cart', namespace: namespaceOf(cluster, name), port: 80 }))
  put('gateways.gateway.networking.k8s.io', 'kgw', {
    spec: {
      gatewayClassName: 'istio',
      listeners: [{ name: mark, port: 80, protocol: 'HTTP', hostname: `${mark}.com` }],
    },
  })
  for (const kind of ['httproutes.gateway.networking.k8s.io', 'grpcroutes.gateway.networking.k8s.io'] as const)
    put(kind, `route-${mark}`, {
      spec: { parentRefs: parents, hostnames: [`${mark}.com`], rules: [{ backendRefs: backends }] },
    })
  put('referencegrants.gateway.networking.k8s.io', `rg-${mark}`, {
    spec: {
      from: namespaceNames.flatMap((name) =>
        ['HTTPRoute', 'GRPCRoute'].map((kind) => ({
          group: 'gateway.networking.k8s.io',
          kind,
          namespace: namespaceOf(cluster, name),
        })),
      ),
      to: [{ group: '', kind: 'Service' }],
    },
  })
  put('inferencepools.inference.networking.k8s.io', `pool-${mark}`, {
    spec: { selector: { app: 'cart' }, endpointPickerRef: { name: 'cart' } },
  })
  if (place === 'shop') put('serviceexports.multicluster.x-k8s.io', 'cart', {})
}

/** East and west are one mesh, north is another; trust domain and identity domain everybody needs to know. */
function addControlPlane(put: Put, cluster: string, mark: string): void {
  const labels = { app: 'istiod', 'istio.io/rev': 'default' }
  const env = Object.entries({ CLUSTER_ID: clusterOf(cluster), EXTERNAL_ISTIOD: 'true' })
  const container = {
    name: 'discovery',
    image: `pilot-${mark}:1`,
    env: env.map(([name, value]) => ({ name, value })),
    resources: { limits: { cpu: '1', memory: '1Gi' } },
  }
  put(
    'deployments.apps',
    'istiod',
    {
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: 'istiod' } },
        template: { metadata: { labels }, spec: { containers: [container] } },
      },
      status: { replicas: 1, availableReplicas: 1, readyReplicas: 1 },
    },
    labels,
  )
  put('configmaps', 'istio', {
    data: {
      mesh: `trustDomain: cluster.local\nmeshId: ${cluster === 'north' ? `mesh-${mark}` : 'mesh1'}\ntrustDomainAliases: [alias-${mark}]\n`,
      meshNetworks: `networks:\n  net-${mark}:\n    endpoints: [{fromRegistry: ${clusterOf(cluster)}}]\n    gateways: [{address: gw-${mark}.example.com, port: 15443}]\n`,
    },
  })
  put(
    'daemonsets.apps',
    'ztunnel',
    {
      spec: {
        selector: { matchLabels: { app: 'ztunnel' } },
        template: {
          metadata: { labels: { app: 'ztunnel', note: mark } },
          spec: { containers: [{ name: 'istio-proxy', image: mark }] },
        },
      },
      status: {},
    },
    { app: 'ztunnel' },
  )
  put(
    'deployments.apps',
    `ingress-${mark}`,
    {
      spec: {
        replicas: 1,
        selector: { matchLabels: { istio: 'ingressgateway' } },
        template: {
          metadata: { labels: { istio: 'ingressgateway', app: `ingress-${mark}` } },
          spec: { containers: [{ name: 'istio-proxy', image: `proxy-${mark}` }] },
        },
      },
      status: { replicas: 1, availableReplicas: 1, readyReplicas: 1 },
    },
    { istio: 'ingressgateway' },
  )
}
