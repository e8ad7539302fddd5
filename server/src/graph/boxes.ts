/** Boxes around nodes of one app, namespace or cluster; each with at least two members (reference: graph.md 5.5). */
import type { BoxType } from '@binocle/api/graph'
import { boxId } from './ids.ts'
import { isOk } from './nodeIdentity.ts'
import type { Marks } from './trafficMap.ts'
import type { Drawn } from './wireNode.ts'

/** The boxes, to be added to the nodes; sets `parent` of their members. `nodes` are in output order. */
export function makeBoxes(nodes: readonly Drawn[], boxBy: ReadonlySet<BoxType>, appBoxes: boolean): Drawn[] {
  const apps = appBoxes ? appBoxesOf(nodes) : []
  if (!boxBy.has('namespace') && !boxBy.has('cluster')) return apps
  const drawn = [...nodes, ...apps]
  const isLoose = ({ parent }: Drawn) => parent === undefined
  const namespaces = boxBy.has('namespace') ? namespaceBoxesOf(drawn.filter(isLoose)) : []
  const clusters = boxBy.has('cluster') ? clusterBoxesOf([...drawn, ...namespaces].filter(isLoose)) : []
  return [...clusters, ...namespaces, ...apps]
}

/** Within a cluster and namespace nodes are in order of app: those of a box stand together. */
function appBoxesOf(nodes: readonly Drawn[]): Drawn[] {
  const boxes: Drawn[] = []
  for (let from = 0, to = 1; from < nodes.length; from = to++) {
    const first = nodes[from]
    if (first === undefined) break
    while (isSameApp(first, nodes[to])) to++
    if (isOk(first.app) && to - from > 1) boxes.push(appBox(first, nodes.slice(from, to)))
  }
  return boxes
}

const isSameApp = (a: Drawn, b: Drawn | undefined): boolean =>
  b !== undefined && a.app === b.app && a.namespace === b.namespace && a.cluster === b.cluster

function appBox({ cluster, namespace, app }: Drawn, members: readonly Drawn[]): Drawn {
  const marks: Marks = {}
  for (const member of members) {
    if (member.marks.inaccessible) marks.inaccessible = true
    if (member.marks.outOfMesh) marks.outOfMesh = true
    if (member.marks.outside) marks.outside = true
  }
  const judged = members.find(({ type }) => type === 'app')?.health
  const health = judged?.ofApp === undefined ? judged : { own: judged.ofApp() }
  return { ...box(`${cluster}_${namespace}_${app}`, members, 'app', namespace), app, marks, health }
}

/** One namespace alone is not boxed. */
function namespaceBoxesOf(loose: readonly Drawn[]): Drawn[] {
  const members = loose.filter(({ namespace }) => isOk(namespace))
  const groups = grouped(members, ({ cluster, namespace }) => `${cluster}_${namespace}`)
  if (groups.length < 2) return []
  return groups
    .filter(([, group]) => group.length > 1)
    .map(([key, group]) => box(key, group, 'namespace', group[0]?.namespace ?? ''))
}

function clusterBoxesOf(loose: readonly Drawn[]): Drawn[] {
  const members = loose.filter(({ cluster }) => isOk(cluster))
  const groups = grouped(members, ({ cluster }) => cluster)
  if (groups.length < 2) return []
  return groups.filter(([, group]) => group.length > 1).map(([key, group]) => box(key, group, 'cluster', ''))
}

function box(key: string, members: readonly Drawn[], isBox: BoxType, namespace: string): Drawn {
  const id = boxId(key)
  for (const member of members) member.parent = id
  return {
    id,
    type: 'box',
    cluster: members[0]?.cluster ?? '',
    namespace,
    app: '',
    isBox,
    marks: {},
    node: undefined,
    health: undefined,
    parent: undefined,
  }
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
