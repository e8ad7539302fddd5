/** Viewers of every kind of right, for the world of tests. */
import fc from 'fast-check'
import type { Permission, Scope, Viewer } from '../../access/scope.ts'
import { type ClusterView, noneOf, scopeOf, someOf, unknownOf, wholeOf } from '../../access/view.ts'
import { clusterNames, clusterOf, namespaceNames, namespaceOf } from './markers.ts'
import type { PlacedName } from './objects.ts'

/** Sees nothing, and is nobody. */
export const unseen: Viewer = { name: '', scope: { key: 'nobody', seesCluster: () => 'no', sees: () => 'no' } }

/** What a viewer may see in one cluster. */
export interface Rights {
  readonly cluster: Permission
  readonly namespaces: Readonly<Record<PlacedName, Permission>>
}

export type RightsByCluster = Readonly<Record<(typeof clusterNames)[number], Rights>> & {
  /** The scope is made as decisions of clusters are put together, instead of by the table alone. */
  readonly asDecided?: boolean
}

const permissionAt = (rights: Rights | undefined, cluster: string, namespace: string): Permission => {
  const place = namespaceNames.find((each) => namespaceOf(cluster, each) === namespace)
  return rights === undefined || rights.cluster === 'no' ? 'no' : place === undefined ? 'no' : rights.namespaces[place]
}

export function viewerWith(rights: RightsByCluster): Viewer {
  if (rights.asDecided === true) return { name: 'somebody', scope: decidedScope(rights) }
  const shortOf = (name: string) => clusterNames.find((each) => clusterOf(each) === name)
  const scope: Scope = {
    key: JSON.stringify(rights),
    seesCluster: (name) => {
      const short = shortOf(name)
      return short === undefined ? 'no' : rights[short].cluster
    },
    sees: ({ cluster, namespace }) => {
      const short = shortOf(cluster)
      return short === undefined ? 'no' : permissionAt(rights[short], short, namespace)
    },
  }
  return { name: 'somebody', scope }
}

function decidedScope(rights: RightsByCluster): Scope {
  const views = clusterNames.map((cluster): [string, ClusterView] => {
    const { cluster: known, namespaces } = rights[cluster]
    const of = (wanted: Permission): string[] =>
      namespaceNames
        .filter((place) => namespaces[place] === wanted)
        .map((place) => namespaceOf(cluster, place))
        .sort()
    const [seen, open] = [of('yes'), of('unknown')]
    if (known === 'no') return [clusterOf(cluster), noneOf]
    if (known === 'unknown' && seen.length === 0) return [clusterOf(cluster), unknownOf]
    if (seen.length < namespaceNames.length) return [clusterOf(cluster), someOf(seen, open)]
    return [clusterOf(cluster), wholeOf({ version: 1, list: seen, names: new Set(seen) })]
  })
  return scopeOf(new Map(views))
}

const everywhere = (permission: Permission): Rights['namespaces'] => ({
  'istio-system': permission,
  shop: permission,
  vault: permission,
  own: permission,
})

/** All of a cluster, none of it, some of it, or it does not say. */
export const all: Rights = { cluster: 'yes', namespaces: everywhere('yes') }
export const none: Rights = { cluster: 'no', namespaces: everywhere('no') }
export const silent: Rights = { cluster: 'unknown', namespaces: everywhere('unknown') }
export const only = (...places: readonly PlacedName[]): Rights => ({
  cluster: 'yes',
  namespaces: {
    'istio-system': places.includes('istio-system') ? 'yes' : 'no',
    shop: places.includes('shop') ? 'yes' : 'no',
    vault: places.includes('vault') ? 'yes' : 'no',
    own: places.includes('own') ? 'yes' : 'no',
  },
})

const permission = fc.constantFrom<Permission>('yes', 'no', 'unknown')

const some: fc.Arbitrary<Rights> = fc.record({
  cluster: fc.constantFrom<Permission>('yes', 'yes', 'yes', 'unknown'),
  namespaces: fc.record({ 'istio-system': permission, shop: permission, vault: permission, own: permission }),
})

const anyRights: fc.Arbitrary<Rights> = fc.oneof(
  { weight: 1, arbitrary: fc.constant(all) },
  { weight: 1, arbitrary: fc.constant(none) },
  { weight: 1, arbitrary: fc.constant(silent) },
  { weight: 4, arbitrary: some },
)

export const anyRightsByCluster: fc.Arbitrary<RightsByCluster> = fc.record({
  east: anyRights,
  north: anyRights,
  west: anyRights,
  asDecided: fc.boolean(),
})
