/** Namespaces x clusters. A row opens to what may be changed there, which is asked of the clusters only then. */
import type { AccessAnswer, ClusterAccess, NamespaceAccess } from '@binocle/api/access'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { usePageSearch, useSetSearch } from '../../app/useScope.ts'
import { ClusterName } from '../../components/ClusterChip.tsx'
import { Icon, type IconName } from '../../components/Icon.tsx'
import { ScrollX } from '../../components/ScrollX.tsx'
import { problemOf } from '../../components/States.tsx'
import { useRows } from '../../components/useRows.ts'
import { permissionsQuery } from '../../data/queries.ts'
import { type Cell, cellOf, rightsByGroup } from './accessModel.ts'

const lineHeight = 41

export function AccessTable({ answer, rows }: { answer: AccessAnswer; rows: readonly NamespaceAccess[] }) {
  const { clusters, readOnly } = answer
  const { drawn, before, after, measure, table } = useRows(rows, lineHeight)
  const { open } = usePageSearch()
  const setSearch = useSetSearch()
  const opened = useMemo(() => (open ?? '').split(',').filter(Boolean), [open])
  const toggle = (name: string) =>
    setSearch(
      {
        open: (opened.includes(name) ? opened.filter((one) => one !== name) : [...opened, name]).join(',') || undefined,
      },
      'push',
    )
  return (
    <ScrollX label="What you see, namespace by cluster">
      <table className="table access" ref={table} aria-rowcount={rows.length + 1}>
        <caption className="visually-hidden">What you see, namespace by cluster</caption>
        <thead>
          <tr>
            <th scope="col">Namespace</th>
            {clusters.map(({ name }) => (
              <th key={name} scope="col">
                <ClusterName name={name} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {before > 0 ? <Gap height={before} columns={clusters.length + 1} /> : null}
          {drawn.map(({ row, index }) => {
            const isOpen = opened.includes(row.name)
            return (
              <tr key={row.name} ref={measure} data-index={index} aria-rowindex={index + 2}>
                <th scope="row">
                  <span className="access-row">
                    <button
                      type="button"
                      className={isOpen ? 'opener open' : 'opener'}
                      aria-expanded={isOpen}
                      title="What may I change here?"
                      onClick={() => toggle(row.name)}
                    >
                      <Icon name="chevron" />
                      <span className="visually-hidden">What may I change in {row.name}?</span>
                    </button>
                    <Link to="/namespaces/$namespace" params={{ namespace: row.name }}>
                      {row.name}
                    </Link>
                  </span>
                </th>
                {clusters.map((cluster) => (
                  <td key={cluster.name}>
                    <Seen cell={cellOf(row, cluster)} cluster={cluster} />
                    {isOpen && cellOf(row, cluster) === 'yes' ? (
                      <MayChange cluster={cluster.name} namespace={row.name} readOnly={readOnly} />
                    ) : null}
                  </td>
                ))}
              </tr>
            )
          })}
          {after > 0 ? <Gap height={after} columns={clusters.length + 1} /> : null}
        </tbody>
      </table>
    </ScrollX>
  )
}

function Gap({ height, columns }: { height: number; columns: number }) {
  return (
    <tr className="gap">
      <td colSpan={columns} style={{ height }} />
    </tr>
  )
}

const cells: Record<Cell, { icon: IconName; tone: string; word: string; why: string }> = {
  yes: { icon: 'healthy', tone: 'healthy', word: 'seen', why: 'You see this namespace here' },
  no: { icon: 'lock', tone: 'na', word: 'no', why: 'Not here, or not for you: nobody tells which' },
  unknown: { icon: 'help', tone: 'degraded', word: 'unknown', why: 'The cluster cannot say now' },
}

function Seen({ cell, cluster }: { cell: Cell; cluster: ClusterAccess }) {
  const { icon, tone, why, word } = cells[cell]
  return (
    <span className={`health ${tone}`} title={cell === 'unknown' ? (cluster.cause?.message ?? why) : why}>
      <Icon name={icon} />
      {word}
    </span>
  )
}

interface MayChangeProps {
  cluster: string
  namespace: string
  readOnly: AccessAnswer['readOnly']
}

function MayChange({ cluster, namespace, readOnly }: MayChangeProps) {
  const { data, error } = useQuery({ ...permissionsQuery(cluster, namespace), enabled: readOnly === undefined })
  if (readOnly !== undefined) return <span className="line quiet">may change nothing</span>
  if (error) return <span className="line quiet">{problemOf(error).message}</span>
  if (data === undefined) return <span className="line quiet">asking the cluster …</span>
  return (
    <dl className="access-rights">
      {rightsByGroup(data[namespace] ?? {}).map(({ group, may }) => (
        <div key={group}>
          <dt>{group}:</dt>
          <dd className={may === 'nothing' ? 'quiet' : undefined}>{may}</dd>
        </div>
      ))}
    </dl>
  )
}
