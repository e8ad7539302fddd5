/**
 * The namespaces that the console itself shows of a cluster: those it can read and that discovery selectors choose. What
 * a person sees is never more than that, whatever his own rights are.
 */
import type { ClusterName } from '@binocle/api/identity'
import type { Config } from '../config/config.ts'
import { type DiscoverySelectors, selectsNamespace } from '../config/discoverySelectors.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { Namespace } from '../inventory/objects.ts'
import { meshFactsOf } from './mesh.ts'

export interface ConsoleNamespaces {
  /** Changes with `names`, and only then. */
  readonly version: number
  readonly names: ReadonlySet<string>
  /** The same in order. */
  readonly list: readonly string[]
}

interface Within {
  readonly config: { readonly deployment: Pick<Config['deployment'], 'discoverySelectors'> }
  readonly inventory: Inventory
}

/** By the discovery selectors; namespaces of control planes always count (reference: multicluster.md 7.2). */
export function isSelected({ config, inventory }: Within, namespace: Namespace): boolean {
  const { cluster, name } = namespace
  const selectors = config.deployment.discoverySelectors ?? noSelectors
  if (selectsNamespace(selectors, cluster, namespace)) return true
  if (selectors.default.length === 0 && selectors.overrides[cluster] === undefined) return false
  return meshFactsOf(inventory)
    .controlPlanesIn(cluster)
    .some((plane) => plane.namespace === name)
}

const noSelectors: DiscoverySelectors = { default: [], overrides: {} }

/** Undefined while it is not known which namespaces the cluster has. Worked out anew only after a change. */
export function consoleNamespaces(within: Within): (cluster: ClusterName) => ConsoleNamespaces | undefined {
  const { inventory } = within
  const kept = new Map<ClusterName, { readonly stamp: string; readonly found: ConsoleNamespaces }>()
  return (cluster) => {
    if (inventory.state('namespaces', cluster).state === 'syncing' && inventory.count('namespaces', cluster) === 0)
      return undefined
    const planes = meshFactsOf(inventory).controlPlanesIn(cluster)
    const stamp = `${inventory.kindVersion('namespaces', cluster)} ${planes.map(({ namespace }) => namespace).join()}`
    const last = kept.get(cluster)
    if (last?.stamp === stamp) return last.found
    const list = inventory
      .in('namespaces', { cluster, namespace: '' })
      .flatMap((each) => (isSelected(within, each) ? each.name : []))
    const version = (last?.found.version ?? 0) + 1
    const found =
      last !== undefined && same(last.found.list, list) ? last.found : { version, names: new Set(list), list }
    kept.set(cluster, { stamp, found })
    return found
  }
}

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name, index) => name === b[index])
