/** One row of a list: a logical object with its chips, or its part in one cluster. */
import type { LogicalKind } from '@binocle/api/identity'
import type { LogicalObject, Member } from '@binocle/api/multicluster'
import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import { ClusterChip, ClusterName } from '../../components/ClusterChip.tsx'
import { detailRoutes } from '../../components/detailRoutes.ts'
import { rate } from '../../components/format.ts'
import { Health } from '../../components/Health.tsx'
import { Icon } from '../../components/Icon.tsx'
import { Labels } from '../../components/Labels.tsx'
import { attributeWords, differenceSummary } from '../details/differenceParts.ts'
import { ErrorShare } from './ErrorShare.tsx'
import { chipsOf, type Line, trafficOf } from './listModel.ts'

const chipsInRow = 4

interface LineProps {
  kind: LogicalKind
  line: Line
  index: number
  measure: ((element: Element | null) => void) | undefined
  toggle(key: string): void
}

/** Kept while its line stays the same, so that scrolling draws only the rows that come into sight. */
export const LineRow = memo(({ kind, line, index, measure, toggle }: LineProps) => (
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
          <span className="differs" title={differs.map(attributeWords).join(', ')}>
            <Icon name="differs" />
            <span>{differenceSummary(differs)}</span>
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
  const why = apartWords[apart.reason]
  return (
    <span className="badge" title={`Kept apart: ${why}, decided by ${apart.decidedBy || 'what you may not see'}`}>
      {why}
    </span>
  )
}

const apartWords: Record<NonNullable<LogicalObject['apart']>['reason'], string> = {
  'ambient-scope': 'local in ambient',
  'cluster-local': 'cluster-local',
  kind: 'different kinds',
  mesh: 'different meshes',
  'not-exported': 'not exported',
  partition: 'partitioned',
}

const distinct = (texts: readonly string[]) => [...new Set(texts)].filter(Boolean).join(', ')

function ready(members: readonly Member[]): string {
  const known = members.filter(({ desired }) => desired !== undefined)
  if (known.length === 0) return distinct(members.map(({ type }) => type))
  const sum = (count: (member: Member) => number | undefined) =>
    known.reduce((total, member) => total + (count(member) ?? 0), 0)
  return `${sum(({ ready }) => ready)} of ${sum(({ desired }) => desired)}`
}
