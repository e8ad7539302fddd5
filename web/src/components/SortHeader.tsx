/** A column's heading that sorts: a button, with the state said by `aria-sort` and an arrow. */
import { usePageSearch, useSetSearch } from '../app/useScope.ts'
import { Icon } from './Icon.tsx'

interface Props {
  title: string
  /** The column's code in the URL. */
  code: string
  /** The column sorted by now. */
  sortedBy: string
  descending: boolean
  className?: string | undefined
}

export function SortHeader({ title, code, sortedBy, descending, className }: Props) {
  const { sort } = usePageSearch()
  const setSearch = useSetSearch()
  const active = sortedBy === code
  return (
    <th scope="col" className={className} aria-sort={active ? (descending ? 'descending' : 'ascending') : undefined}>
      <button
        type="button"
        className={active ? 'sort active' : 'sort'}
        onClick={() =>
          setSearch({ sort: code, direction: active && sort !== undefined && !descending ? 'desc' : undefined })
        }
      >
        {title}
        <Icon name="down" className={descending ? 'flipped' : undefined} />
      </button>
    </th>
  )
}
