/** Walking through the view by keys: left and right along calls, up and down between neighbours on the screen. */
import type { GraphView } from './view.ts'

export type Direction = 'left' | 'right' | 'up' | 'down'

interface Place {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/**
 * The node to go to from `at`: right follows a call to the nearest called node, left to the nearest caller, up and down
 * go to the nearest tile above or below. Without a start: the first tile. Undefined where there is nothing that way.
 */
export function neighbour(
  view: GraphView,
  places: readonly Place[],
  at: number | undefined,
  direction: Direction,
): number | undefined {
  const tiles = view.nodes.flatMap((shown, index) => (shown.open ? [] : [index]))
  const from = at === undefined ? undefined : places[at]
  if (at === undefined || !from) return tiles[0]
  const candidates =
    direction === 'right'
      ? view.edges.flatMap((edge) => (edge.source === at ? [edge.target] : []))
      : direction === 'left'
        ? view.edges.flatMap((edge) => (edge.target === at ? [edge.source] : []))
        : tiles.filter((tile) => tile !== at && isBeyond(from, places[tile], direction))
  return candidates.reduce<number | undefined>((best, tile) => {
    const [place, chosen] = [places[tile], best === undefined ? undefined : places[best]]
    if (!place) return best
    return !chosen || distance(from, place) < distance(from, chosen) ? tile : best
  }, undefined)
}

function isBeyond(from: Place, to: Place | undefined, direction: 'up' | 'down'): boolean {
  if (!to) return false
  return direction === 'up' ? middleY(to) < middleY(from) - 4 : middleY(to) > middleY(from) + 4
}

const middleY = (place: Place): number => place.y + place.height / 2

/** Sideways counts more: up and down should stay in the column where they can. */
const distance = (a: Place, b: Place): number =>
  Math.abs(middleY(a) - middleY(b)) + 2.5 * Math.abs(a.x + a.width / 2 - b.x - b.width / 2)
