/** What the URL says is looked at, as values; how often it is asked again; and the way to change it. */
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import type { PageSearch } from './pageSearch.ts'
import { pollInterval, type Scope, scopeOf } from './scope.ts'

export function useScope(): Scope {
  const { namespaces, clusters, duration, refresh } = usePageSearch()
  return useMemo(() => scopeOf({ namespaces, clusters, duration, refresh }), [namespaces, clusters, duration, refresh])
}

export const usePageSearch = (): PageSearch => useSearch({ from: '__root__' })

/** Writes parameters of the current page into the URL. `push` leaves a step in the history: filters, not options. */
export function useSetSearch(): (change: PageSearch, how?: 'push' | 'replace') => void {
  const navigate = useNavigate()
  return useCallback(
    (change, how = 'replace') => {
      void navigate({ to: '.', search: (before) => ({ ...before, ...change }), replace: how === 'replace' })
    },
    [navigate],
  )
}

/** For `useQuery`: polls when the viewer chose an interval; the event stream does the rest. */
export const usePolling = (): { refetchInterval: number | false } => {
  const { refresh } = useScope()
  return { refetchInterval: pollInterval(refresh) }
}
