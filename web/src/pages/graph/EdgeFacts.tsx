/** The selected edge: what runs on it, how it fails (codes and flags), and what crossing clusters means for it. */
import { ClusterName } from '../../components/ClusterChip.tsx'
import { Health } from '../../components/Health.tsx'
import type { Call, MeshGraph } from '../../graph/model/meshGraph.ts'
import { bytesText, errorText, requestRps, shortNumber } from '../../graph/model/rate.ts'
import type { GraphView, ViewEdge } from '../../graph/model/view.ts'
import { placeText } from './placeText.ts'

interface EdgeFactsProps {
  readonly graph: MeshGraph
  readonly view: GraphView
  readonly edge: ViewEdge
  readonly stale: ReadonlySet<string>
  readonly focus: (id: string) => void
}

export function EdgeFacts({ graph, view, edge, stale, focus }: EdgeFactsProps) {
  const [source, target] = [view.nodes[edge.source]?.node, view.nodes[edge.target]?.node]
  if (!source || !target) return null
  const silent = [source.cluster, target.cluster].filter((cluster) => stale.has(cluster))
  const times = edge.calls.flatMap((call) => (call.wire.responseTime ? [Number(call.wire.responseTime)] : []))
  return (
    <>
      <p className="graph-kind">Traffic, {edge.protocols.join(' and ') || 'no protocol'}</p>
      <h2 className="graph-subject">
        <button type="button" onClick={() => focus(source.id)}>
          {placeText(graph, source.id)}
        </button>{' '}
        →{' '}
        <button type="button" onClick={() => focus(target.id)}>
          {placeText(graph, target.id)}
        </button>
      </h2>
      <Health status={edge.health} note={errorText(edge.rate) || undefined} />
      {edge.crossCluster ? (
        <p className="graph-across">
          Crosses clusters: <ClusterName name={source.cluster} /> → <ClusterName name={target.cluster} />
          {silent.length > 0 ? (
            <span> — {silent.join(' and ')} does not answer now; rates are Prometheus' own.</span>
          ) : null}
        </p>
      ) : null}
      <dl className="graph-facts">
        {edge.rate.httpRps > 0 ? (
          <>
            <dt>HTTP</dt>
            <dd>{shortNumber(edge.rate.httpRps)} rps</dd>
          </>
        ) : null}
        {edge.rate.grpcRps > 0 ? (
          <>
            <dt>gRPC</dt>
            <dd>{shortNumber(edge.rate.grpcRps)} rps</dd>
          </>
        ) : null}
        {edge.rate.tcpBytesPerS > 0 ? (
          <>
            <dt>TCP</dt>
            <dd>{bytesText(edge.rate.tcpBytesPerS)}</dd>
          </>
        ) : null}
        {requestRps(edge.rate) > 0 ? (
          <>
            <dt>Failing</dt>
            <dd>{shortNumber(edge.rate.errorRps)} rps</dd>
          </>
        ) : null}
        {times.length > 0 ? (
          <>
            <dt>Response time</dt>
            <dd>{Math.max(...times)} ms</dd>
          </>
        ) : null}
        <dt>mTLS</dt>
        <dd>{mtlsText(edge.calls)}</dd>
        {principals(edge.calls).length > 0 ? (
          <>
            <dt>Principals</dt>
            <dd>{principals(edge.calls).join(', ')}</dd>
          </>
        ) : null}
      </dl>
      <Responses calls={edge.calls} />
      {edge.calls.length > 1 ? (
        <>
          <h3>Calls in it ({edge.calls.length})</h3>
          <ul className="graph-links">
            {edge.calls.map((call) => (
              <li key={`${call.id} ${call.protocol}`}>
                <button type="button" onClick={() => focus(call.id)}>
                  <Health status={call.health} /> {placeText(graph, call.source)} → {placeText(graph, call.target)}
                </button>
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </>
  )
}

/** Codes with their share of the requests, by flag; sums over a bundle would hide which call answers what. */
function Responses({ calls }: { calls: readonly Call[] }) {
  const rows = calls.length === 1 ? Object.entries(calls[0]?.wire.traffic.responses ?? {}) : []
  if (rows.length === 0) return null
  return (
    <table className="graph-codes">
      <thead>
        <tr>
          <th scope="col">Code</th>
          <th scope="col">Flags</th>
          <th scope="col">% of requests</th>
        </tr>
      </thead>
      <tbody>
        {rows.flatMap(([code, { flags }]) =>
          Object.entries(flags ?? {}).map(([flag, share]) => (
            <tr key={`${code} ${flag}`}>
              <td>{code}</td>
              <td>{flag}</td>
              <td>{share}</td>
            </tr>
          )),
        )}
      </tbody>
    </table>
  )
}

function mtlsText(calls: readonly Call[]): string {
  const shares = calls.flatMap((call) => (call.wire.isMTLS === undefined ? [] : [Number(call.wire.isMTLS)]))
  if (shares.length === 0) return 'not asked for'
  const [least, most] = [Math.min(...shares), Math.max(...shares)]
  return least === most ? `${least}%` : `${least}% to ${most}%`
}

const principals = (calls: readonly Call[]): string[] => [
  ...new Set(
    calls.flatMap(({ wire }) =>
      [wire.sourcePrincipal, wire.destPrincipal].filter(
        (name): name is string => name !== undefined && name !== 'unknown',
      ),
    ),
  ),
]
