/** The same graph as text: every visible node and call, worst first, for those who read rather than look. */
import { severity } from '@binocle/api/health'
import { Health } from '../../components/Health.tsx'
import type { Emphasis } from '../../graph/canvas/drawing.ts'
import { errorText, rateText } from '../../graph/model/rate.ts'
import type { GraphView } from '../../graph/model/view.ts'

interface GraphListProps {
  readonly view: GraphView
  readonly selected: Emphasis['selected']
  readonly focus: (id: string) => void
}

/** More rows than this make a page slow and nobody reads them; find and hide narrow them down. */
const mostRows = 400

export function GraphList({ view, selected, focus }: GraphListProps) {
  const nodes = view.nodes
    .map((shown, index) => ({ ...shown, index }))
    .filter((shown) => !shown.open)
    .toSorted((a, b) => severity(b.node.health) - severity(a.node.health))
  const edges = view.edges
    .map((edge, index) => ({ edge, index }))
    .toSorted(
      (a, b) => severity(b.edge.health) - severity(a.edge.health) || b.edge.rate.errorRps - a.edge.rate.errorRps,
    )
  const current = (kind: 'node' | 'edge', index: number) => selected?.kind === kind && selected.index === index
  return (
    <>
      <h2>Nodes ({nodes.length})</h2>
      <ul className="graph-links">
        {nodes.slice(0, mostRows).map(({ node, index }) => (
          <li key={node.id}>
            <button type="button" aria-current={current('node', index)} onClick={() => focus(node.id)}>
              <Health status={node.health} />{' '}
              <span>
                {node.name} {node.version ?? ''}{' '}
                <small>
                  {[node.kind === 'namespace' ? 'namespace' : node.namespace, node.cluster]
                    .filter((part) => part !== '')
                    .join(', ')}
                </small>
              </span>
            </button>
          </li>
        ))}
      </ul>
      <h2>Calls ({edges.length})</h2>
      <ul className="graph-links">
        {edges.slice(0, mostRows).map(({ edge, index }) => (
          <li key={edge.id}>
            <button type="button" aria-current={current('edge', index)} onClick={() => focus(edge.id)}>
              <Health status={edge.health} />{' '}
              <span>
                {nameOf(view, edge.source)} → {nameOf(view, edge.target)}{' '}
                <small>
                  {[rateText(edge.rate), errorText(edge.rate), edge.crossCluster ? 'crosses clusters' : '']
                    .filter((part) => part !== '')
                    .join(', ')}
                </small>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </>
  )
}

function nameOf(view: GraphView, index: number): string {
  const node = view.nodes[index]?.node
  if (!node) return ''
  return node.parent === undefined ? node.name : `${node.name} (${node.cluster})`
}
