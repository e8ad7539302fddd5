/** What the signs mean. */
import { ClusterName } from '../../components/ClusterChip.tsx'
import { Health } from '../../components/Health.tsx'
import { worstFirst } from '../../components/healthWords.ts'

export function Legend({ clusters }: { clusters: readonly string[] }) {
  return (
    <>
      <h2>Health</h2>
      <ul className="graph-legend">
        {worstFirst.map((status) => (
          <li key={status}>
            <Health status={status} />
          </li>
        ))}
      </ul>
      <h2>Boxes</h2>
      <ul className="graph-legend">
        {clusters.map((name) => (
          <li key={name}>
            <ClusterName name={name} />
          </li>
        ))}
        <li>
          <Sample kind="closed" /> closed box: + or double click opens it in place; the number counts members that are
          not well
        </li>
        <li>
          <Sample kind="stale" /> hatched: the cluster does not answer, facts are the last known ones
        </li>
      </ul>
      <h2>Edges</h2>
      <ul className="graph-legend">
        <li>
          <Sample kind="healthy" /> healthy requests; the wider, the more
        </li>
        <li>
          <Sample kind="degraded" /> degraded
        </li>
        <li>
          <Sample kind="failure" /> failing
        </li>
        <li>
          <Sample kind="tcp" /> TCP
        </li>
        <li>
          <Sample kind="cross" /> crosses clusters: double, dashed, with a globe
        </li>
        <li>
          Calls to the same target share their way and arrive as one arrow. Pointing at a node or call lights its own.
        </li>
      </ul>
    </>
  )
}

function Sample({ kind }: { kind: 'healthy' | 'degraded' | 'failure' | 'tcp' | 'cross' | 'closed' | 'stale' }) {
  return (
    <svg className={`graph-sample ${kind}`} viewBox="0 0 44 14" aria-hidden="true">
      {kind === 'closed' ? (
        <>
          <rect x="5" y="4" width="37" height="9" rx="3" />
          <rect x="2" y="1" width="37" height="9" rx="3" />
        </>
      ) : kind === 'stale' ? (
        <>
          <rect x="2" y="1" width="40" height="12" rx="3" />
          <path d="M8 13L18 1M18 13L28 1M28 13L38 1" />
        </>
      ) : kind === 'cross' ? (
        <>
          <path d="M1 5h42M1 9h42" />
          <circle cx="22" cy="7" r="5" />
        </>
      ) : (
        <path d="M1 7h42" />
      )}
    </svg>
  )
}
