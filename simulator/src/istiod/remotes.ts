/** `/debug/clusterz` and `/debug/networkz`: which clusters an istiod reads, and through which gateways networks meet. */
import { externalIp } from '../objects/services.ts'
import type { SimCluster } from '../scenario.ts'
import { ISTIO_NAMESPACE } from '../system.ts'
import type { Topology } from '../topology.ts'

export const clusterz = (topology: Topology, cluster: SimCluster): unknown[] =>
  topology.scenario.clusters.map(({ name }) => ({
    id: name,
    secretName: name === cluster.name ? '' : `${ISTIO_NAMESPACE}/istio-remote-secret-${name}`,
    syncStatus: 'synced',
  }))

export const networkz = (topology: Topology): unknown[] =>
  topology.services.flatMap((service) => {
    const network = service.labels['topology.istio.io/network']
    if (network === undefined) return []
    return [
      {
        Network: network,
        Cluster: service.cluster,
        Addr: externalIp(service, topology),
        Port: 15443,
        HBONEPort: 0,
        ServiceAccount: { Namespace: '', Name: '' },
      },
    ]
  })
