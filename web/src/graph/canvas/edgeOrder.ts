/** Which edges are drawn over which. */
import { isProblem } from '../model/view.ts'
import type { Drawing } from './drawing.ts'

/** What is well first, what crosses clusters and what is pointed at last. */
export function drawOrder({ scene, emphasis }: Drawing): number[] {
  const rank = (index: number): number => {
    const edge = scene.view.edges[index]
    if (!edge) return 0
    const pointed = [emphasis.hovered, emphasis.selected].some((spot) => spot?.kind === 'edge' && spot.index === index)
    const lit = emphasis.lit?.edges.has(index) ? 8 : 0
    return (
      (pointed ? 16 : 0) +
      lit +
      (edge.crossCluster ? 4 : 0) +
      (isProblem(edge.health) ? (edge.health === 'Failure' ? 2 : 1) : 0)
    )
  }
  const ranks = scene.view.edges.map((_, index) => rank(index))
  return ranks.map((_, index) => index).sort((a, b) => (ranks[a] ?? 0) - (ranks[b] ?? 0) || a - b)
}
