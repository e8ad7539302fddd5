/** The graph page: who calls whom across the clusters, opened at the finest level that can be read. */
import { useQuery } from '@tanstack/react-query'
import { useCallback, useId, useMemo, useRef, useState } from 'react'
import { useClusters } from '../../app/useClusters.ts'
import { usePageSearch, usePolling, useScope, useSetSearch } from '../../app/useScope.ts'
import { isSilent } from '../../components/clusterStates.ts'
import { Failed, Loading } from '../../components/States.tsx'
import type { Hit } from '../../graph/canvas/scene.ts'
import type { Size } from '../../graph/canvas/viewport.ts'
import { applyToggles, reveal, togglesBetween } from '../../graph/model/levels.ts'
import { readGraph } from '../../graph/model/meshGraph.ts'
import { nothingHidden } from '../../graph/model/view.ts'
import { emphasisOf, focusOf } from './emphasis.ts'
import { type CanvasHandle, GraphCanvas } from './GraphCanvas.tsx'
import { graphQuery } from './graphQuery.ts'
import { readGraphSearch } from './graphSearch.ts'
import { usePicture } from './usePicture.ts'
import './graph.css'

export function GraphPage() {
  const scope = useScope()
  const search = usePageSearch()
  const setSearch = useSetSearch()
  const state = useMemo(() => readGraphSearch(search), [search])
  const { clusters, tint } = useClusters()
  const query = useQuery({
    ...graphQuery({ ...scope, graphType: state.graphType, idleNodes: state.idleNodes, idleEdges: state.idleEdges }),
    ...usePolling(),
  })
  const graph = useMemo(() => (query.data ? readGraph(query.data) : undefined), [query.data])
  const [canvas, setCanvas] = useState<Size>()
  const [hover, setHover] = useState<Hit>()
  const handle = useRef<CanvasHandle>(null)
  const describedBy = useId()
  const stale = useMemo(() => new Set(clusters.filter(isSilent).map(({ name }) => name)), [clusters])

  const adjust = useCallback(
    (open: ReadonlySet<string>) => {
      const toggled = applyToggles(open, state)
      return graph && state.focus ? reveal(graph, toggled, state.focus.split('>')) : toggled
    },
    [graph, state],
  )
  const picture = usePicture({
    graph,
    scope: JSON.stringify([scope.namespaces, scope.clusters, state.graphType]),
    level: state.level,
    canvas,
    hidden: nothingHidden,
    adjust,
  })
  const view = picture?.scene.view
  const emphasis = useMemo(
    () => emphasisOf(view, { hover, focus: state.focus, found: undefined, crossCluster: state.crossCluster }),
    [view, hover, state.focus, state.crossCluster],
  )
  const select = useCallback(
    (hit: Hit | undefined) => setSearch({ focus: view ? focusOf(view, hit) : undefined }),
    [view, setSearch],
  )
  const toggle = useCallback(
    (index: number) => {
      const shown = view?.nodes[index]
      if (!picture || !shown?.node.openable) return
      const open = new Set(picture.open)
      if (shown.open) open.delete(shown.node.id)
      else open.add(shown.node.id)
      const { opened, closed } = togglesBetween(picture.base, open)
      setSearch(
        { open: opened.join(',') || undefined, close: closed.join(',') || undefined, focus: shown.node.id },
        'push',
      )
    },
    [picture, view, setSearch],
  )

  if (query.isPending) return <Loading />
  if (query.error && !query.data) return <Failed error={query.error} retry={query.refetch} />
  return (
    <div className="graph-page">
      <GraphCanvas
        ref={handle}
        scene={picture?.scene}
        layout={picture?.layout}
        emphasis={emphasis}
        labels={state.labels}
        stale={stale}
        tint={(cluster) => tint(cluster) - 1}
        animated={state.animation}
        describedBy={describedBy}
        onSize={setCanvas}
        onHover={setHover}
        onSelect={select}
        onToggle={toggle}
      />
    </div>
  )
}
