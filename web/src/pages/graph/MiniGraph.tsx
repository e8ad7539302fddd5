/** The traffic around one object in all its clusters, for its details page. A click leads to the full graph. */
import type { LogicalKind } from '@binocle/api/identity'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useCallback, useId, useMemo, useState } from 'react'
import { useClusters } from '../../app/useClusters.ts'
import { usePolling, useScope } from '../../app/useScope.ts'
import { isSilent } from '../../components/clusterStates.ts'
import { Failed, Loading } from '../../components/States.tsx'
import type { Hit } from '../../graph/canvas/scene.ts'
import type { Size } from '../../graph/canvas/viewport.ts'
import { around, subjectsOf } from '../../graph/model/around.ts'
import { readGraph } from '../../graph/model/meshGraph.ts'
import { emphasisOf, focusOf } from './emphasis.ts'
import { GraphCanvas } from './GraphCanvas.tsx'
import { graphQuery } from './graphQuery.ts'
import { usePicture } from './usePicture.ts'
import './graph.css'

export interface MiniGraphProps {
  readonly kind: LogicalKind
  readonly namespace: string
  readonly name: string
}

const asIs = (open: ReadonlySet<string>): ReadonlySet<string> => open

export function MiniGraph({ kind, namespace, name }: MiniGraphProps) {
  const { durationS, clusters } = useScope()
  const mesh = useClusters()
  const navigate = useNavigate()
  const describedBy = useId()
  const query = useQuery({
    ...graphQuery({
      namespaces: [namespace],
      clusters,
      durationS,
      graphType: 'versionedApp',
      idleNodes: false,
      idleEdges: false,
    }),
    ...usePolling(),
  })
  const graph = useMemo(() => (query.data ? readGraph(query.data) : undefined), [query.data])
  const subjects = useMemo(
    () => (graph ? subjectsOf(graph, kind, namespace, name) : []),
    [graph, kind, namespace, name],
  )
  const hidden = useMemo(() => around(graph, subjects), [graph, subjects])
  const [canvas, setCanvas] = useState<Size>()
  const [hover, setHover] = useState<Hit>()
  const stale = useMemo(() => new Set(mesh.clusters.filter(isSilent).map((cluster) => cluster.name)), [mesh.clusters])
  const tint = useCallback((cluster: string) => mesh.tint(cluster) - 1, [mesh])
  const picture = usePicture({
    graph,
    scope: `${kind}/${namespace}/${name}`,
    level: 'auto',
    canvas,
    hidden,
    adjust: asIs,
  })
  const view = picture?.scene.view
  const emphasis = useMemo(
    () => emphasisOf(view, { hover, focus: undefined, found: undefined, crossCluster: false }),
    [view, hover],
  )
  const open = useCallback(
    (hit: Hit | undefined) => {
      const focus = view ? focusOf(view, hit) : undefined
      if (focus !== undefined)
        void navigate({ to: '/graph', search: (before) => ({ ...before, namespaces: namespace, focus }) })
    },
    [view, navigate, namespace],
  )
  if (query.isPending) return <Loading />
  if (query.error && !query.data) return <Failed error={query.error} retry={query.refetch} />
  if (subjects.length === 0) return <p className="graph-quiet">No traffic within this window.</p>
  return (
    <figure className="mini-graph-figure">
      <div className="mini-graph">
        <GraphCanvas
          scene={picture?.scene}
          layout={picture?.layout}
          emphasis={emphasis}
          labels="problems"
          stale={stale}
          tint={tint}
          animated={false}
          describedBy={describedBy}
          onSize={setCanvas}
          onHover={setHover}
          onSelect={open}
          onToggle={(index) => open({ kind: 'node', index })}
        />
      </div>
      <figcaption id={describedBy}>
        <Link to="/graph" search={(before) => ({ ...before, namespaces: namespace, focus: subjects[0] })}>
          Show in the full graph
        </Link>
      </figcaption>
    </figure>
  )
}
