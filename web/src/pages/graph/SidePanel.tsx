/** Beside the graph: the summary of what is in view, or the facts of what is selected, or the same graph as a list. */
import { useState } from 'react'
import type { Emphasis } from '../../graph/canvas/drawing.ts'
import type { MeshGraph } from '../../graph/model/meshGraph.ts'
import type { GraphView } from '../../graph/model/view.ts'
import { EdgeFacts } from './EdgeFacts.tsx'
import { GraphList } from './GraphList.tsx'
import { Legend } from './Legend.tsx'
import { NodeFacts } from './NodeFacts.tsx'
import { Summary } from './Summary.tsx'

export interface SidePanelProps {
  readonly graph: MeshGraph
  readonly view: GraphView | undefined
  readonly selected: Emphasis['selected']
  readonly stale: ReadonlySet<string>
  readonly focus: (id: string | undefined) => void
  readonly toggle: (index: number) => void
}

const tabs = ['Details', 'List', 'Legend'] as const

export function SidePanel({ graph, view, selected, stale, focus, toggle }: SidePanelProps) {
  const [tab, setTab] = useState<(typeof tabs)[number]>('Details')
  const node = selected?.kind === 'node' ? view?.nodes[selected.index] : undefined
  const edge = selected?.kind === 'edge' ? view?.edges[selected.index] : undefined
  return (
    <aside className="graph-panel" aria-label="Graph details">
      <div className="graph-tabs" role="tablist" aria-label="Panel">
        {tabs.map((name) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`graph-tab-${name}`}
            aria-selected={tab === name}
            aria-controls="graph-tab-panel"
            onClick={() => setTab(name)}
          >
            {name === 'Details' ? (node || edge ? 'Selection' : 'Summary') : name}
          </button>
        ))}
      </div>
      <div className="graph-panel-body" role="tabpanel" id="graph-tab-panel" aria-labelledby={`graph-tab-${tab}`}>
        {tab === 'Legend' ? <Legend clusters={graph.clusters} /> : null}
        {tab === 'List' && view ? <GraphList view={view} selected={selected} focus={focus} /> : null}
        {tab === 'Details' && view && node && selected ? (
          <NodeFacts graph={graph} view={view} index={selected.index} stale={stale} focus={focus} toggle={toggle} />
        ) : null}
        {tab === 'Details' && view && edge ? (
          <EdgeFacts graph={graph} view={view} edge={edge} stale={stale} focus={focus} />
        ) : null}
        {tab === 'Details' && !node && !edge ? <Summary graph={graph} view={view} focus={focus} /> : null}
      </div>
    </aside>
  )
}
