/** Find and Hide applied to a graph: which leaves and calls match, what goes with them, where matches are in a view. */
import type { EdgeTest, FindResult, NodeTest } from './find.ts'
import type { Call, MeshGraph } from './meshGraph.ts'
import { type GraphView, type Hidden, nothingHidden } from './view.ts'

export interface Matches {
  /** Ids of leaves. */
  readonly nodes: ReadonlySet<string>
  readonly calls: ReadonlySet<Call>
}

/** Undefined when nothing is looked for, or the expression has an error. */
export function matchesOf(graph: MeshGraph, find: FindResult): Matches | undefined {
  if (!find.ok || (!find.nodes && !find.edges)) return undefined
  return { nodes: leavesWith(graph, find.nodes), calls: callsWith(graph, find.edges) }
}

/** Ids that must be visible for all matches to be seen; empty when they are too many to be looked at one by one. */
export function matchTargets(matches: Matches | undefined): string[] {
  if (!matches) return []
  const targets = [...matches.nodes, ...[...matches.calls].flatMap((call) => [call.source, call.target])]
  return targets.length <= mostRevealed ? targets : []
}

/** What Hide takes away: matching leaves with their calls, matching calls, and leaves that have only hidden calls left. */
export function hiddenBy(graph: MeshGraph, hide: FindResult): Hidden {
  const matches = matchesOf(graph, hide)
  if (!matches || (matches.nodes.size === 0 && matches.calls.size === 0)) return nothingHidden
  const gone = (call: Call) =>
    matches.calls.has(call) || matches.nodes.has(call.source) || matches.nodes.has(call.target)
  const linked = new Set(graph.calls.flatMap((call) => [call.source, call.target]))
  const alive = new Set(graph.calls.filter((call) => !gone(call)).flatMap((call) => [call.source, call.target]))
  const nodes = new Set(matches.nodes)
  for (const id of linked) if (!alive.has(id)) nodes.add(id)
  return { nodes, calls: gone }
}

/** Matches as indexes of the view: a closed box stands for what is inside. */
export function matchesInView(
  view: GraphView,
  matches: Matches | undefined,
  isInside: (box: string, leaf: string) => boolean,
): { nodes: Set<number>; edges: Set<number> } | undefined {
  if (!matches) return undefined
  const nodes = new Set<number>()
  view.nodes.forEach((shown, index) => {
    if (shown.open) return
    const matched = shown.node.wire
      ? matches.nodes.has(shown.node.id)
      : [...matches.nodes].some((leaf) => isInside(shown.node.id, leaf))
    if (matched) nodes.add(index)
  })
  const edges = new Set(
    view.edges.flatMap((edge, index) => (edge.calls.some((call) => matches.calls.has(call)) ? [index] : [])),
  )
  return { nodes, edges }
}

const mostRevealed = 40

const leavesWith = (graph: MeshGraph, test: NodeTest | undefined): Set<string> =>
  new Set(test ? [...graph.nodes.values()].filter((node) => node.wire && test(node)).map((node) => node.id) : [])

const callsWith = (graph: MeshGraph, test: EdgeTest | undefined): Set<Call> =>
  new Set(test ? graph.calls.filter(test) : [])
