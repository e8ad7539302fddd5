/** "What is wrong now?" in words, worst first, each a link to its evidence; beside it how much is well. */
import { type HealthStatus, severity } from '@binocle/api/health'
import type { Counts, MeshProblem, Overview } from '@binocle/api/multicluster'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { durationLabel } from '../../app/scope.ts'
import { usePolling, useScope } from '../../app/useScope.ts'
import { ClusterName } from '../../components/ClusterChip.tsx'
import { kindWords, listRoutes } from '../../components/detailRoutes.ts'
import { counted, percent, rate } from '../../components/format.ts'
import { healthWords, worstFirst } from '../../components/healthWords.ts'
import { Icon } from '../../components/Icon.tsx'
import { Matrix } from '../../components/Matrix.tsx'
import { PathLink } from '../../components/PathLink.tsx'
import { RelativeTime } from '../../components/RelativeTime.tsx'
import { Answer, TelemetryBanner } from '../../components/States.tsx'
import { overviewQuery } from '../../data/queries.ts'
import { ClustersTable } from './ClustersTable.tsx'
import './overview.css'

export function OverviewPage() {
  const scope = useScope()
  const query = useQuery({ ...overviewQuery(scope), ...usePolling() })
  return (
    <div className="page">
      <header className="page-head">
        <h1>Overview</h1>
        {query.data ? (
          <p className="hint">
            {counted(query.data.counts.namespaces, 'namespace')} in {counted(query.data.counts.clusters, 'cluster')}
          </p>
        ) : null}
        <p className="hint right">Rates over the last {durationLabel(scope.durationS)}</p>
      </header>
      <Answer query={query}>{(overview) => <Columns overview={overview} />}</Answer>
    </div>
  )
}

function Columns({ overview }: { overview: Overview }) {
  const { problems, counts, traffic, telemetry } = overview
  const { durationS } = useScope()
  return (
    <>
      <TelemetryBanner problem={telemetry} old={traffic !== undefined} />
      <div className="overview">
        <div className="aside">
          <section className="panel" aria-labelledby="wrong">
            <h2 id="wrong">
              What is wrong now <span className="count">{problems.length}</span>
            </h2>
            {problems.length === 0 ? <AllWell unsure={telemetry !== undefined} /> : <Problems problems={problems} />}
          </section>
          <ClustersTable traffic={traffic} />
        </div>
        <div className="aside">
          <section className="panel">
            <h2>Health</h2>
            {(['app', 'service', 'workload'] as const).map((kind) => (
              <Bar key={kind} kind={kind} counts={counts[`${kind}s`]} />
            ))}
          </section>
          <section className="panel">
            <h2>Traffic between clusters</h2>
            {traffic === undefined ? (
              <p className="hint">Unknown: the metrics store gives no answer. Health above is what Kubernetes says.</p>
            ) : (
              <>
                <dl className="figures">
                  <Figure name="Requests" value={rate(traffic.rps)} />
                  <Figure name="Errors" value={traffic.rps === 0 ? 'no traffic' : percent(traffic.errorPercent)} />
                  <Figure name="Crossing clusters" value={rate(traffic.crossClusterRps)} />
                </dl>
                <Matrix
                  cells={traffic.matrix}
                  caption={`Requests and errors by cluster, last ${durationLabel(durationS)}`}
                />
              </>
            )}
          </section>
        </div>
      </div>
    </>
  )
}

function Problems({ problems }: { problems: readonly MeshProblem[] }) {
  const ordered = problems.toSorted((a, b) => severity(b.severity) - severity(a.severity))
  return (
    <ol className="problem-list">
      {ordered.map((problem) => (
        <li key={`${problem.href} ${problem.text}`}>
          <PathLink path={problem.href} className={`problem ${healthWords[problem.severity].tone}`}>
            <Icon name={healthWords[problem.severity].icon} />
            <span className="problem-text">
              <span className="visually-hidden">{healthWords[problem.severity].word}: </span>
              {problem.text}
            </span>
            <span className="problem-facts">
              {problem.kind === undefined ? null : <span>{problem.kind}</span>}
              {problem.namespace === undefined ? null : <span>{problem.namespace}</span>}
              {problem.cluster === undefined ? null : <ClusterName name={problem.cluster} />}
              {problem.since === undefined ? null : (
                <span>
                  since <RelativeTime timeMs={problem.since} />
                </span>
              )}
            </span>
            <Icon name="arrow" className="problem-go" />
          </PathLink>
        </li>
      ))}
    </ol>
  )
}

function AllWell({ unsure }: { unsure: boolean }) {
  return (
    <div className="all-well">
      <Icon name={unsure ? 'na' : 'healthy'} />
      <p>
        {unsure
          ? 'Kubernetes reports nothing wrong. Whether requests fail is unknown until the metrics store answers.'
          : 'Nothing: every cluster answers, all replicas are ready, and no request fails beyond its tolerance.'}
      </p>
    </div>
  )
}

function Bar({ kind, counts }: { kind: 'app' | 'service' | 'workload'; counts: Counts }) {
  const { one, many, title } = kindWords[kind]
  const parts = worstFirst.flatMap((status) => {
    const count = counts.byHealth[status] ?? 0
    return count > 0 ? [{ status, count }] : []
  })
  return (
    <div className="bar-block">
      <h3>
        <Link to={listRoutes[kind]}>{title}</Link>
        <span className="hint">
          {counted(counts.objects, one, many)}, {counted(counts.instances, 'instance')}
        </span>
      </h3>
      <div className="bar" aria-hidden="true">
        {parts.map(({ status, count }) => (
          <span key={status} className={`bar-part ${healthWords[status].tone}`} style={{ flexGrow: count }} />
        ))}
      </div>
      <ul className="bar-legend">
        {parts.map(({ status, count }) => (
          <li key={status}>
            <HealthCount kind={kind} status={status} count={count} />
          </li>
        ))}
      </ul>
    </div>
  )
}

function HealthCount({
  kind,
  status,
  count,
}: {
  kind: 'app' | 'service' | 'workload'
  status: HealthStatus
  count: number
}) {
  const { word, icon, tone } = healthWords[status]
  return (
    <Link to={listRoutes[kind]} search={(before) => ({ ...before, health: status })} className={`health ${tone}`}>
      <Icon name={icon} />
      <b>{count}</b> {word}
    </Link>
  )
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}
