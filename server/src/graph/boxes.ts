/** Boxes around nodes of one app, namespace or cluster; each with at least two members (reference: graph.md 5.5). */
import type { BoxType, GraphNode } from '@binocle/api/graph'
import type { AppHealth, ServiceHealth, WorkloadHealth } from '@binocle/api/health'
import { nodeId } from './ids.ts'
import { isOk } from './nodeIdentity.ts'

/** A node of the document while boxes are made. */
export interface Boxable {
  readonly wire: GraphNode
  /** What an app box around it shows as health. */
  readonly boxHealth: AppHealth | ServiceHealth | WorkloadHealth | null
}

/** The boxes, to be added to the nodes; sets `parent` of their members. `nodes` are in output order. */
export function makeBoxes(nodes: readonly Boxable[], boxBy: ReadonlySet<BoxType>, appBoxes: boolean): GraphNode[] {
  const apps = appBoxes ? appBoxesOf(nodes) : []
  const loose = () =>
    [...nodes.map(({ wire }) => wire), ...apps, ...namespaces].filter(({ parent }) => parent === undefined)
  let namespaces: GraphNode[] = []
  if (boxBy.has('namespace')) namespaces = namespaceBoxesOf(loose())
  const clusters = boxBy.has('cluster') ? clusterBoxesOf(loose()) : []
  return [...clusters, ...namespaces, ...apps]
}

function appBoxesOf(nodes: readonly Boxable[]): GraphNode[] {
  const members = nodes.filter(({ wire }) => isOk(wire.app ?? ''))
  const groups = grouped(members, ({ wire }) => `${wire.cluster}_${wire.namespace}_${wire.app}`)
  return groups.filter(([, group]) => group.length > 1).map(([key, group]) => appBox(key, group))
}

function appBox(key: string, members: readonly Boxable[]): GraphNode {
  const { cluster = '', namespace = '', app = '' } = members[0]?.wire ?? {}
  const id = nodeId(`box_${key}`)
  for (const { wire } of members) wire.parent = id
  const some = (mark: 'isInaccessible' | 'isOutOfMesh' | 'isOutside') => members.some(({ wire }) => wire[mark] === true)
  return {
    id,
    nodeType: 'box',
    cluster,
    namespace,
    app,
    healthData: members.find(({ wire }) => wire.nodeType === 'app')?.boxHealth ?? null,
    isBox: 'app',
    ...(some('isInaccessible') && { isInaccessible: true }),
    ...(some('isOutOfMesh') && { isOutOfMesh: true }),
    ...(some('isOutside') && { isOutside: true }),
  }
}

/** One namespace alone is not boxed. */
function namespaceBoxesOf(loose: readonly GraphNode[]): GraphNode[] {
  const members = loose.filter(({ namespace }) => isOk(namespace))
  const groups = grouped(members, ({ cluster, namespace }) => `${cluster}_${namespace}`)
  if (groups.length < 2) return []
  return groups
    .filter(([, group]) => group.length > 1)
    .map(([key, group]) => box(key, group, 'namespace', group[0]?.namespace ?? ''))
}

function clusterBoxesOf(loose: readonly GraphNode[]): GraphNode[] {
  const members = loose.filter(({ cluster }) => isOk(cluster))
  const groups = grouped(members, ({ cluster }) => cluster)
  if (groups.length < 2) return []
  return groups.filter(([, group]) => group.length > 1).map(([key, group]) => box(key, group, 'cluster', ''))
}

function box(key: string, members: readonly GraphNode[], isBox: BoxType, namespace: string): GraphNode {
  const id = nodeId(`box_${key}`)
  for (const member of members) member.parent = id
  return { id, nodeType: 'box', cluster: members[0]?.cluster ?? '', namespace, healthData: null, isBox }
}

function grouped<T>(members: readonly T[], keyOf: (member: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>()
  for (const member of members) {
    const key = keyOf(member)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [member])
    else group.push(member)
  }
  return [...groups]
}
