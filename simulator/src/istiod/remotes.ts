/** `/debug/clusterz` and `/debug/networkz`: which clusters an istiod reads, and through which gateways networks meet. */
import { externalIp } from '../objects/services.ts'
import { knownTo, type Plane } from './plane.ts'

export const clusterz = ({ id, namespace, remotes }: Plane): unknown[] => [
  { id, secretName: '', syncStatus: 'synced' },
  ...remotes.map(({ name }) => ({
    id: name,
    secretName: `${namespace}/istio-remote-secret-${name}`,
    syncStatus: 'synced',
  })),
]

export function networkz(plane: Plane): unknown[] {
  const known = new Set(knownTo(plane))
  return plane.topology.services.flatMap((service) => {
    const network = service.labels['topology.istio.io/network']
    if (network === undefined || !known.has(service.cluster)) return []
    return [
      {
        Network: network,
        Cluster: service.cluster,
        Addr: externalIp(service, plane.topology),
        Port: 15443,
        HBONEPort: 0,
        ServiceAccount: { Namespace: '', Name: '' },
      },
    ]
  })
}
