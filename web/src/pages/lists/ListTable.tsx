/** The rows of a list. Fixed columns, so that nothing jumps while numbers change; long texts wrap instead of being cut. */
import type { LogicalKind } from '@binocle/api/identity'
import type { LogicalObject, Member } from '@binocle/api/multicluster'
import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import { ClusterChip, ClusterName } from '../../components/ClusterChip.tsx'
import { detailRoutes, kindWords } from '../../components/detailRoutes.ts'
import { percent, rate } from '../../components/format.ts'
import { Health } from '../../components/Health.tsx'
import { Icon } from '../../components/Icon.tsx'
import { Labels } from '../../components/Labels.tsx'
import { SortHeader } from '../../components/SortHeader.tsx'
import { useRows } from '../../components/useRows.ts'
import { attributeWords } from '../details/differenceParts.ts'
import { chipsOf, codeOf, type Line, type Sort, type SortKey, trafficOf } from './listModel.ts'

const lineHeight = 41
const chipsInRow = 4

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

interface LineProps {
  kind: LogicalKind
  line: Line
  index: number
  measure: ((element: Element | null) => void) | undefined
  toggle(key: string): void
}

/** Kept while its line stays the same, so that scrolling draws only the rows that come into sight. */
const LineRow = memo(({ kind, line, index, measure, toggle }: LineProps) => (
  <tr
    ref={measure}
    data-index={index}
    aria-rowindex={index + 2}
    className={line.line === 'member' ? 'part' : line.open ? 'opened' : undefined}
  >
    {line.line === 'object' ? (
      <ObjectCells kind={kind} object={line.object} open={line.open} toggle={() => toggle(line.key)} />
    ) : (
      <MemberCells kind={kind} object={line.object} member={line.member} />
    )}
  </tr>
))

interface ObjectProps {
  kind: LogicalKind
  object: LogicalObject
  open: boolean
  toggle(): void
}

function ObjectCells({ kind, object, open, toggle }: ObjectProps) {
  const { namespace, name, members, differs } = object
  const { rps, errorPercent } = trafficOf(members)
  const { shown, hidden } = chipsOf(members, chipsInRow)
  const versions = [...new Set(members.flatMap((member) => member.versions))].toSorted()
  return (
    <>
      <td>
        <button type="button" className={open ? 'opener open' : 'opener'} aria-expanded={open} onClick={toggle}>
          <Icon name="chevron" />
          <span className="visually-hidden">
            {name} in {namespace} by cluster
          </span>
        </button>
      </td>
      <td>
        <Health
          status={object.health}
          note={object.unknownMembers > 0 ? `${object.unknownMembers} unknown` : undefined}
        />
      </td>
      <td className="name">
        <Link
          to={detailRoutes[kind]}
          params={{ namespace, name }}
          search={object.apart ? { clusterName: members[0]?.cluster } : {}}
        >
          {name}
        </Link>
        {object.apart === undefined ? null : <Apart apart={object.apart} />}
      </td>
      <td>{namespace}</td>
      <td>
        <span className="chips">
          {shown.map((member) => (
            <ClusterChip key={member.cluster} kind={kind} namespace={namespace} name={name} {...chipFacts(member)} />
          ))}
          {hidden > 0 ? (
            <button type="button" className="chip" onClick={toggle}>
              +{hidden} more
            </button>
          ) : null}
        </span>
      </td>
      <td>{versions.join(', ')}</td>
      <td className="number">{rate(rps)}</td>
      <td className="number">
        <ErrorShare rps={rps} errorPercent={errorPercent} />
      </td>
      <td>{kind === 'service' ? distinct(members.map(({ type }) => type)) : ready(members)}</td>
      <td>
        {differs.length === 0 ? null : (
          <span className="differs">
            <Icon name="differs" />
            <span>{differs.map(attributeWords).join(', ')}</span>
          </span>
        )}
      </td>
    </>
  )
}

const chipFacts = ({ cluster, health, stale }: Member) => ({ cluster, health, stale })

function MemberCells({ kind, object, member }: { kind: LogicalKind; object: LogicalObject; member: Member }) {
  const { namespace, name } = object
  return (
    <>
      <td />
      <td>
        <Health status={member.health} note={member.stale ? 'stale' : undefined} />
      </td>
      <td className="name">
        <Link to={detailRoutes[kind]} params={{ namespace, name }} search={{ clusterName: member.cluster }}>
          <span className="visually-hidden">{name} in </span>
          <ClusterName name={member.cluster} />
        </Link>
      </td>
      <td>{modeWords[member.mode]}</td>
      <td>
        <Labels labels={member.labels} />
      </td>
      <td>{member.versions.join(', ')}</td>
      <td className="number">{rate(member.requestRate)}</td>
      <td className="number">
        <ErrorShare rps={member.requestRate} errorPercent={member.errorPercent} />
      </td>
      <td>
        {member.type} {member.desired === undefined ? null : ready([member])}
      </td>
      <td />
    </>
  )
}

const modeWords: Record<Member['mode'], string> = { sidecar: 'sidecar', ambient: 'ambient', none: 'not in mesh' }

function Apart({ apart }: { apart: NonNullable<LogicalObject['apart']> }) {
  const why = { 'cluster-local': 'cluster-local', kind: 'different kinds', mesh: 'different meshes' }[apart.reason]
  return (
    <span className="badge" title={`Kept apart: ${why}, decided by ${apart.decidedBy}`}>
      {why}
    </span>
  )
}

/** A share of nothing is not a number: no traffic, no error share. */
export function ErrorShare({ rps, errorPercent }: { rps: number | undefined; errorPercent: number | undefined }) {
  if (rps === undefined) return <span className="quiet">unknown</span>
  if (rps === 0 || errorPercent === undefined) return <span className="quiet">no traffic</span>
  return <span className={errorPercent > 0 ? 'errors' : undefined}>{percent(errorPercent)}</span>
}

const distinct = (texts: readonly string[]) => [...new Set(texts)].filter(Boolean).join(', ')

function ready(members: readonly Member[]): string {
  const known = members.filter(({ desired }) => desired !== undefined)
  if (known.length === 0) return distinct(members.map(({ type }) => type))
  const sum = (count: (member: Member) => number | undefined) =>
    known.reduce((total, member) => total + (count(member) ?? 0), 0)
  return `${sum(({ ready }) => ready)} of ${sum(({ desired }) => desired)}`
}
