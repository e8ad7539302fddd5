/** Name, scope, time, theme. What is chosen here is in the URL and holds on every page. */
import { useIsFetching, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { ChooseMany } from '../components/ChooseMany.tsx'
import { ClusterName } from '../components/ClusterChip.tsx'
import { lookOf } from '../components/clusterStates.ts'
import { Icon } from '../components/Icon.tsx'
import { namespacesQuery } from '../data/queries.ts'
import { Account } from './Account.tsx'
import { useLive } from './liveContext.ts'
import { defaultDurationS, durations, listed, refreshes } from './scope.ts'
import { chooseTheme, chosenTheme, type Theme, themes } from './theme.ts'
import { useClusters } from './useClusters.ts'
import { usePageSearch, useScope, useSetSearch } from './useScope.ts'

export function Masthead({ showHelp }: { showHelp(): void }) {
  return (
    <header className="mast">
      <Link to="/overview" className="brand" aria-label="Binocle: overview">
        <svg viewBox="0 0 32 32" className="logo" aria-hidden="true">
          <circle cx="11" cy="16" r="7" fill="none" stroke="#5ec8e5" strokeWidth="3" />
          <circle cx="21" cy="16" r="7" fill="none" stroke="#f2a65a" strokeWidth="3" />
          <path d="M16 11.1a7 7 0 0 1 0 9.8 7 7 0 0 1 0-9.8z" fill="#fff" />
        </svg>
        Binocle
      </Link>
      <Namespaces />
      <ClusterFilter />
      <div className="mast-gap" />
      <Window />
      <Freshness />
      <ThemeSwitch />
      <button type="button" className="mast-button" onClick={showHelp} title="Shortcuts and about (?)">
        <Icon name="help" />
        <span className="visually-hidden">Shortcuts and about</span>
      </button>
      <Account />
    </header>
  )
}

function Namespaces() {
  const { namespaces, clusters, durationS } = useScope()
  const setSearch = useSetSearch()
  const { data } = useQuery(namespacesQuery({ clusters: [], durationS }))
  const byName = (data?.namespaces ?? []).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const choices = byName.map(({ name, members }) => {
    const outside = clusters.length > 0 && !members.some(({ cluster }) => clusters.includes(cluster))
    return {
      name,
      mark: (
        <span className="choose-marks">
          {members.map(({ cluster }) => (
            <ClusterName key={cluster} name={cluster} />
          ))}
        </span>
      ),
      disabled: outside ? 'not in the chosen clusters' : undefined,
    }
  })
  return (
    <ChooseMany
      label="Namespaces"
      many="namespaces"
      choices={choices}
      chosen={namespaces}
      onChoose={(chosen) => setSearch({ namespaces: listed(chosen) })}
    />
  )
}

function ClusterFilter() {
  const { clusters: chosen } = useScope()
  const { clusters } = useClusters()
  const setSearch = useSetSearch()
  const choices = clusters.map((cluster) => {
    const { icon, tone, word } = lookOf(cluster)
    return {
      name: cluster.name,
      mark: (
        <span className={`choose-marks health ${tone}`}>
          <Icon name={icon} />
          {word}
        </span>
      ),
    }
  })
  return (
    <ChooseMany
      label="Clusters"
      many="clusters"
      choices={choices}
      chosen={chosen}
      onChoose={(names) => setSearch({ clusters: listed(names) })}
    />
  )
}

function Window() {
  const { durationS } = useScope()
  const setSearch = useSetSearch()
  return (
    <label className="mast-control">
      <span className="mast-label">Rates over</span>
      <select
        aria-label="Window of rates"
        value={durationS}
        onChange={(event) => {
          const seconds = event.target.value
          setSearch({ duration: Number(seconds) === defaultDurationS ? undefined : seconds })
        }}
      >
        {durations.map(({ seconds, label }) => (
          <option key={seconds} value={seconds}>
            {`last ${label}`}
          </option>
        ))}
      </select>
    </label>
  )
}

function Freshness() {
  const client = useQueryClient()
  const setSearch = useSetSearch()
  const { refresh } = usePageSearch()
  const { refresh: mode } = useScope()
  const { state } = useLive()
  const fetching = useIsFetching() > 0
  const told =
    mode.mode === 'paused'
      ? 'paused'
      : mode.mode === 'interval'
        ? 'interval'
        : state === 'live'
          ? 'live'
          : state === 'polling'
            ? 'polling'
            : 'connecting'
  const why = {
    paused: 'Nothing is refreshed until you ask',
    interval: 'Refreshed at the chosen interval',
    live: 'Live: changes show as they happen',
    polling: 'The event stream is broken: asking every 15 s',
    connecting: 'Connecting to the event stream',
  }[told]
  return (
    <div className="mast-group">
      <label className="mast-control" title={why}>
        <span className={`pulse ${told}`} aria-hidden="true" />
        <span className="visually-hidden">Refresh. {why}</span>
        <select
          value={mode.mode === 'live' ? '' : refresh}
          onChange={(event) => setSearch({ refresh: event.target.value === '' ? undefined : event.target.value })}
        >
          {refreshes.map(({ value, label }) => (
            <option key={value} value={value}>
              {value === '' && told === 'polling' ? 'Live (polling)' : label}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        className={fetching ? 'mast-button busy' : 'mast-button'}
        onClick={() => void client.invalidateQueries()}
        title="Refresh now"
      >
        <Icon name="refresh" />
        <span className="visually-hidden">Refresh now</span>
      </button>
    </div>
  )
}

const themeWords: Record<Theme, { icon: 'system' | 'sun' | 'moon'; word: string }> = {
  system: { icon: 'system', word: 'as the system' },
  light: { icon: 'sun', word: 'light' },
  dark: { icon: 'moon', word: 'dark' },
}

function ThemeSwitch() {
  const [theme, setTheme] = useState(chosenTheme)
  const next = themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'system'
  const says = `Theme: ${themeWords[theme].word}. Change to ${themeWords[next].word}`
  return (
    <button
      type="button"
      className="mast-button"
      title={says}
      onClick={() => {
        chooseTheme(next)
        setTheme(next)
      }}
    >
      <Icon name={themeWords[theme].icon} />
      <span className="visually-hidden">{says}</span>
    </button>
  )
}
