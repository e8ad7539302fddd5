/** The namespaces of the mesh: one row per name, a chip for each cluster that has it. */
import type { LogicalNamespace, NamespacesAnswer } from '@binocle/api/multicluster'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { durationLabel } from '../../app/scope.ts'
import { usePageSearch, usePolling, useScope, useSetSearch } from '../../app/useScope.ts'
import { ChipFace } from '../../components/ClusterChip.tsx'
import { counted, rate } from '../../components/format.ts'
import { Health } from '../../components/Health.tsx'
import { Icon } from '../../components/Icon.tsx'
import { SortHeader } from '../../components/SortHeader.tsx'
import { Answer, Empty, TelemetryBanner } from '../../components/States.tsx'
import { useRows } from '../../components/useRows.ts'
import { namespacesQuery } from '../../data/queries.ts'
import { attributeWords, differenceSummary } from '../details/differenceParts.ts'
import { ErrorShare } from '../lists/ErrorShare.tsx'
import { NameFilter } from '../lists/FilterBar.tsx'
import { chipsOf, trafficOf } from '../lists/listModel.ts'
import { countsOf, matchingNamespaces, namespaceSort, sortedNamespaces } from './namespaceModel.ts'

const lineHeight = 41
const chipsInRow = 5

export function NamespacesPage() {
  const scope = useScope()
  const query = useQuery({ ...namespacesQuery(scope), ...usePolling() })
  return (
    <div className="page">
      <header className="page-head">
        <h1>Namespaces</h1>
        {query.data ? <p className="hint">{sizeOf(query.data)}</p> : null}
        <p className="hint right">Rates and errors: requests in, last {durationLabel(scope.durationS)}</p>
      </header>
      <Answer query={query}>{(answer) => <Namespaces answer={answer} />}</Answer>
    </div>
  )
}

function sizeOf({ namespaces }: NamespacesAnswer): string {
  const instances = namespaces.reduce((sum, { members }) => sum + members.length, 0)
  return `${counted(namespaces.length, 'namespace')} (${counted(instances, 'instance')})`
}

function Namespaces({ answer }: { answer: NamespacesAnswer }) {
  const { q, differs, only, sort, direction } = usePageSearch()
  const { namespaces: chosen } = useScope()
  const setSearch = useSetSearch()
  const filter = { chosen, text: q ?? '', differs: differs === 'true', onlyInOneCluster: only === 'one' }
  const rows = sortedNamespaces(
    matchingNamespaces(answer.namespaces, filter),
    namespaceSort(sort),
    direction === 'desc',
  )
  if (answer.namespaces.length === 0) {
    return (
      <Empty title="No namespaces here">
        <p>
          The chosen clusters have none that you may see. Clusters that are still syncing show theirs when they are
          read.
        </p>
      </Empty>
    )
  }
  return (
    <>
      <TelemetryBanner
        problem={answer.telemetry}
        old={answer.namespaces.some(({ members }) => members.some(({ requestRate }) => requestRate !== undefined))}
      />
      <search className="filters" aria-label="Filter namespaces">
        <NameFilter many="namespaces" />
        <label className="pill">
          <input
            type="checkbox"
            checked={filter.differs}
            onChange={() => setSearch({ differs: filter.differs ? undefined : 'true' }, 'push')}
          />
          <Icon name="differs" />
          Differs <b>{matchingNamespaces(answer.namespaces, { ...filter, differs: true }).length}</b>
        </label>
        <label className="pill">
          <input
            type="checkbox"
            checked={filter.onlyInOneCluster}
            onChange={() => setSearch({ only: filter.onlyInOneCluster ? undefined : 'one' }, 'push')}
          />
          <Icon name="pin" />
          Only in one cluster{' '}
          <b>{matchingNamespaces(answer.namespaces, { ...filter, onlyInOneCluster: true }).length}</b>
        </label>
      </search>
      {rows.length === 0 ? (
        <Empty title="No namespaces match these filters">
          <p>Clear a filter above, or choose other namespaces in the masthead.</p>
        </Empty>
      ) : (
        <NamespaceTable rows={rows} />
      )}
    </>
  )
}

