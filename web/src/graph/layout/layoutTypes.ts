/** What goes into the layout and what comes out. Plain arrays: they cross to a worker and back without copying rects. */

export interface LayoutNode {
  readonly id: string
  /** Index of the open box around it, which stands earlier in the list; -1 at the top. */
  readonly parent: number
  readonly open: boolean
  /** Size of a tile in world units; an open box takes what its children need, and at least `minWidth`. */
  readonly width: number
  readonly height: number
  /** Room for its title, world units. */
  readonly minWidth: number
}

export interface LayoutEdge {
  readonly source: number
  readonly target: number
}

/** Box id (empty: the top) -> its columns, each a list of child ids from top to bottom. */
export type Arrangement = Readonly<Record<string, readonly (readonly string[])[]>>

export interface LayoutInput {
  readonly nodes: readonly LayoutNode[]
  readonly edges: readonly LayoutEdge[]
  /** Screen pixels; only the ratio and the largest scale depend on it. */
  readonly canvas: { readonly width: number; readonly height: number }
  /** Screen pixels per world unit are never more, so that a small graph is not blown up. */
  readonly maxScale: number
  /** Boxes whose children are the same as before keep their columns and order. */
  readonly previous?: Arrangement
}

export interface LayoutResult {
  /** World units. */
  readonly width: number
  readonly height: number
  /** Screen pixels per world unit at which all of it fits the canvas. */
  readonly scale: number
  /** x, y, width, height of each node. */
  readonly rects: Float32Array
  /** Points (x, y) of all edges, one after the other; ends lie on the borders of the ends' rects. */
  readonly points: Float32Array
  /** Edge i owns the points from offsets[i] to offsets[i + 1] (in points, not floats). */
  readonly offsets: Uint32Array
  readonly arrangement: Arrangement
}
