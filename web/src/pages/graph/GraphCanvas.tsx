/** The canvas: draws the scene when something changed, and turns pointers and keys into what they mean. */
import {
  type KeyboardEvent,
  type PointerEvent,
  type Ref,
  useCallback,
  useEffect,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
} from 'react'
import { draw } from '../../graph/canvas/draw.ts'
import type { EdgeLabels, Emphasis } from '../../graph/canvas/drawing.ts'
import { cachedMeasure } from '../../graph/canvas/paint.ts'
import { type Hit, hitGrid, type Scene } from '../../graph/canvas/scene.ts'
import { readTheme } from '../../graph/canvas/theme.ts'
import { anchored, bringIntoView, fit, pan, type Size, type Viewport, zoomAt } from '../../graph/canvas/viewport.ts'
import type { LayoutResult } from '../../graph/layout/layoutTypes.ts'
import { labelSize, largestScale, smallestLabelPx } from '../../graph/layout/tiles.ts'
import { type Direction, neighbour } from '../../graph/model/walk.ts'

export interface CanvasHandle {
  fit(): void
  zoom(factor: number): void
  /** Moves so that the node can be seen. */
  show(index: number): void
}

export interface GraphCanvasProps {
  readonly ref?: Ref<CanvasHandle>
  readonly scene: Scene | undefined
  readonly layout: LayoutResult | undefined
  readonly emphasis: Emphasis
  readonly labels: EdgeLabels
  readonly stale: ReadonlySet<string>
  readonly tint: (cluster: string) => number
  readonly animated: boolean
  readonly describedBy: string
  readonly onSize: (size: Size) => void
  readonly onHover: (hit: Hit | undefined) => void
  readonly onSelect: (hit: Hit | undefined) => void
  readonly onToggle: (index: number) => void
}

export function GraphCanvas(props: GraphCanvasProps) {
  const { scene, layout, emphasis, labels, stale, tint, animated, onSize, onHover, onSelect, onToggle } = props
  const canvas = useRef<HTMLCanvasElement>(null)
  const holder = useRef<HTMLDivElement>(null)
  const size = useSize(holder, onSize)
  const [viewport, setViewport] = useState<Viewport>({ scale: 1, x: 0, y: 0 })
  const measure = useMemo(cachedMeasure, [])
  const grid = useMemo(() => (scene ? hitGrid(scene) : undefined), [scene])
  const themeTurn = useThemeTurn()
  useAnchoredViewport(scene, layout, size, setViewport)

  useImperativeHandle(
    props.ref,
    () => ({
      fit: () => scene && size && setViewport(fit(scene.size, size)),
      zoom: (factor) => size && setViewport((at) => zoomAt(at, factor, size.width / 2, size.height / 2)),
      show: (index) => {
        const rect = scene?.rects[index]
        if (rect && size) setViewport((at) => bringIntoView(at, rect, size))
      },
    }),
    [scene, size],
  )

  // biome-ignore lint/correctness/useExhaustiveDependencies: themeTurn stands for the colours that readTheme reads
  useEffect(() => {
    const element = canvas.current
    const pen = element?.getContext('2d', { alpha: false })
    if (!element || !pen || !scene || !size) return
    const theme = readTheme(element)
    const pixelRatio = devicePixelRatio
    element.width = Math.round(size.width * pixelRatio)
    element.height = Math.round(size.height * pixelRatio)
    let frame = 0
    const paint = (nowMs: number) => {
      const movingS = animated ? nowMs / 1000 : undefined
      draw({ pen, measure, scene, viewport, screen: size, theme, emphasis, labels, stale, tint, movingS }, pixelRatio)
      if (animated) frame = requestAnimationFrame(paint)
    }
    frame = requestAnimationFrame(paint)
    return () => cancelAnimationFrame(frame)
  }, [scene, viewport, size, emphasis, labels, stale, tint, animated, measure, themeTurn])

  const hitAt = (x: number, y: number) =>
    grid?.at((x - viewport.x) / viewport.scale, (y - viewport.y) / viewport.scale, 7 / viewport.scale)
  const pointers = usePointers(setViewport, hitAt, { onHover, onSelect, onToggle })
  useWheel(canvas, setViewport)

  const onKeyDown = (event: KeyboardEvent) => {
    const direction = arrows[event.key]
    const selected = emphasis.selected
    if (event.ctrlKey || event.metaKey || event.altKey || !scene) return
    if (direction && event.shiftKey) {
      setViewport((at) =>
        pan(
          at,
          direction === 'left' ? 60 : direction === 'right' ? -60 : 0,
          direction === 'up' ? 60 : direction === 'down' ? -60 : 0,
        ),
      )
    } else if (direction) {
      const next = neighbour(scene.view, scene.rects, selected?.kind === 'node' ? selected.index : undefined, direction)
      if (next !== undefined) onSelect({ kind: 'node', index: next })
    } else if (event.key === 'Enter' && selected?.kind === 'node') onToggle(selected.index)
    else if (event.key === 'Escape') onSelect(undefined)
    else if ((event.key === '+' || event.key === '=') && size)
      setViewport((at) => zoomAt(at, 1.2, size.width / 2, size.height / 2))
    else if (event.key === '-' && size) setViewport((at) => zoomAt(at, 1 / 1.2, size.width / 2, size.height / 2))
    else if (event.key === '0' && size) setViewport(fit(scene.size, size))
    else return
    event.preventDefault()
  }

  return (
    <div
      ref={holder}
      className="graph-holder"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a widget with keys of its own; the list beside it says the same in words
      tabIndex={0}
      role="application"
      aria-label="Traffic graph. Arrow keys walk along calls, Enter opens or closes a box, plus and minus zoom, 0 fits, Escape clears."
      aria-describedby={props.describedBy}
      onKeyDown={onKeyDown}
    >
      <canvas ref={canvas} className="graph-canvas" {...pointers} />
    </div>
  )
}

