/** The graph page: who calls whom across the clusters, opened at the finest level that can be read. */
import { useQuery } from '@tanstack/react-query'
import { useCallback, useId, useMemo, useRef, useState } from 'react'
import { useClusters } from '../../app/useClusters.ts'
import { usePageSearch, usePolling, useScope, useSetSearch } from '../../app/useScope.ts'
import { isSilent } from '../../components/clusterStates.ts'
import { Empty, Failed, Loading, TelemetryBanner } from '../../components/States.tsx'
import type { Hit } from '../../graph/canvas/scene.ts'
import type { Size } from '../../graph/canvas/viewport.ts'
import { parseFind } from '../../graph/model/find.ts'
import { applyToggles, reveal, togglesBetween } from '../../graph/model/levels.ts'
import { hiddenBy, matchesInView, matchesOf, matchTargets } from '../../graph/model/matches.ts'
import { ancestors, readGraph } from '../../graph/model/meshGraph.ts'
import { nothingHidden } from '../../graph/model/view.ts'
import { emphasisOf, focusOf } from './emphasis.ts'
import { type CanvasHandle, GraphCanvas } from './GraphCanvas.tsx'
import { graphQuery } from './graphQuery.ts'
import { readGraphSearch } from './graphSearch.ts'
import { placeText } from './placeText.ts'
import { SidePanel } from './SidePanel.tsx'
import { windowText } from './Summary.tsx'
import { Toolbar } from './Toolbar.tsx'
import { useMotion } from './useMotion.ts'
import { usePicture } from './usePicture.ts'
import './graph.css'

export function GraphPage() {
  const { namespaces, clusters: chosenClusters, durationS } = useScope()
  const search = usePageSearch()
  const setSearch = useSetSearch()
  const state = useMemo(() => readGraphSearch(search), [search])
  const mesh = useClusters()
  const polling = usePolling()
  const { graphType, idleNodes, idleEdges } = state
  const question = { namespaces, clusters: chosenClusters, durationS, graphType, idleNodes, idleEdges }
  const query = useQuery({ ...graphQuery(question), ...polling })
  const graph = useMemo(() => (query.data ? readGraph(query.data) : undefined), [query.data])
  const [canvas, setCanvas] = useState<Size>()
  const [hover, setHover] = useState<Hit>()
  const handle = useRef<CanvasHandle>(null)
  const describedBy = useId()
  const motion = useMotion()
  const stale = useMemo(() => new Set(mesh.clusters.filter(isSilent).map(({ name }) => name)), [mesh.clusters])
  const names = graph?.clusters ?? noClusters
  const tint = useCallback(
    (cluster: string) =>
      // A source outside the mesh has no cluster, and none of the clusters' colours: -1.
      mesh.names.includes(cluster) ? mesh.tint(cluster) - 1 : names.includes(cluster) ? names.indexOf(cluster) % 8 : -1,
    [mesh, names],
  )

  const find = useMemo(() => parseFind(state.find), [state.find])
  const hide = useMemo(() => parseFind(state.hide), [state.hide])
  const matches = useMemo(() => (graph ? matchesOf(graph, find) : undefined), [graph, find])
  const hidden = useMemo(() => (graph ? hiddenBy(graph, hide) : nothingHidden), [graph, hide])
  const opened = state.opened.join(',')
  const closed = state.closed.join(',')
  const { ends: focusEnds, openFor } = useHiddenFocus(state.focus)
  const adjust = useCallback(
    (open: ReadonlySet<string>) => {
      if (!graph) return open
      const found = reveal(graph, open, [...matchTargets(matches), ...focusEnds])
      return applyToggles(found, { opened: listOf(opened), closed: listOf(closed) })
    },
    [graph, matches, focusEnds, opened, closed],
  )
  const picture = usePicture({
    graph,
    scope: JSON.stringify([namespaces, chosenClusters, graphType, state.find]),
    level: state.level,
    canvas,
    hidden,
    adjust,
  })
  const view = picture?.scene.view
  const found = useMemo(
    () =>
      view && graph ? matchesInView(view, matches, (box, leaf) => ancestors(graph, leaf).includes(box)) : undefined,
    [view, graph, matches],
  )
  const emphasis = useMemo(
    () => emphasisOf(view, { hover, focus: state.focus, found, crossCluster: state.crossCluster }),
    [view, hover, state.focus, found, state.crossCluster],
  )
  const focus = useCallback((id: string | undefined) => setSearch({ focus: id }), [setSearch])
  const select = useCallback((hit: Hit | undefined) => focus(view ? focusOf(view, hit) : undefined), [view, focus])
  const toggle = useCallback(
    (index: number) => {
      const shown = view?.nodes[index]
      if (!picture || !shown?.node.openable) return
      const open = new Set(picture.open)
      if (shown.open) open.delete(shown.node.id)
      else open.add(shown.node.id)
      const change = togglesBetween(picture.base, open)
      setSearch(
        {
          open: change.opened.join(',') || undefined,
          close: change.closed.join(',') || undefined,
          focus: shown.node.id,
        },
        'push',
      )
    },
    [picture, view, setSearch],
  )
  const pickFromPanel = useCallback(
    (id: string | undefined) => {
      focus(id)
      if (!view || id === undefined) return
      const index = view.nodes.findIndex((shown) => shown.node.id === id)
      if (index !== -1) handle.current?.show(index)
      else if (!view.edges.some((edge) => edge.id === id)) openFor(id)
    },
    [focus, view, openFor],
  )

  const prometheus = mesh.answer?.prometheus.problem
  const selected = emphasis.selected
  return (
    <div className="graph-page">
      <h1 className="visually-hidden">Graph</h1>
      <Toolbar
        state={state}
        drawn={picture?.level}
        change={setSearch}
        findError={find.ok ? undefined : find.error}
        hideError={hide.ok ? undefined : hide.error}
        onFit={() => handle.current?.fit()}
        onZoom={(factor) => handle.current?.zoom(factor)}
      />
      <div className="graph-stage">
        {graph && graph.nodes.size > 0 ? (
          <GraphCanvas
            ref={handle}
            scene={picture?.scene}
            layout={picture?.layout}
            emphasis={emphasis}
            labels={state.labels}
            stale={stale}
            tint={tint}
            animated={state.animation && motion}
            describedBy={describedBy}
            onSize={setCanvas}
            onHover={setHover}
            onSelect={select}
            onToggle={toggle}
          />
        ) : null}
        <p className="visually-hidden" id={describedBy} aria-live="polite">
          {graph && selected && view ? spoken(graph, view, selected) : ''}
        </p>
        {query.isError && query.data ? (
          <span className="graph-window" role="status">
            Not refreshed: the last answer is shown
          </span>
        ) : null}
        {query.isPending ? (
          <div className="graph-message">
            <Loading />
          </div>
        ) : null}
        {query.error && !query.data ? (
          <div className="graph-message">
            <Failed error={query.error} retry={query.refetch} />
          </div>
        ) : null}
        {graph && graph.nodes.size === 0 ? (
          <div className="graph-message">
            <TelemetryBanner problem={prometheus} />
            <Empty title="No traffic to draw">
              <p>
                {prometheus
                  ? 'The graph is drawn from metrics, and these are missing. Services, workloads and applications are in their lists.'
                  : `Nothing called anything in ${namespaces.length > 0 ? namespaces.join(', ') : 'the mesh'} within ${windowText(durationS)}. Choose a longer duration above.`}
              </p>
              {!idleNodes && !prometheus ? (
                <button type="button" className="button" onClick={() => setSearch({ idleNodes: 'true' })}>
                  Show services without traffic
                </button>
              ) : null}
            </Empty>
          </div>
        ) : null}
        {graph && graph.nodes.size > 0 && view?.nodes.length === 0 ? (
          <div className="graph-message">
            <Empty title="Everything is hidden">
              <button type="button" className="button" onClick={() => setSearch({ graphHide: undefined })}>
                Clear Hide
              </button>
            </Empty>
          </div>
        ) : null}
      </div>
      {graph && graph.nodes.size > 0 ? (
        <SidePanel graph={graph} view={view} selected={selected} stale={stale} focus={pickFromPanel} toggle={toggle} />
      ) : null}
    </div>
  )
}

