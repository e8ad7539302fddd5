/** What one graph request needs to know again and again: the viewer's view of the mesh, and how pairs become nodes. */
import type { NamespaceRef } from '@binocle/api/identity'
import type { Scope } from '../access/scope.ts'
import { type NamespaceFacts, namespaceFacts } from '../catalog/namespaceFacts.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { isAmbientNamespace, type MeshFacts, meshFactsOf } from '../mesh/mesh.ts'
import type { Mesh } from '../model.ts'
import type { Pair, Window } from '../telemetry/traffic.ts'
import { createdAtS, mayAccess } from './access.ts'
import { type Ends, type EndsOptions, endsResolver, plainEndsResolver } from './ends.ts'
import type { ServiceName } from './nodeIdentity.ts'
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
  /** In any of its clusters. */
  isAmbient(namespace: string): boolean
  /** Numbers texts from 0 on: equal texts have equal numbers in this graph. */
  numberOf(text: string): number
  endsOf(pair: Pair): Ends | undefined
  /** Of security rows, whose labels are taken as they are. */
  plainEndsOf(pair: Pair): Ends | undefined
}

export function graphContext(mesh: Mesh, scope: Scope, options: GraphOptions): GraphContext {
  const { inventory } = mesh
  const meshFacts = meshFactsOf(inventory)
  const access = new Map<string, boolean>()
  const sight = new Map<string, boolean>()
  const sees = (at: NamespaceRef) => remember(sight, at, () => scope.sees(at) === 'yes')
  const accessible = (at: NamespaceRef) => remember(access, at, () => mayAccess(inventory, scope, at))
  const clustersOf = (namespace: string) => inventory.clusters().filter((cluster) => accessible({ cluster, namespace }))
  const waypoints = options.ambientTraffic === 'none' ? new Set<string>() : waypointSet(inventory, accessible)
  const { graphType, injectServiceNodes } = options
  const numberOf = numbering()
  const ends: EndsOptions = { graphType, injectServiceNodes, waypoints, sees, numberOf, nameOf: naming() }
  return {
    mesh,
    inventory,
    options,
    meshFacts,
    windows: windowsOf(inventory, scope, options),
    waypoints,
    accessible,
    clustersOf,
    factsOf: (at) => namespaceFacts(mesh, at),
    isAmbient: (namespace) =>
      clustersOf(namespace).some((cluster) => {
        const labels = inventory.get('namespaces', { cluster, namespace: '' }, namespace)?.labels ?? {}
        return isAmbientNamespace(meshFacts, { cluster, namespace }, labels)
      }),
    numberOf,
    endsOf: endsResolver(ends),
    plainEndsOf: plainEndsResolver(ends),
  }
}

function remember(known: Map<string, boolean>, { cluster, namespace }: NamespaceRef, ask: () => boolean): boolean {
  const place = `${cluster}/${namespace}`
  let answer = known.get(place)
  if (answer === undefined) {
    answer = ask()
    known.set(place, answer)
  }
  return answer
}

function numbering(): (text: string) => number {
  const numbers = new Map<string, number>()
  return (text) => {
    let number = numbers.get(text)
    if (number === undefined) {
      number = numbers.size
      numbers.set(text, number)
    }
    return number
  }
}

function naming(): (name: ServiceName) => ServiceName {
  const names = new Map<string, ServiceName>()
  return (name) => {
    const key = `${name.cluster}/${name.namespace}/${name.name}`
    const known = names.get(key) ?? name
    names.set(key, known)
    return known
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
