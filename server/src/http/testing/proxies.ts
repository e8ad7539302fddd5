/**
 * Proxies of the world of tests, which answer whoever asks: an Envoy with the mark of its place, a ztunnel with those of every
 * place there is. What keeps its words from who may not see a place is the console's doing.
 */
import { createPacer } from '../../outbound/pacer.ts'
import type { ProxyAdmin } from '../../proxies/admin.ts'
import { createDumpReader } from '../../proxies/dump.ts'
import type { PodRef } from '../../proxies/podRef.ts'
import { createZtunnelReader } from '../../proxies/ztunnel.ts'
import { clusterNames, clusterOf, marker, namespaceNames, namespaceOf } from './markers.ts'

export const playedProxies: ProxyAdmin = {
  pacer: createPacer(),
  dump: async (_login, pod) => readBy(createDumpReader(), envoyOf(markOf(pod))),
  ztunnelDump: async () => readBy(createZtunnelReader(), ztunnel),
  setLogLevel: async () => {},
}

function readBy<T>(reader: { push(chunk: Uint8Array): void; end(): T }, said: unknown): T {
  reader.push(Buffer.from(JSON.stringify(said)))
  return reader.end()
}

function markOf({ cluster, namespace }: PodRef): string {
  const short = clusterNames.find((name) => clusterOf(name) === cluster) ?? ''
  const place = namespaceNames.find((each) => namespaceOf(short, each) === namespace)
  return marker(short, place ?? 'whole')
}

const envoyOf = (mark: string): unknown => ({
  configs: [
    { '@type': 'type.googleapis.com/envoy.admin.v3.BootstrapConfigDump', bootstrap: { node: { id: mark } } },
    {
      '@type': 'type.googleapis.com/envoy.admin.v3.ClustersConfigDump',
      dynamic_active_clusters: [{ cluster: { name: `outbound|80||${mark}.shop.svc.cluster.local`, type: 'EDS' } }],
    },
  ],
})

const places = clusterNames.flatMap((cluster) => namespaceNames.map((place) => ({ cluster, place })))

const ztunnel: unknown = {
  certificates: places.map(({ cluster, place }) => ({
    identity: `spiffe://cluster.local/ns/${namespaceOf(cluster, place)}/sa/account`,
    state: 'Available',
  })),
  config: { clusterDomain: 'cluster.local' },
  policies: [],
  // Services are one for all clusters, and their endpoints say where they are.
  services: namespaceNames
    .filter((place) => place !== 'own')
    .map((place) => ({
      name: 'cart',
      namespace: place,
      endpoints: Object.fromEntries(
        clusterNames.map((cluster) => [uidOf(cluster, place), { workloadUid: uidOf(cluster, place) }]),
      ),
    })),
  workloads: places.map(({ cluster, place }) => ({
    clusterId: clusterOf(cluster),
    name: `cart-${marker(cluster, place)}`,
    namespace: namespaceOf(cluster, place),
    uid: uidOf(cluster, place),
    services: [`${namespaceOf(cluster, place)}/cart-${marker(cluster, place)}`],
  })),
}

function uidOf(cluster: string, place: (typeof namespaceNames)[number]): string {
  return `${clusterOf(cluster)}//Pod/${namespaceOf(cluster, place)}/cart-${marker(cluster, place)}`
}