function NamespaceTable({ rows }: { rows: readonly LogicalNamespace[] }) {
  const { sort, direction } = usePageSearch()
  const { drawn, before, after, measure, table } = useRows(rows, lineHeight)
  const sorting = { sortedBy: namespaceSort(sort), descending: direction === 'desc' }
  return (
    <table className="table list" ref={table} aria-rowcount={rows.length + 1}>
      <caption className="visually-hidden">Namespaces, one row per name</caption>
      <colgroup>
        <col className="w-health" />
        <col />
        <col className="w-clusters" />
        <col className="w-type" />
        <col className="w-count" />
        <col className="w-count" />
        <col className="w-count" />
        <col className="w-number" />
        <col className="w-number" />
        <col className="w-differs" />
      </colgroup>
      <thead>
        <tr>
          <SortHeader title="Health" code="he" {...sorting} />
          <SortHeader title="Namespace" code="ns" {...sorting} />
          <SortHeader title="Clusters" code="cl" {...sorting} />
          <th scope="col">Mode</th>
          <th scope="col" className="number">
            Apps
          </th>
          <th scope="col" className="number">
            Services
          </th>
          <th scope="col" className="number">
            Workloads
          </th>
          <SortHeader title="Requests" code="rate" className="number" {...sorting} />
          <SortHeader title="Errors" code="errors" className="number" {...sorting} />
          <th scope="col">Differs in</th>
        </tr>
      </thead>
      <tbody>
        {before > 0 ? <Gap height={before} /> : null}
        {drawn.map(({ row, index }) => (
          <tr key={row.name} ref={measure} data-index={index} aria-rowindex={index + 2}>
            <Cells namespace={row} />
          </tr>
        ))}
        {after > 0 ? <Gap height={after} /> : null}
      </tbody>
    </table>
  )
}

function Gap({ height }: { height: number }) {
  return (
    <tr className="gap">
      <td colSpan={10} style={{ height }} />
    </tr>
  )
}

function Cells({ namespace }: { namespace: LogicalNamespace }) {
  const { name, members, health, differs } = namespace
  const { rps, errorPercent } = trafficOf(members)
  const { shown, hidden } = chipsOf(members, chipsInRow)
  const modes = [...new Set(members.map(({ mode }) => (mode === 'none' ? 'not in mesh' : mode)))]
  const revisions = [...new Set(members.flatMap(({ revision }) => revision ?? []))]
  return (
    <>
      <td>
        <Health status={health} />
      </td>
      <td className="name">
        <Link to="/namespaces/$namespace" params={{ namespace: name }}>
          {name}
        </Link>
        {members.some(({ isControlPlane }) => isControlPlane) ? <span className="badge">control plane</span> : null}
      </td>
      <td>
        <span className="chips">
          {shown.map(({ cluster, health: own, stale }) => (
            <ChipFace key={cluster} cluster={cluster} health={own} stale={stale} />
          ))}
          {hidden > 0 ? <span className="chip">+{hidden} more</span> : null}
        </span>
      </td>
      <td>
        {modes.join(', ')} {revisions.length === 0 ? null : <span className="quiet">{revisions.join(', ')}</span>}
      </td>
      <td className="number">{countsOf(members, 'apps')}</td>
      <td className="number">{countsOf(members, 'services')}</td>
      <td className="number">{countsOf(members, 'workloads')}</td>
      <td className="number">{rate(rps)}</td>
      <td className="number">
        <ErrorShare rps={rps} errorPercent={errorPercent} />
      </td>
      <td>
        {differs.length === 0 ? null : (
          <span className="differs" title={differs.map(attributeWords).join(', ')}>
            <Icon name="differs" />
            <span>{differenceSummary(differs)}</span>
          </span>
        )}
      </td>
    </>
  )
}
