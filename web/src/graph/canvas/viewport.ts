/** Where the world is on the screen: `screen = world * scale + offset`, in CSS pixels. Pure geometry. */

export interface Viewport {
  readonly scale: number
  readonly x: number
  readonly y: number
}

export interface Size {
  readonly width: number
  readonly height: number
}

export interface Rect extends Size {
  readonly x: number
  readonly y: number
}

export const smallestScale = 0.05
export const largestZoom = 4

/** Shows all of `world`, centred. */
export function fit(world: Size, screen: Size): Viewport {
  const scale = Math.min(screen.width / world.width, screen.height / world.height)
  return { scale, x: (screen.width - world.width * scale) / 2, y: (screen.height - world.height * scale) / 2 }
}

/** Zooms by `factor`; the world point under (x, y) stays there. */
export function zoomAt(viewport: Viewport, factor: number, x: number, y: number): Viewport {
  const scale = Math.min(largestZoom, Math.max(smallestScale, viewport.scale * factor))
  const ratio = scale / viewport.scale
  return { scale, x: x - (x - viewport.x) * ratio, y: y - (y - viewport.y) * ratio }
}

export const pan = (viewport: Viewport, dx: number, dy: number): Viewport => ({
  scale: viewport.scale,
  x: viewport.x + dx,
  y: viewport.y + dy,
})

/** Moves (and only if needed zooms) so that `rect` is on the screen with some room around it. */
export function bringIntoView(viewport: Viewport, rect: Rect, screen: Size): Viewport {
  const scale = Math.max(viewport.scale, 0.85)
  const centred = {
    scale,
    x: screen.width / 2 - (rect.x + rect.width / 2) * scale,
    y: screen.height / 2 - (rect.y + rect.height / 2) * scale,
  }
  if (scale !== viewport.scale) return centred
  const left = rect.x * scale + viewport.x
  const top = rect.y * scale + viewport.y
  const inside =
    left >= 0 && top >= 0 && left + rect.width * scale <= screen.width && top + rect.height * scale <= screen.height
  return inside ? viewport : centred
}

/** The viewport in which `rect`'s top left corner is where `before` had it: the anchor when a box opens or closes. */
export function anchored(viewport: Viewport, before: Rect, now: Rect): Viewport {
  return pan(viewport, (before.x - now.x) * viewport.scale, (before.y - now.y) * viewport.scale)
}

/** The part of the world that the screen shows. */
export const visibleWorld = (viewport: Viewport, screen: Size): Rect => ({
  x: -viewport.x / viewport.scale,
  y: -viewport.y / viewport.scale,
  width: screen.width / viewport.scale,
  height: screen.height / viewport.scale,
})

export const overlaps = (a: Rect, b: Rect): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
