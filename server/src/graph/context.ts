/** What one graph request needs to know again and again: the viewer's view of the mesh, and how pairs become nodes. */
import type { NamespaceRef } from '@binocle/api/identity'
import type { Scope } from '../access/scope.ts'
import { type NamespaceFacts, namespaceFacts } from '../catalog/namespaceFacts.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { isAmbientNamespace, type MeshFacts, meshFactsOf } from '../mesh/mesh.ts'
import type { Mesh } from '../model.ts'
import type { Pair, Window } from '../telemetry/traffic.ts'
import { createdAtS, mayAccess } from './access.ts'
import { type Kinds, kindsOfGraph } from './addCalls.ts'
import type { Ends } from './ends.ts'
import { keptResolvers } from './keptEnds.ts'
import { oncePerPlace } from './oncePerPlace.ts'
import type { GraphOptions } from './options.ts'
import { waypointSet } from './waypoints.ts'

export interface GraphContext {
  readonly mesh: Mesh
  readonly inventory: Inventory
  readonly options: GraphOptions
  readonly meshFacts: MeshFacts
  readonly waypoints: ReadonlySet<string>
  /** The viewer may see it, whether or not it is known to exist. */
  sees(at: NamespaceRef): boolean
  /** The namespace exists in that cluster, and the viewer may see it. */
  accessible(at: NamespaceRef): boolean
  /** Clusters in which the viewer sees it. */
  clustersOf(namespace: string): readonly string[]
  factsOf(at: NamespaceRef): NamespaceFacts
  /** A control plane runs in it. */
  holdsControlPlane(at: NamespaceRef): boolean
  /** In any of its clusters. */
  isAmbient(namespace: string): boolean
  readonly kinds: Kinds
  endsOf(pair: Pair): Ends | undefined
  /** Of security rows, whose labels are taken as they are. */
  plainEndsOf(pair: Pair): Ends | undefined
}

/** Some namespaces and their window: those younger than the one asked for have a shorter one. */
export interface WindowOfNamespaces {
  readonly window: Window
  readonly namespaces: readonly string[]
}

/** What is known before there is any traffic. */
export type GraphView = Pick<GraphContext, 'accessible' | 'clustersOf' | 'isAmbient' | 'meshFacts'>

export function graphView({ inventory }: Mesh, scope: Scope): GraphView {
  const meshFacts = meshFactsOf(inventory)
  const accessible = oncePerPlace((at) => mayAccess(inventory, scope, at))
  const clustersOf = (namespace: string) => inventory.clusters().filter((cluster) => accessible({ cluster, namespace }))
  const inAnyCluster = (namespace: string) =>
    clustersOf(namespace).some((cluster) => {
      const labels = inventory.get('namespaces', { cluster, namespace: '' }, namespace)?.labels ?? {}
      return isAmbientNamespace(meshFacts, { cluster, namespace }, labels)
    })
  const known = new Map<string, boolean>()
  const isAmbient = (namespace: string) => {
    const answer = known.get(namespace) ?? inAnyCluster(namespace)
    known.set(namespace, answer)
    return answer
  }
  return { accessible, clustersOf, isAmbient, meshFacts }
}

/** `pairs`: whose pairs the graph is made of; what is known of their ends is kept with it. */
export function graphContext(
  mesh: Mesh,
  scope: Scope,
  options: GraphOptions,
  view: GraphView,
  pairs: object,
): GraphContext {
  const { inventory } = mesh
  const { accessible, meshFacts } = view
  const waypoints = options.ambientTraffic === 'none' ? new Set<string>() : waypointSet(inventory, accessible)
  const { graphType, injectServiceNodes } = options
  const hides = mesh.config.graph?.inaccessible === 'hide'
  const ends = keptResolvers(pairs, scope, { graphType, injectServiceNodes, waypoints, hides })
  return {
    ...view,
    mesh,
    inventory,
    options,
    waypoints,
    sees: oncePerPlace((at) => scope.sees(at) === 'yes'),
    factsOf: oncePerPlace((at) => namespaceFacts(mesh, at)),
    holdsControlPlane: oncePerPlace((at) => meshFacts.controlPlanesAt(at).length > 0),
    kinds: kindsOfGraph(),
    endsOf: ends.endsOf,
    plainEndsOf: ends.plainEndsOf,
  }
}

/** Ages at which a young namespace's window may end; few, so that the number of queries does not grow with namespaces. */
const agesS = [60, 120, 300, 600, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 604_800, 2_592_000]

export function windowsOf(inventory: Inventory, scope: Scope, options: GraphOptions): WindowOfNamespaces[] {
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
