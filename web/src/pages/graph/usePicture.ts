/**
 * From a graph to a picture: picks the level, asks the worker for a layout when the topology changed, and puts new
 * numbers into the picture that is there when it did not.
 */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { type Scene, sceneOf } from '../../graph/canvas/scene.ts'
import type { Size } from '../../graph/canvas/viewport.ts'
import { type LayoutClient, type LayoutPort, layoutClient } from '../../graph/layout/layoutClient.ts'
import type { LayoutResult } from '../../graph/layout/layoutTypes.ts'
import { openingCandidates, outsideBoxes } from '../../graph/layout/openingLevel.ts'
import { labelSize, layoutInput } from '../../graph/layout/tiles.ts'
import { type Level, openAt } from '../../graph/model/levels.ts'
import type { MeshGraph } from '../../graph/model/meshGraph.ts'
import { type GraphView, type Hidden, viewOf } from '../../graph/model/view.ts'

export interface PictureQuestion {
  readonly graph: MeshGraph | undefined
  /** What the viewer looks at: when it changes the level is chosen anew. */
  readonly scope: string
  readonly level: Level | 'auto'
  readonly canvas: Size | undefined
  readonly hidden: Hidden
  /** What was opened, closed or looked for, on top of the level. */
  readonly adjust: (open: ReadonlySet<string>) => ReadonlySet<string>
}

export interface Picture {
  readonly scene: Scene
  readonly level: Level
  /** Boxes that the level alone would open. */
  readonly base: ReadonlySet<string>
  readonly open: ReadonlySet<string>
  /** Changes with each new layout; numbers alone do not change it. */
  readonly layout: LayoutResult
}

interface Drawn {
  readonly scope: string
  readonly level: Level
  readonly outsideClosed: boolean
  readonly canvas: Size
  readonly view: GraphView
  readonly layout: LayoutResult
}

export function usePicture({ graph, scope, level, canvas, hidden, adjust }: PictureQuestion): Picture | undefined {
  const ask = useLayoutWorker()
  const measure = useMemo(boldMeasure, [])
  const [drawn, setDrawn] = useState<Drawn>()
  const place = `${scope}|${level}`
  const settled = drawn && drawn.scope === place && canvas && near(drawn.canvas, canvas) ? drawn : undefined

  const view = useMemo(() => {
    if (!graph || !settled) return undefined
    return viewOf(graph, adjust(baseOf(graph, settled)), hidden)
  }, [graph, settled, adjust, hidden])

  useEffect(() => {
    if (!graph || !canvas) return
    if (view && settled) {
      if (view.topology === settled.view.topology) return
      const input = layoutInput(view, canvas, { measure, previous: settled.layout.arrangement })
      ask([input], (_, layout) => setDrawn({ ...settled, canvas, view, layout }))
      return
    }
    const all = openingCandidates(graph, canvas, hidden, { measure, adjust })
    const fixed = level === 'auto' ? all : all.filter((one) => one.level === level && !one.outsideClosed)
    const candidates = fixed.length > 0 ? fixed : [one(graph, level === 'auto' ? 'clusters' : level, canvas)]
    ask(
      candidates.map(({ input }) => input),
      (index, layout) => {
        const chosen = candidates[index]
        if (!chosen) return
        setDrawn({
          scope: place,
          level: chosen.level,
          outsideClosed: chosen.outsideClosed,
          canvas,
          view: chosen.view,
          layout,
        })
      },
    )

    function one(mesh: MeshGraph, wanted: Level, size: Size) {
      const open = openAt(mesh, wanted)
      const shown = viewOf(mesh, adjust(open), hidden)
      return { level: wanted, outsideClosed: false, open, view: shown, input: layoutInput(shown, size, { measure }) }
    }
  }, [graph, canvas, view, settled, hidden, adjust, level, place, ask, measure])

  return useMemo(() => {
    if (!drawn || !graph) return undefined
    const current = view && view.topology === drawn.view.topology ? view : drawn.view
    const base = baseOf(graph, drawn)
    const open = new Set(current.nodes.filter((shown) => shown.open).map((shown) => shown.node.id))
    return { scene: sceneOf(current, drawn.layout), level: drawn.level, base, open, layout: drawn.layout }
  }, [drawn, graph, view])
}

function baseOf(graph: MeshGraph, { level, outsideClosed }: Pick<Drawn, 'level' | 'outsideClosed'>): Set<string> {
  const open = openAt(graph, level)
  if (outsideClosed) for (const id of outsideBoxes(graph)) open.delete(id)
  return open
}

/** A few pixels more or less do not move the picture; it is only fitted anew. */
const near = (a: Size, b: Size): boolean =>
  Math.abs(a.width - b.width) < a.width * 0.06 && Math.abs(a.height - b.height) < a.height * 0.06

function useLayoutWorker(): LayoutClient['request'] {
  const client = useRef<LayoutClient>(undefined)
  useEffect(() => {
    const port: LayoutPort = new Worker(new URL('../../graph/layout/layoutWorker.ts', import.meta.url), {
      type: 'module',
    })
    client.current = layoutClient(port)
    return () => client.current?.close()
  }, [])
  return useCallback((inputs, done) => client.current?.request(inputs, done), [])
}

/** Real widths of semi-bold labels in the page's font. */
function boldMeasure(): ((text: string) => number) | undefined {
  const pen = document.createElement('canvas').getContext('2d')
  if (!pen) return undefined
  pen.font = `600 ${labelSize}px ${getComputedStyle(document.body).fontFamily}`
  return (text) => pen.measureText(text).width
}
