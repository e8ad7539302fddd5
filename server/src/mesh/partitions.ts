/**
 * Services that routing keeps apart: a VirtualService sends the callers of a cluster, told by the label
 * `topology.istio.io/cluster`, to a DestinationRule's subset of that same cluster (reference: multicluster.md 18.3). Such
 * rules are rare: what is found stays the same object until one of them changes.
 */
import type { ClusterName } from '@binocle/api/identity'
import type { Inventory } from '../inventory/inventory.ts'
import type { ConfigObject } from '../inventory/objects.ts'
import { parseHost } from '../istioconfig/hosts.ts'
import { type Fields, fieldsOf, labelsOf, recordsOf, textOf } from '../istioconfig/read.ts'

/** For a service as `namespace/name`: the clusters whose callers stay in it, and the VirtualService that says so. */
export type Partitions = ReadonlyMap<string, ReadonlyMap<ClusterName, string>>

const clusterLabel = 'topology.istio.io/cluster'

interface Found {
  readonly versions: string
  readonly text: string
  readonly partitions: Partitions
}

const kept = new WeakMap<Inventory, Map<ClusterName, Found>>()

/** `configCluster`: where the control plane reads its configuration. `domain`: e.g. `svc.cluster.local`. */
export function partitionsOf(inventory: Inventory, configCluster: ClusterName, domain: string): Partitions {
  const ofInventory = kept.get(inventory) ?? new Map<ClusterName, Found>()
  kept.set(inventory, ofInventory)
  const versions = `${inventory.kindVersion(virtualServices, configCluster)} ${inventory.kindVersion(destinationRules, configCluster)} ${domain}`
  const last = ofInventory.get(configCluster)
  if (last?.versions === versions) return last.partitions
  const found = find(inventory, configCluster, domain)
  const text = JSON.stringify([...found].map(([service, clusters]) => [service, ...clusters]))
  const partitions = last?.text === text ? last.partitions : found
  ofInventory.set(configCluster, { versions, text, partitions })
  return partitions
}

const virtualServices = 'virtualservices.networking.istio.io'
const destinationRules = 'destinationrules.networking.istio.io'

function find(inventory: Inventory, cluster: ClusterName, domain: string): Partitions {
  const partitions = new Map<string, Map<ClusterName, string>>()
  let subsets: ReadonlyMap<string, ClusterName> | undefined
  for (const rule of inventory.all(virtualServices, cluster)) {
    for (const { caller, host, subset } of routesByCluster(rule)) {
      subsets ??= clusterSubsets(inventory, cluster, domain)
      const { namespace, service } = parseHost(host, rule.namespace, domain)
      const key = `${namespace}/${service}`
      if (subsets.get(`${key} ${subset}`) !== caller) continue
      const clusters = partitions.get(key) ?? new Map<ClusterName, string>()
      partitions.set(key, clusters.set(caller, `${rule.namespace}/${rule.name}`))
    }
  }
  return partitions
}

interface Route {
  readonly caller: ClusterName
  readonly host: string
  readonly subset: string
}

/** Routes whose every match asks for callers of one cluster and whose every destination is one subset. */
function routesByCluster({ resource }: ConfigObject): readonly Route[] {
  const spec = fieldsOf(resource.spec)
  return [...recordsOf(spec.http), ...recordsOf(spec.tcp)].flatMap((route) => {
    const callers = new Set(recordsOf(route.match).map(callerOf))
    const destinations = recordsOf(route.route).map((each) => fieldsOf(each.destination))
    const [caller] = callers
    const [destination] = destinations
    if (callers.size !== 1 || caller === undefined || caller === '' || destination === undefined) return []
    const subset = textOf(destination.subset)
    const host = textOf(destination.host)
    const same = destinations.every((each) => textOf(each.subset) === subset && textOf(each.host) === host)
    return same && subset !== '' ? [{ caller, host, subset }] : []
  })
}

const callerOf = ({ sourceLabels }: Fields): ClusterName => labelsOf(sourceLabels)[clusterLabel] ?? ''

/** `namespace/name subset` -> the cluster whose endpoints the subset is. */
function clusterSubsets(inventory: Inventory, cluster: ClusterName, domain: string): ReadonlyMap<string, ClusterName> {
  const subsets = new Map<string, ClusterName>()
  for (const rule of inventory.all(destinationRules, cluster)) {
    const spec = fieldsOf(rule.resource.spec)
    for (const { labels, name } of recordsOf(spec.subsets)) {
      const of = labelsOf(labels)[clusterLabel]
      if (of === undefined) continue
      const { namespace, service } = parseHost(textOf(spec.host), rule.namespace, domain)
      subsets.set(`${namespace}/${service} ${textOf(name)}`, of)
    }
  }
  return subsets
}
