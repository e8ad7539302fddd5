/** The filters of a list. All of them are in the URL; the counts say what each would show. */
import type { HealthStatus } from '@binocle/api/health'
import { useEffect, useState } from 'react'
import { usePageSearch, useSetSearch } from '../../app/useScope.ts'
import { healthWords, worstFirst } from '../../components/healthWords.ts'
import { Icon } from '../../components/Icon.tsx'
import { listView } from './listModel.ts'

interface Props {
  /** `services`. */
  many: string
  byHealth: Partial<Record<HealthStatus, number>>
  inOneCluster: number
  differing: number
}

export function FilterBar({ many, byHealth, inOneCluster, differing }: Props) {
  const search = usePageSearch()
  const setSearch = useSetSearch()
  const { filter } = listView(search)
  const filtered = filter.text !== '' || filter.health.length > 0 || filter.onlyInOneCluster || filter.differs
  const flip = (status: HealthStatus) => {
    const next = filter.health.includes(status)
      ? filter.health.filter((one) => one !== status)
      : [...filter.health, status]
    setSearch({ health: next.join(',') || undefined }, 'push')
  }
  return (
    <search className="filters" aria-label={`Filter ${many}`}>
      <NameFilter many={many} />
      <fieldset className="pills">
        <legend className="visually-hidden">Health</legend>
        {worstFirst
          .filter((status) => (byHealth[status] ?? 0) > 0 || filter.health.includes(status))
          .map((status) => (
            <label key={status} className={`pill ${healthWords[status].tone}`}>
              <input type="checkbox" checked={filter.health.includes(status)} onChange={() => flip(status)} />
              <Icon name={healthWords[status].icon} />
              {healthWords[status].word}
              <b>{byHealth[status] ?? 0}</b>
            </label>
          ))}
      </fieldset>
      <label className="pill">
        <input
          type="checkbox"
          checked={filter.differs}
          onChange={() => setSearch({ differs: filter.differs ? undefined : 'true' }, 'push')}
        />
        <Icon name="differs" />
        Differs <b>{differing}</b>
      </label>
      <label className="pill">
        <input
          type="checkbox"
          checked={filter.onlyInOneCluster}
          onChange={() => setSearch({ only: filter.onlyInOneCluster ? undefined : 'one' }, 'push')}
        />
        <Icon name="pin" />
        Only in one cluster <b>{inOneCluster}</b>
      </label>
      {filtered ? (
        <button
          type="button"
          className="button small"
          onClick={() => setSearch({ q: undefined, health: undefined, only: undefined, differs: undefined }, 'push')}
        >
          <Icon name="close" /> Clear filters
        </button>
      ) : null}
    </search>
  )
}

/** Keeps what is typed at once, and writes it into the URL without a history step for each letter. */
export function NameFilter({ many }: { many: string }) {
  const { q } = usePageSearch()
  const setSearch = useSetSearch()
  const [text, setText] = useState(q ?? '')
  useEffect(() => setText(q ?? ''), [q])
  return (
    <label className="field">
      <Icon name="search" />
      <span className="visually-hidden">Filter {many} by name</span>
      <input
        data-filter
        type="search"
        value={text}
        placeholder={`Filter ${many}`}
        onChange={(event) => {
          setText(event.target.value)
          setSearch({ q: event.target.value || undefined })
        }}
      />
      <kbd title="Type / to come here">/</kbd>
    </label>
  )
}
