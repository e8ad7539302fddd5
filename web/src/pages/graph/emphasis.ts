/** What is bright and what is dimmed: the paths of what is pointed at, the crossing calls, the matches of Find. */
import type { Emphasis } from '../../graph/canvas/drawing.ts'
import type { Hit } from '../../graph/canvas/scene.ts'
import type { GraphView } from '../../graph/model/view.ts'

export interface Pointed {
  readonly hover: Hit | undefined
  /** From the URL: the id of a node, or `source>target`. */
  readonly focus: string | undefined
  readonly found: Emphasis['found']
  /** Dim all that does not cross clusters. */
  readonly crossCluster: boolean
}

export function emphasisOf(view: GraphView | undefined, pointed: Pointed): Emphasis {
  if (!view) return { hovered: undefined, selected: undefined, lit: undefined, found: undefined }
  const selected = spotOf(view, pointed.focus)
  const hovered = pointed.hover
    ? { kind: pointed.hover.kind === 'edge' ? ('edge' as const) : ('node' as const), index: pointed.hover.index }
    : undefined
  // While something is selected, hovering shows labels but does not dim the rest anew.
  const lead = selected ?? hovered
  return {
    hovered,
    selected,
    lit: litBy(view, lead) ?? (pointed.crossCluster ? crossing(view) : undefined),
    found: pointed.found,
  }
}

/** The URL's word for what was hit. */
export function focusOf(view: GraphView, hit: Hit | undefined): string | undefined {
  if (!hit) return undefined
  return hit.kind === 'edge' ? view.edges[hit.index]?.id : view.nodes[hit.index]?.node.id
}

/** Where the focus is in this view: itself, or the closed box that hides it. */
export function spotOf(view: GraphView, focus: string | undefined): Emphasis['selected'] {
  if (!focus) return undefined
  const edge = view.edges.findIndex((one) => one.id === focus)
  if (edge !== -1) return { kind: 'edge', index: edge }
  const index = view.nodes.findIndex((shown) => shown.node.id === focus)
  if (index !== -1) return { kind: 'node', index }
  const call = view.edges.findIndex((one) => one.calls.some((part) => part.id === focus))
  if (call !== -1) return { kind: 'edge', index: call }
  const hiding = view.nodes.findIndex((shown) => !shown.open && shown.node.children.includes(focus))
  return hiding === -1 ? undefined : { kind: 'node', index: hiding }
}

/** A tile with its callers and called; an edge with its ends. An open box dims nothing. */
function litBy(view: GraphView, spot: Emphasis['selected']): Emphasis['lit'] {
  if (!spot) return undefined
  if (spot.kind === 'edge') {
    const edge = view.edges[spot.index]
    return edge && { nodes: new Set([edge.source, edge.target]), edges: new Set([spot.index]) }
  }
  if (view.nodes[spot.index]?.open) return undefined
  const edges = view.edges.flatMap((edge, index) =>
    edge.source === spot.index || edge.target === spot.index ? [index] : [],
  )
  return { nodes: new Set([spot.index, ...endsOf(view, edges)]), edges: new Set(edges) }
}

function crossing(view: GraphView): Emphasis['lit'] {
  const edges = view.edges.flatMap((edge, index) => (edge.crossCluster ? [index] : []))
  return { nodes: new Set(endsOf(view, edges)), edges: new Set(edges) }
}

const endsOf = (view: GraphView, edges: readonly number[]): number[] =>
  edges.flatMap((index) => {
    const edge = view.edges[index]
    return edge ? [edge.source, edge.target] : []
  })
