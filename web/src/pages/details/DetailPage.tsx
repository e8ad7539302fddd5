/**
 * One logical object: all clusters side by side, what differs first. `?clusterName=west` shows that cluster's part alone,
 * out of the same answer, so that going back and forth asks the server nothing.
 */
import { type HealthStatus, worstOf } from '@binocle/api/health'
import type { LogicalKind } from '@binocle/api/identity'
import type { AcrossClusters } from '@binocle/api/multicluster'
import type { UseQueryResult } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense } from 'react'
import { durationLabel } from '../../app/scope.ts'
import { usePageSearch, useScope } from '../../app/useScope.ts'
import { kindWords, listRoutes } from '../../components/detailRoutes.ts'
import { sentence } from '../../components/format.ts'
import { Health } from '../../components/Health.tsx'
import { Icon } from '../../components/Icon.tsx'
import { Matrix } from '../../components/Matrix.tsx'
import { Answer, Loading } from '../../components/States.tsx'
import { Absent } from './Absent.tsx'
import { ClusterTabs } from './ClusterTabs.tsx'
import { Differences } from './Differences.tsx'
import { RelatedTable } from './RelatedTable.tsx'
import type { Related } from './related.ts'
import { SideBySide } from './SideBySide.tsx'
import { type Attribute, sideBySide } from './sideBySide.ts'

/** Drawn by the graph's own code, which a list reader need not load. */
const MiniGraph = lazy(() => import('../graph/MiniGraph.tsx').then((module) => ({ default: module.MiniGraph })))

interface Props<Document> {
  kind: LogicalKind
  namespace: string
  name: string
  query: UseQueryResult<AcrossClusters<Document>>
  attributes: readonly Attribute<Document>[]
  healthOf(document: Document): HealthStatus
  relatedTo(documents: Readonly<Record<string, Document>>): Related[]
  /** What only this kind has, below the rest. */
  more?: (documents: Readonly<Record<string, Document>>) => ReactNode
}

export function DetailPage<Document>({ kind, namespace, name, query, ...how }: Props<Document>) {
  return (
    <div className="page">
      <nav aria-label="Breadcrumb" className="crumbs">
        <Link to={listRoutes[kind]}>{kindWords[kind].title}</Link>
        <Icon name="chevron" />
        <Link to={listRoutes[kind]} search={(before) => ({ ...before, namespaces: namespace })}>
          {namespace}
        </Link>
        <Icon name="chevron" />
        <span aria-current="page">{name}</span>
      </nav>
      {query.data === undefined ? <h1 className="page-head">{name}</h1> : null}
      <Answer query={query}>
        {(across) => <Across kind={kind} namespace={namespace} name={name} across={across} {...how} />}
      </Answer>
    </div>
  )
}

type AcrossProps<Document> = Omit<Props<Document>, 'query'> & { across: AcrossClusters<Document> }

function Across<Document>({
  kind,
  namespace,
  name,
  across,
  attributes,
  healthOf,
  relatedTo,
  more,
}: AcrossProps<Document>) {
  const { clusterName } = usePageSearch()
  const { durationS } = useScope()
  const having = Object.keys(across.clusters).toSorted()
  const shown = clusterName === undefined ? having : having.filter((cluster) => cluster === clusterName)
  const documents = Object.fromEntries(Object.entries(across.clusters).filter(([cluster]) => shown.includes(cluster)))
  const silent = new Set(across.unreachable.map(({ cluster }) => cluster))
  const fresh = Object.entries(documents).filter(([cluster]) => !silent.has(cluster))
  const unknown = shown.length - fresh.length
  const health = worstOf(fresh.map(([, document]) => healthOf(document)))
  const rows = sideBySide(attributes, documents)
  const { one } = kindWords[kind]
  const related = <RelatedTable related={relatedTo(documents)} clusters={shown} />
  const sides = (
    <section className={shown.length > 1 ? 'panel wide' : 'panel'}>
      <h2>{shown.length > 1 ? 'Side by side' : `In ${shown[0] ?? ''}`}</h2>
      <SideBySide caption={`${name} by cluster`} rows={rows} clusters={shown} silent={across.unreachable} />
    </section>
  )
  return (
    <>
      <header className="page-head">
        <span className="kind" aria-hidden="true">
          {kindWords[kind].badge}
        </span>
        <h1>
          {name}{' '}
          <span className="of">
            {one} in {namespace}
          </span>
        </h1>
        {shown.length === 0 ? null : <Health status={health} note={unknown > 0 ? `${unknown} unknown` : undefined} />}
        {across.apart === undefined ? null : (
          <span className="badge" title={`Decided by ${across.apart.decidedBy || 'what you may not see'}`}>
            {across.apart.reason === 'cluster-local' ? 'cluster-local: each cluster has its own' : 'kept apart'}
          </span>
        )}
        <p className="hint right">Rates over the last {durationLabel(durationS)}</p>
      </header>
      <ClusterTabs
        kind={kind}
        namespace={namespace}
        name={name}
        chips={having.flatMap((cluster) => {
          const document = across.clusters[cluster]
          return document === undefined ? [] : [{ cluster, health: healthOf(document), stale: silent.has(cluster) }]
        })}
      />
      {across.unreachable.length === 0 ? null : (
        <div className="banner stale" role="status">
          <Icon name="clock" />
          <span>
            {across.unreachable.map(({ cluster, message }) => (
              <span key={`${cluster} ${message}`} className="sentence">
                {cluster !== undefined && !having.includes(cluster)
                  ? `Whether ${cluster} has this ${one} is unknown: `
                  : `What is shown of ${cluster ?? 'a cluster'} is what was last known: `}
                {sentence(message)}{' '}
              </span>
            ))}
          </span>
        </div>
      )}
      {shown.length === 0 ? (
        <Absent name={name} cluster={clusterName} kind={kind} namespace={namespace} having={having} />
      ) : (
        <div className="panels">
          {shown.length > 1 ? (
            <section className="panel">
              <h2>What differs between clusters</h2>
              <Differences differences={across.differences} clusters={shown} partial={unknown > 0} />
            </section>
          ) : (
            sides
          )}
          <div className="stack">
            <section className="panel">
              <h2>Traffic between clusters</h2>
              <Matrix
                cells={across.traffic.filter(
                  ({ source, destination }) =>
                    clusterName === undefined || source === clusterName || destination === clusterName,
                )}
                caption={`Requests to ${name}, last ${durationLabel(durationS)}`}
              />
            </section>
            {shown.length > 1 ? null : related}
          </div>
          {shown.length > 1 ? sides : null}
          <section className={shown.length > 1 ? 'panel' : 'panel wide'}>
            <h2>Who calls it, whom it calls</h2>
            <div className="room">
              <Suspense fallback={<Loading />}>
                <MiniGraph kind={kind} namespace={namespace} name={name} />
              </Suspense>
            </div>
          </section>
          {shown.length > 1 ? related : null}
          {more?.(documents)}
        </div>
      )}
    </>
  )
}
