/** Which verbs the console may use on which kind. What is denied comes first, with what does not work without it. */
import type { RightsRow } from '@binocle/api/diagnosis'
import { counted } from '../../components/format.ts'
import { Icon } from '../../components/Icon.tsx'
import { ScrollX } from '../../components/ScrollX.tsx'

export function RightsTable({ rights }: { rights: readonly RightsRow[] }) {
  if (rights.length === 0) return null
  const rows = rights.toSorted((a, b) => weight(b) - weight(a))
  const denied = rights.filter((row) => row.denied.length > 0 && row.need !== 'edit').length
  return (
    <details className="more-facts" open={denied > 0}>
      <summary>
        Rights by kind{' '}
        <span className="hint">
          {denied === 0 ? 'all that is needed to look is granted' : `a right is missing on ${counted(denied, 'kind')}`}
        </span>
      </summary>
      <ScrollX label="Rights by kind">
        <table className="table">
          <caption className="visually-hidden">Rights by kind and verb</caption>
          <thead>
            <tr>
              <th scope="col">Kind</th>
              <th scope="col">Granted</th>
              <th scope="col">Denied</th>
              <th scope="col">What it is for</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={`${row.group}/${row.resource}/${row.need}`}>
                <th scope="row">
                  <span className="line">{row.resource}</span>
                  <span className="line quiet">{row.group === '' ? 'core' : row.group}</span>
                </th>
                <td>{row.allowed.join(', ')}</td>
                <td>
                  <Denied row={row} />
                </td>
                <td>
                  {row.purpose} <span className="quiet">({needWords[row.need]})</span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollX>
    </details>
  )
}

function Denied({ row }: { row: RightsRow }) {
  if (row.notServed) return <span className="quiet">the cluster does not have this kind</span>
  return (
    <>
      {row.denied.length === 0 ? null : (
        <span className={`health wrap ${row.need === 'edit' ? 'na' : row.need === 'needed' ? 'failure' : 'degraded'}`}>
          <Icon name={row.need === 'edit' ? 'lock' : row.need === 'needed' ? 'failure' : 'degraded'} />
          {row.denied.join(', ')}
        </span>
      )}
      {row.unknown.length === 0 ? null : <span className="line quiet">{row.unknown.join(', ')}: no answer</span>}
    </>
  )
}

const needWords: Record<RightsRow['need'], string> = {
  needed: 'needed',
  wanted: 'wanted',
  edit: 'only to change things',
}

const weight = ({ denied, need, notServed }: RightsRow): number =>
  denied.length === 0 || notServed ? 0 : need === 'needed' ? 3 : need === 'wanted' ? 2 : 1
