/** What a drawing depends on beside the scene: the view port, the theme and what the viewer points at, found or chose. */
import type { Measure, Pen } from './paint.ts'
import type { Scene } from './scene.ts'
import type { Theme } from './theme.ts'
import { overlaps, type Rect, type Size, type Viewport, visibleWorld } from './viewport.ts'

export type EdgeLabels = 'problems' | 'rates' | 'errors' | 'none'

/** Indexes are those of the scene's view. */
export interface Emphasis {
  readonly hovered: { readonly kind: 'node' | 'edge'; readonly index: number } | undefined
  readonly selected: { readonly kind: 'node' | 'edge'; readonly index: number } | undefined
  /** What stays bright; undefined: everything. */
  readonly lit: { readonly nodes: ReadonlySet<number>; readonly edges: ReadonlySet<number> } | undefined
  /** Matches of Find. */
  readonly found: { readonly nodes: ReadonlySet<number>; readonly edges: ReadonlySet<number> } | undefined
}

export interface Drawing {
  readonly pen: Pen
  readonly measure: Measure
  readonly scene: Scene
  readonly viewport: Viewport
  readonly screen: Size
  readonly theme: Theme
  readonly emphasis: Emphasis
  readonly labels: EdgeLabels
  /** Clusters whose facts are stale or unknown: hatched. */
  readonly stale: ReadonlySet<string>
  /** Position of the cluster's tint in the theme. */
  readonly tint: (cluster: string) => number
  /** Seconds since the traffic began to move; undefined: it stands still. */
  readonly movingS: number | undefined
}

/** Which rects are on the screen: nothing else is drawn. */
export function visibility({ viewport, screen }: Drawing): (rect: Rect) => boolean {
  const window = visibleWorld(viewport, screen)
  return (rect) => overlaps(rect, window)
}

export const dimmed = 0.13
