/** Boxes around nodes of one app, namespace or cluster; each with at least two members (reference: graph.md 5.5). */
import type { BoxType } from '@binocle/api/graph'
import { nodeId } from './ids.ts'
import { isOk } from './nodeIdentity.ts'
import type { BareNode } from './wireNode.ts'

/** A node of the document while boxes are made. Health is JSON; undefined: not asked for, or not judged. */
export interface Boxable {
  readonly wire: BareNode
  readonly health: string | undefined
  /** What an app box around it shows as health. */
  readonly boxHealth: string | undefined
}

/** The boxes, to be added to the nodes; sets `parent` of their members. `nodes` are in output order. */
export function makeBoxes(nodes: readonly Boxable[], boxBy: ReadonlySet<BoxType>, appBoxes: boolean): Boxable[] {
  const apps = appBoxes ? appBoxesOf(nodes) : []
  const wires = [...nodes, ...apps].map(({ wire }) => wire)
  const loose = () => [...wires, ...namespaces].filter(({ parent }) => parent === undefined)
  let namespaces: BareNode[] = []
  if (boxBy.has('namespace')) namespaces = namespaceBoxesOf(loose())
  const clusters = boxBy.has('cluster') ? clusterBoxesOf(loose()) : []
  const unjudged = (wire: BareNode): Boxable => ({ wire, health: undefined, boxHealth: undefined })
  return [...clusters.map(unjudged), ...namespaces.map(unjudged), ...apps]
}

function appBoxesOf(nodes: readonly Boxable[]): Boxable[] {
  const members = nodes.filter(({ wire }) => isOk(wire.app ?? ''))
  const groups = grouped(members, ({ wire }) => `${wire.cluster}_${wire.namespace}_${wire.app}`)
  return groups.filter(([, group]) => group.length > 1).map(([key, group]) => appBox(key, group))
}

function appBox(key: string, members: readonly Boxable[]): Boxable {
  const { cluster = '', namespace = '', app = '' } = members[0]?.wire ?? {}
  const id = nodeId(`box_${key}`)
  for (const { wire } of members) wire.parent = id
  const some = (mark: 'isInaccessible' | 'isOutOfMesh' | 'isOutside') => members.some(({ wire }) => wire[mark] === true)
  const wire: BareNode = {
    id,
    nodeType: 'box',
    cluster,
    namespace,
    app,
    isBox: 'app',
    ...(some('isInaccessible') && { isInaccessible: true }),
    ...(some('isOutOfMesh') && { isOutOfMesh: true }),
    ...(some('isOutside') && { isOutside: true }),
  }
  return { wire, health: members.find((each) => each.wire.nodeType === 'app')?.boxHealth, boxHealth: undefined }
}

/** One namespace alone is not boxed. */
function namespaceBoxesOf(loose: readonly BareNode[]): BareNode[] {
  const members = loose.filter(({ namespace }) => isOk(namespace))
  const groups = grouped(members, ({ cluster, namespace }) => `${cluster}_${namespace}`)
  if (groups.length < 2) return []
  return groups
    .filter(([, group]) => group.length > 1)
    .map(([key, group]) => box(key, group, 'namespace', group[0]?.namespace ?? ''))
}

function clusterBoxesOf(loose: readonly BareNode[]): BareNode[] {
  const members = loose.filter(({ cluster }) => isOk(cluster))
  const groups = grouped(members, ({ cluster }) => cluster)
  if (groups.length < 2) return []
  return groups.filter(([, group]) => group.length > 1).map(([key, group]) => box(key, group, 'cluster', ''))
}

function box(key: string, members: readonly BareNode[], isBox: BoxType, namespace: string): BareNode {
  const id = nodeId(`box_${key}`)
  for (const member of members) member.parent = id
  return { id, nodeType: 'box', cluster: members[0]?.cluster ?? '', namespace, isBox }
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
