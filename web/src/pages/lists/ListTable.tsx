/** The rows of a list. Fixed columns, so that nothing jumps while numbers change; long texts wrap instead of being cut. */
import type { LogicalKind } from '@binocle/api/identity'
import { kindWords } from '../../components/detailRoutes.ts'
import { Icon } from '../../components/Icon.tsx'
import { SortHeader } from '../../components/SortHeader.tsx'
import { useRows } from '../../components/useRows.ts'
import { LineRow } from './ListRows.tsx'
import { codeOf, type Line, type Sort, type SortKey } from './listModel.ts'

const lineHeight = 41

interface Props {
  kind: LogicalKind
  lines: readonly Line[]
  sort: Sort
  allOpen: boolean
  toggle(key: string): void
  toggleAll(): void
}

export function ListTable({ kind, lines, sort, allOpen, toggle, toggleAll }: Props) {
  const { drawn, before, after, measure, table } = useRows(lines, lineHeight)
  const heading = (title: string, key: SortKey, className?: string) => (
    <SortHeader
      title={title}
      code={codeOf[key]}
      sortedBy={codeOf[sort.key]}
      descending={sort.descending}
      className={className}
    />
  )
  return (
    <table className="table list" ref={table} aria-rowcount={lines.length + 1}>
      <caption className="visually-hidden">{kindWords[kind].title}, one row per logical object</caption>
      <colgroup>
        <col className="w-open" />
        <col className="w-health" />
        <col />
        <col className="w-namespace" />
        <col className="w-clusters" />
        <col className="w-versions" />
        <col className="w-number" />
        <col className="w-number" />
        <col className="w-type" />
        <col className="w-differs" />
      </colgroup>
      <thead>
        <tr>
          <th scope="col">
            <button
              type="button"
              className={allOpen ? 'opener open' : 'opener'}
              aria-expanded={allOpen}
              onClick={toggleAll}
              title={allOpen ? 'Close all rows' : 'Open all rows'}
            >
              <Icon name="chevron" />
              <span className="visually-hidden">All rows by cluster</span>
            </button>
          </th>
          {heading('Health', 'health')}
          {heading('Name', 'name')}
          {heading('Namespace', 'namespace')}
          {heading('Clusters', 'clusters')}
          <th scope="col">Versions</th>
          {heading('Requests', 'rate', 'number')}
          {heading('Errors', 'errors', 'number')}
          <th scope="col">{kind === 'service' ? 'Type' : 'Ready'}</th>
          <th scope="col">Differs in</th>
        </tr>
      </thead>
      <tbody>
        <Gap height={before} />
        {drawn.map(({ row, index }) => (
          <LineRow key={row.key} kind={kind} line={row} index={index} measure={measure} toggle={toggle} />
        ))}
        <Gap height={after} />
      </tbody>
    </table>
  )
}

function Gap({ height }: { height: number }) {
  return height > 0 ? (
    <tr className="gap">
      <td colSpan={10} style={{ height }} />
    </tr>
  ) : null
}