const arrows: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
}

/** A new layout is fitted, unless that would make it unreadable: then what was opened or closed stays where it was. */
function useAnchoredViewport(
  scene: Scene | undefined,
  layout: LayoutResult | undefined,
  size: Size | undefined,
  setViewport: (change: (at: Viewport) => Viewport) => void,
): void {
  const before = useRef<{ scene: Scene; layout: LayoutResult; size: Size }>(undefined)
  useEffect(() => {
    if (!scene || !layout || !size) return
    const last = before.current
    before.current = { scene, layout, size }
    if (last?.layout === layout && last.size === size) return
    const whole = fit(scene.size, size)
    if (!last || whole.scale * labelSize >= smallestLabelPx * 0.99) {
      setViewport(() => (whole.scale > largestScale ? fit(scene.size, size) : whole))
      return
    }
    const anchor = changedBox(last.scene, scene)
    setViewport((at) => (anchor ? anchored(at, anchor.before, anchor.now) : whole))
  }, [scene, layout, size, setViewport])
}

/** The box that opened or closed between two scenes, with its place in each. */
function changedBox(last: Scene, now: Scene) {
  const lastIndex = new Map(last.view.nodes.map((shown, index) => [shown.node.id, index]))
  for (const [index, shown] of now.view.nodes.entries()) {
    const at = lastIndex.get(shown.node.id)
    if (at === undefined || last.view.nodes[at]?.open === shown.open) continue
    const [before, rect] = [last.rects[at], now.rects[index]]
    if (before && rect) return { before, now: rect }
  }
  return undefined
}

