/** The graph in words: what is wrong worst first, totals over the window, and who calls across clusters how much. */
import { ClusterName } from '../../components/ClusterChip.tsx'
import { Health } from '../../components/Health.tsx'
import type { MeshGraph } from '../../graph/model/meshGraph.ts'
import { bytesText, errorPercent, errorText, rateText, requestRps, shortNumber } from '../../graph/model/rate.ts'
import { clusterMatrix, type GraphProblem, problemsOf, totalsOf } from '../../graph/model/summary.ts'
import type { GraphView } from '../../graph/model/view.ts'
import { placeText } from './placeText.ts'

const shownProblems = 8

export function Summary({
  graph,
  view,
  focus,
}: {
  graph: MeshGraph
  view: GraphView | undefined
  focus: (id: string) => void
}) {
  const totals = totalsOf(graph)
  const problems = problemsOf(graph)
  return (
    <>
      <h2>What is wrong here</h2>
      {problems.length === 0 ? (
        <p className="graph-quiet">No failing call and no unhealthy member in this view.</p>
      ) : null}
      <ol className="graph-problems">
        {problems.slice(0, shownProblems).map((problem) => (
          <li key={problem.focus} className="graph-problem">
            <button type="button" onClick={() => focus(problem.focus)}>
              <Health status={problem.health} note={problemNote(problem)} />
              <ProblemText graph={graph} problem={problem} />
            </button>
          </li>
        ))}
      </ol>
      {problems.length > shownProblems ? (
        <p className="graph-quiet">and {problems.length - shownProblems} more, marked in the graph.</p>
      ) : null}
      <h2>
        Totals{' '}
        <small>
          over {windowText(graph.durationS)} until {new Date(graph.timestamp * 1000).toLocaleTimeString()}
        </small>
      </h2>
      <dl className="graph-facts">
        <dt>Requests</dt>
        <dd>
          {shortNumber(requestRps(totals.rate))} rps, {errorPercent(totals.rate).toFixed(1)}% errors
        </dd>
        <dt>Across clusters</dt>
        <dd>{shortNumber(totals.crossClusterRps)} rps</dd>
        <dt>TCP</dt>
        <dd>{bytesText(totals.rate.tcpBytesPerS)}</dd>
        <dt>In view</dt>
        <dd>
          {totals.clusters} clusters, {totals.namespaces} namespaces, {totals.apps} apps, {totals.workloads} workloads,{' '}
          {totals.services} services, {totals.calls} calls
        </dd>
        {view && view.hidden.nodes + view.hidden.calls > 0 ? (
          <>
            <dt>Hidden</dt>
            <dd>
              {view.hidden.nodes} nodes, {view.hidden.calls} calls
            </dd>
          </>
        ) : null}
      </dl>
      {graph.clusters.length > 1 ? <Matrix graph={graph} /> : null}
    </>
  )
}

function ProblemText({ graph, problem }: { graph: MeshGraph; problem: GraphProblem }) {
  const { subject } = problem
  if (subject.kind === 'node') return <span>{placeText(graph, subject.node.id)}</span>
  return (
    <span>
      {placeText(graph, subject.call.source)} → {placeText(graph, subject.call.target)}
    </span>
  )
}

const problemNote = ({ subject }: GraphProblem): string =>
  subject.kind === 'call' ? `${errorText(subject.call.rate)} of ${rateText(subject.call.rate)}` : ''

/** Rows call columns. */
function Matrix({ graph }: { graph: MeshGraph }) {
  const cells = clusterMatrix(graph)
  const cell = (source: string, destination: string) =>
    cells.find((one) => one.source === source && one.destination === destination)
  return (
    <>
      <h2>
        Between clusters <small>rps, errors</small>
      </h2>
      <table className="graph-matrix">
        <caption className="visually-hidden">Requests between clusters, per second, and the share of errors</caption>
        <thead>
          <tr>
            <th scope="col">from \ to</th>
            {graph.clusters.map((name) => (
              <th key={name} scope="col">
                <ClusterName name={name} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {graph.clusters.map((source) => (
            <tr key={source}>
              <th scope="row">
                <ClusterName name={source} />
              </th>
              {graph.clusters.map((destination) => {
                const traffic = cell(source, destination)
                return (
                  <td key={destination} className={source === destination ? undefined : 'across'}>
                    {traffic ? shortNumber(traffic.rps) : '–'}
                    {traffic && traffic.errorPercent >= 0.1 ? <small>{traffic.errorPercent.toFixed(1)}%</small> : null}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}

export const windowText = (seconds: number): string =>
  seconds % 3600 === 0 ? `${seconds / 3600} h` : seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`
