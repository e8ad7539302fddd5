/** istiod's `/debug/registryz`: how many services it knows, and in which clusters it found them. */
import { isRecord, type Json } from '../inventory/json.ts'
import type { RegistryCounts } from './facts.ts'

export function createRegistryCounter(): { add(service: Json): void; counts(): RegistryCounts } {
  const byCluster = new Map<string, number>()
  let services = 0
  return {
    add: (service) => {
      services++
      for (const cluster of clustersOf(service)) byCluster.set(cluster, (byCluster.get(cluster) ?? 0) + 1)
    },
    counts: () => ({ services, byCluster: Object.fromEntries([...byCluster].sort()) }),
  }
}

/** A service has an address in every cluster in which it exists. ServiceEntries have none. */
function clustersOf({ clusterVIPs }: Json): readonly string[] {
  const addresses = isRecord(clusterVIPs) ? clusterVIPs.Addresses : undefined
  return isRecord(addresses) ? Object.keys(addresses) : []
}