function useSize(holder: { current: HTMLElement | null }, onSize: (size: Size) => void): Size | undefined {
  const [size, setSize] = useState<Size>()
  useEffect(() => {
    const element = holder.current
    if (!element) return
    const observer = new ResizeObserver(() => {
      const next = { width: element.clientWidth, height: element.clientHeight }
      if (next.width === 0 || next.height === 0) return
      setSize(next)
      onSize(next)
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [holder, onSize])
  return size
}

/** Counts theme switches, so that the canvas is drawn with the new colours. */
function useThemeTurn(): number {
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    const observer = new MutationObserver(() => setTurn((count) => count + 1))
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
    return () => observer.disconnect()
  }, [])
  return turn
}

/** Wheel zooms at the pointer. A passive listener could not keep the page from scrolling. */
function useWheel(
  canvas: { current: HTMLCanvasElement | null },
  setViewport: (change: (at: Viewport) => Viewport) => void,
): void {
  useEffect(() => {
    const element = canvas.current
    if (!element) return
    const onWheel = (event: WheelEvent) => {
      event.preventDefault()
      const box = element.getBoundingClientRect()
      const [x, y] = [event.clientX - box.left, event.clientY - box.top]
      setViewport((at) => zoomAt(at, Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0015)), x, y))
    }
    element.addEventListener('wheel', onWheel, { passive: false })
    return () => element.removeEventListener('wheel', onWheel)
  }, [canvas, setViewport])
}

interface Meanings {
  readonly onHover: (hit: Hit | undefined) => void
  readonly onSelect: (hit: Hit | undefined) => void
  readonly onToggle: (index: number) => void
}

/** One pointer drags, two pinch, a short one selects, two short ones open or close. */
function usePointers(
  setViewport: (change: (at: Viewport) => Viewport) => void,
  hitAt: (x: number, y: number) => Hit | undefined,
  { onHover, onSelect, onToggle }: Meanings,
) {
  const down = useRef(new Map<number, { x: number; y: number }>())
  const moved = useRef(0)
  const placeOf = useCallback((event: PointerEvent | React.MouseEvent) => {
    const box = event.currentTarget.getBoundingClientRect()
    return { x: event.clientX - box.left, y: event.clientY - box.top }
  }, [])
  return {
    onPointerDown(event: PointerEvent<HTMLCanvasElement>) {
      event.currentTarget.setPointerCapture(event.pointerId)
      down.current.set(event.pointerId, placeOf(event))
      moved.current = 0
    },
    onPointerMove(event: PointerEvent<HTMLCanvasElement>) {
      const now = placeOf(event)
      const before = down.current.get(event.pointerId)
      if (!before) {
        const hit = hitAt(now.x, now.y)
        event.currentTarget.style.cursor = hit ? 'pointer' : 'grab'
        onHover(hit)
        return
      }
      moved.current += Math.abs(now.x - before.x) + Math.abs(now.y - before.y)
      const other = [...down.current].find(([id]) => id !== event.pointerId)?.[1]
      down.current.set(event.pointerId, now)
      if (other) {
        const [was, is] = [
          Math.hypot(before.x - other.x, before.y - other.y),
          Math.hypot(now.x - other.x, now.y - other.y),
        ]
        setViewport((at) => zoomAt(at, is / Math.max(1, was), (now.x + other.x) / 2, (now.y + other.y) / 2))
      } else if (moved.current > 4) setViewport((at) => pan(at, now.x - before.x, now.y - before.y))
    },
    onPointerUp(event: PointerEvent<HTMLCanvasElement>) {
      down.current.delete(event.pointerId)
      if (moved.current > 4) return
      const { x, y } = placeOf(event)
      const hit = hitAt(x, y)
      if (hit?.kind === 'toggle') onToggle(hit.index)
      else onSelect(hit)
    },
    onPointerCancel(event: PointerEvent<HTMLCanvasElement>) {
      down.current.delete(event.pointerId)
    },
    onPointerLeave() {
      onHover(undefined)
    },
    onDoubleClick(event: React.MouseEvent<HTMLCanvasElement>) {
      const { x, y } = placeOf(event)
      const hit = hitAt(x, y)
      if (hit?.kind === 'node') onToggle(hit.index)
    },
  }
}
