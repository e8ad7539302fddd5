/** What one graph request needs to know again and again: the viewer's view of the mesh, and how pairs become nodes. */
import type { NamespaceRef } from '@binocle/api/identity'
import type { Scope } from '../access/scope.ts'
import { type NamespaceFacts, namespaceFacts } from '../catalog/namespaceFacts.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { isAmbientNamespace, type MeshFacts, meshFactsOf } from '../mesh/mesh.ts'
import type { Mesh } from '../model.ts'
import type { Pair, Window } from '../telemetry/traffic.ts'
import { createdAtS, mayAccess } from './access.ts'
import { type KindNumbers, kindNumbers } from './addCalls.ts'
import { type Ends, type EndsOptions, endsResolver, plainEndsResolver } from './ends.ts'
import type { GraphOptions } from './options.ts'
import { waypointSet } from './waypoints.ts'

export interface GraphContext {
  readonly mesh: Mesh
  readonly inventory: Inventory
  readonly options: GraphOptions
  readonly meshFacts: MeshFacts
  /** Namespaces younger than the window have a shorter one. */
  readonly windows: readonly { readonly window: Window; readonly namespaces: readonly string[] }[]
  readonly waypoints: ReadonlySet<string>
  /** The namespace exists in that cluster, and the viewer may see it. */
  accessible(at: NamespaceRef): boolean
  /** Clusters in which the viewer sees it. */
  clustersOf(namespace: string): readonly string[]
  factsOf(at: NamespaceRef): NamespaceFacts
  /** A control plane runs in it. */
  holdsControlPlane(at: NamespaceRef): boolean
  /** In any of its clusters. */
  isAmbient(namespace: string): boolean
  readonly kindNumber: KindNumbers
  endsOf(pair: Pair): Ends | undefined
  /** Of security rows, whose labels are taken as they are. */
  plainEndsOf(pair: Pair): Ends | undefined
}

export function graphContext(mesh: Mesh, scope: Scope, options: GraphOptions): GraphContext {
  const { inventory } = mesh
  const meshFacts = meshFactsOf(inventory)
  const sees = oncePerPlace((at) => scope.sees(at) === 'yes')
  const accessible = oncePerPlace((at) => mayAccess(inventory, scope, at))
  const clustersOf = (namespace: string) => inventory.clusters().filter((cluster) => accessible({ cluster, namespace }))
  const waypoints = options.ambientTraffic === 'none' ? new Set<string>() : waypointSet(inventory, accessible)
  const { graphType, injectServiceNodes } = options
  const ends: EndsOptions = { graphType, injectServiceNodes, waypoints, sees }
  return {
    mesh,
    inventory,
    options,
    meshFacts,
    windows: windowsOf(inventory, scope, options),
    waypoints,
    accessible,
    clustersOf,
    factsOf: oncePerPlace((at) => namespaceFacts(mesh, at)),
    holdsControlPlane: oncePerPlace((at) => meshFacts.controlPlanesAt(at).length > 0),
    isAmbient: (namespace) =>
      clustersOf(namespace).some((cluster) => {
        const labels = inventory.get('namespaces', { cluster, namespace: '' }, namespace)?.labels ?? {}
        return isAmbientNamespace(meshFacts, { cluster, namespace }, labels)
      }),
    kindNumber: kindNumbers(),
    endsOf: endsResolver(ends),
    plainEndsOf: plainEndsResolver(ends),
  }
}

/** Asked for every node and every call: looked up name by name, because joining names would cost more than the answer. */
function oncePerPlace<T>(ask: (at: NamespaceRef) => T): (at: NamespaceRef) => T {
  const answers = new Map<string, Map<string, T>>()
  return ({ cluster, namespace }) => {
    let inCluster = answers.get(cluster)
    if (inCluster === undefined) {
      inCluster = new Map()
      answers.set(cluster, inCluster)
    }
    let answer = inCluster.get(namespace)
    if (answer === undefined) {
      answer = ask({ cluster, namespace })
      inCluster.set(namespace, answer)
    }
    return answer
  }
}

/** Ages at which a young namespace's window may end; few, so that the number of queries does not grow with namespaces. */
const agesS = [60, 120, 300, 600, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 604_800, 2_592_000]

function windowsOf(inventory: Inventory, scope: Scope, options: GraphOptions): GraphContext['windows'] {
  const byDuration = new Map<number, string[]>()
  for (const namespace of options.namespaces) {
    const ageS = options.queryTime - (createdAtS(inventory, scope, namespace) ?? 0)
    const clipped = ageS >= options.durationS ? options.durationS : (agesS.findLast((age) => age <= ageS) ?? 60)
    const durationS = Math.min(options.durationS, clipped)
    const same = byDuration.get(durationS)
    if (same === undefined) byDuration.set(durationS, [namespace])
    else same.push(namespace)
  }
  return [...byDuration].map(([durationS, namespaces]) => ({
    window: { end: options.queryTime, durationS },
    namespaces,
  }))
}
