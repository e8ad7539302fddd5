/** The level at which a graph opens: the finest that can be read on this canvas (tried from fine to coarse). */
import { type Level, levels, openAt } from '../model/levels.ts'
import type { MeshGraph } from '../model/meshGraph.ts'
import { type GraphView, type Hidden, nothingHidden, viewOf } from '../model/view.ts'
import { layoutGraph } from './layout.ts'
import type { LayoutResult } from './layoutTypes.ts'
import { readability } from './readability.ts'
import { layoutInput } from './tiles.ts'

export interface Opening {
  readonly level: Level
  readonly view: GraphView
  readonly layout: LayoutResult
}

export function openingLevel(
  graph: MeshGraph,
  canvas: { width: number; height: number },
  hidden: Hidden = nothingHidden,
): Opening {
  for (const level of [...levels].reverse()) {
    const view = viewOf(graph, openAt(graph, level), hidden)
    if (tooMany(view, canvas)) continue
    const layout = layoutGraph(layoutInput(view, canvas))
    if (level === 'clusters' || readability(layout, canvas).readable) return { level, view, layout }
  }
  const view = viewOf(graph, openAt(graph, 'clusters'), hidden)
  return { level: 'clusters', view, layout: layoutGraph(layoutInput(view, canvas)) }
}

/** Tiles and edges that cannot fit at a readable size whatever the layout does: spare the work. */
const tooMany = (view: GraphView, canvas: { width: number; height: number }): boolean =>
  view.nodes.length > (canvas.width * canvas.height) / 6000 || view.edges.length > (canvas.width * canvas.height) / 3000
