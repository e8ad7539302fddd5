/** Lists never fail because of a cluster: a header names the clusters whose objects are old or missing. */
import type { Scope } from '../access/scope.ts'
import { toldTrouble } from '../catalog/visible.ts'
import type { Mesh } from '../model.ts'
import { json, type Reply } from './route.ts'

/** `clusters`: the ones that the list is about; undefined = all. */
export function withUnreachable(mesh: Mesh, scope: Scope, body: unknown, clusters?: readonly string[]): Reply {
  const troubled = mesh.clusters
    .list()
    .map(({ name }) => name)
    .filter((name) => clusters === undefined || clusters.includes(name))
    .filter((name) => scope.seesCluster(name) !== 'no' && toldTrouble(mesh, scope, name) !== undefined)
  return troubled.length === 0
    ? json(body)
    : json(body, { 'x-binocle-unreachable': troubled.map(headerText).join(',') })
}

/** Names may hold what a header may not. */
const headerText = (name: string): string => encodeURIComponent(name)
