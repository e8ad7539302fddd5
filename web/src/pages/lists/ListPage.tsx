/** Services, workloads or applications of the whole mesh: one row per logical object, problems first. */
import type { LogicalKind } from '@binocle/api/identity'
import type { LogicalList, LogicalObject } from '@binocle/api/multicluster'
import { useQuery } from '@tanstack/react-query'
import { useCallback, useMemo, useState } from 'react'
import { durationLabel } from '../../app/scope.ts'
import { usePageSearch, usePolling, useScope } from '../../app/useScope.ts'
import { kindWords } from '../../components/detailRoutes.ts'
import { counted } from '../../components/format.ts'
import { Answer, Empty, TelemetryBanner } from '../../components/States.tsx'
import { logicalListQuery } from '../../data/queries.ts'
import { FilterBar } from './FilterBar.tsx'
import { ListTable } from './ListTable.tsx'
import { countByHealth, keyOf, linesOf, listView, matching, sorted } from './listModel.ts'

export function ListPage({ kind }: { kind: LogicalKind }) {
  const scope = useScope()
  const query = useQuery({ ...logicalListQuery(kind, scope), ...usePolling() })
  return (
    <div className="page">
      <header className="page-head">
        <h1>{kindWords[kind].title}</h1>
        {query.data ? <p className="hint">{sizeOf(kind, query.data)}</p> : null}
        <p className="hint right">Rates and errors: requests in, last {durationLabel(scope.durationS)}</p>
      </header>
      <Answer query={query}>{(list) => <Objects kind={kind} list={list} />}</Answer>
    </div>
  )
}

const hasRate = ({ members }: LogicalObject): boolean => members.some(({ requestRate }) => requestRate !== undefined)

/** `12 services (31 instances in 3 clusters)` */
function sizeOf(kind: LogicalKind, { objects }: LogicalList): string {
  const instances = objects.reduce((sum, { members }) => sum + members.length, 0)
  const clusters = new Set(objects.flatMap(({ members }) => members.map(({ cluster }) => cluster)))
  const { one, many } = kindWords[kind]
  return `${counted(objects.length, one, many)} (${counted(instances, 'instance')} in ${counted(clusters.size, 'cluster')})`
}

function Objects({ kind, list }: { kind: LogicalKind; list: LogicalList }) {
  const { q, health, only, differs, sort: by, direction } = usePageSearch()
  const scope = useScope()
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set())
  const toggle = useCallback(
    (key: string) =>
      setOpened((before) => {
        const next = new Set(before)
        if (!next.delete(key)) next.add(key)
        return next
      }),
    [],
  )
  const { filter, sort } = listView({ q, health, only, differs, sort: by, direction })
  const rows = useMemo(() => {
    const view = listView({ q, health, only, differs, sort: by, direction })
    return sorted(matching(list.objects, view.filter), view.sort)
  }, [list, q, health, only, differs, by, direction])
  const lines = useMemo(() => linesOf(rows, (key) => opened.has(key)), [rows, opened])
  const { many } = kindWords[kind]
  if (list.objects.length === 0)
    return <NoObjects many={many} narrowed={scope.namespaces.length + scope.clusters.length > 0} />
  const allOpen = rows.length > 0 && rows.every((object) => opened.has(keyOf(object)))
  return (
    <>
      <TelemetryBanner problem={list.telemetry} old={list.objects.some(hasRate)} />
      <FilterBar
        many={many}
        byHealth={countByHealth(matching(list.objects, { ...filter, health: [] }))}
        inOneCluster={matching(list.objects, { ...filter, onlyInOneCluster: true }).length}
        differing={matching(list.objects, { ...filter, differs: true }).length}
      />
      {rows.length === 0 ? (
        <Empty title={`No ${many} match these filters`}>
          <p>Clear a filter above to see more of the {list.objects.length.toLocaleString('en')}.</p>
        </Empty>
      ) : (
        <ListTable
          kind={kind}
          lines={lines}
          sort={sort}
          toggle={toggle}
          allOpen={allOpen}
          toggleAll={() => setOpened(allOpen ? new Set() : new Set(rows.map(keyOf)))}
        />
      )}
    </>
  )
}

function NoObjects({ many, narrowed }: { many: string; narrowed: boolean }) {
  return (
    <Empty title={`No ${many} here`}>
      {narrowed ? (
        <p>The chosen namespaces and clusters hold none. Choose others in the masthead.</p>
      ) : (
        <p>The mesh holds none that you may see. Clusters that are still syncing show theirs when they are read.</p>
      )}
    </Empty>
  )
}
