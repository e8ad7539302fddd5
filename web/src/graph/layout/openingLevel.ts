/**
 * How a graph opens: at the finest level that can be read on this canvas. Candidates go from fine to coarse; between
 * two levels stands the finer one with the namespaces outside the selection closed, which keeps the eye on the selection.
 */
import { type Level, levels, openAt } from '../model/levels.ts'
import { leavesOf, type MeshGraph } from '../model/meshGraph.ts'
import { type GraphView, type Hidden, nothingHidden, viewOf } from '../model/view.ts'
import { layoutGraph } from './layout.ts'
import type { LayoutInput, LayoutResult } from './layoutTypes.ts'
import { readability } from './readability.ts'
import { type LayoutOptions, layoutInput } from './tiles.ts'

export interface Candidate {
  readonly level: Level
  /** Namespaces outside the selection are closed. */
  readonly outsideClosed: boolean
  readonly open: ReadonlySet<string>
  readonly view: GraphView
  readonly input: LayoutInput
}

export interface CandidateOptions {
  readonly measure?: LayoutOptions['measure']
  /** What the viewer opened, closed or looks for, on top of a level. */
  readonly adjust?: (open: ReadonlySet<string>) => ReadonlySet<string>
}

/** From fine to coarse, without those that cannot fit whatever the layout does; never empty. */
export function openingCandidates(
  graph: MeshGraph,
  canvas: { width: number; height: number },
  hidden: Hidden = nothingHidden,
  { measure, adjust = (open) => open }: CandidateOptions = {},
): Candidate[] {
  const outside = outsideBoxes(graph)
  const variants = [...levels].reverse().flatMap((level) => {
    const open = openAt(graph, level)
    const focused = new Set([...open].filter((id) => !outside.has(id)))
    const fine = level === 'workloads' || level === 'apps'
    return fine && outside.size > 0
      ? [
          { level, open, outsideClosed: false },
          { level, open: focused, outsideClosed: true },
        ]
      : [{ level, open, outsideClosed: false }]
  })
  const candidates = variants.map((variant) => {
    const view = viewOf(graph, adjust(variant.open), hidden)
    return { ...variant, view, input: layoutInput(view, canvas, measure ? { measure } : {}) }
  })
  const fitting = candidates.filter(({ view }) => !tooMany(view, canvas))
  return fitting.length > 0 ? fitting : candidates.slice(-1)
}

/** The first input whose picture is readable, else the last one. */
export function firstReadable(inputs: readonly LayoutInput[]): { index: number; layout: LayoutResult } | undefined {
  let last: { index: number; layout: LayoutResult } | undefined
  for (const [index, input] of inputs.entries()) {
    last = { index, layout: layoutGraph(input) }
    if (readability(last.layout, input.canvas).readable) return last
  }
  return last
}

/** Namespace boxes of which every leaf is outside the selected namespaces. */
export function outsideBoxes(graph: MeshGraph): Set<string> {
  const outside = new Set<string>()
  for (const node of graph.nodes.values()) {
    if (node.kind !== 'namespace') continue
    if (leavesOf(graph, node.id).every((leaf) => graph.nodes.get(leaf)?.wire?.isOutside)) outside.add(node.id)
  }
  return outside
}

/** More tiles or edges than could be told apart: spare the work. */
const tooMany = (view: GraphView, canvas: { width: number; height: number }): boolean => {
  const pixels = canvas.width * canvas.height
  return view.nodes.length > pixels / 6000 || view.edges.length > pixels / 3000
}