const noClusters: readonly string[] = []

const listOf = (list: string): string[] => (list === '' ? [] : list.split(','))

/**
 * Ends of the focus that is not on the screen: the one the page was entered with (a link to a problem), or one picked
 * from the panel. What is selected in the picture is already there and must not move it.
 */
function useHiddenFocus(focus: string | undefined): { ends: readonly string[]; openFor: (id: string) => void } {
  const [ends, setEnds] = useState<readonly string[]>(() => focus?.split('>') ?? [])
  const openFor = useCallback((id: string) => setEnds(id.split('>')), [])
  return { ends, openFor }
}

function spoken(
  graph: Parameters<typeof placeText>[0],
  view: NonNullable<ReturnType<typeof usePicture>>['scene']['view'],
  selected: { kind: 'node' | 'edge'; index: number },
): string {
  if (selected.kind === 'edge') {
    const edge = view.edges[selected.index]
    const [source, target] = [view.nodes[edge?.source ?? -1], view.nodes[edge?.target ?? -1]]
    return source && target
      ? `${placeText(graph, source.node.id)} calls ${placeText(graph, target.node.id)}, ${edge?.health}`
      : ''
  }
  const shown = view.nodes[selected.index]
  if (!shown) return ''
  const calls = view.edges.filter((edge) => edge.source === selected.index).length
  const callers = view.edges.filter((edge) => edge.target === selected.index).length
  const box = shown.node.openable ? (shown.open ? ', open box' : ', closed box') : ''
  return `${placeText(graph, shown.node.id)}, ${shown.node.health}${box}, ${callers} callers, calls ${calls}`
}
