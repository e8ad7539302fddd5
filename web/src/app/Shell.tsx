/** What stays around every page: masthead, cluster strip, navigation, and the banner of what is missing. */
import { Outlet, useRouterState } from '@tanstack/react-router'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { TintContext } from '../components/TintContext.ts'
import { ClusterStrip } from './ClusterStrip.tsx'
import { Help } from './Help.tsx'
import { LoginFailed } from './LoginFailed.tsx'
import { useLive } from './liveContext.ts'
import { Masthead } from './Masthead.tsx'
import { Navigation } from './Navigation.tsx'
import { PartialBanner } from './PartialBanner.tsx'
import { ClustersContext, useAskedClusters } from './useClusters.ts'
import { useScope } from './useScope.ts'
import { useShortcuts } from './useShortcuts.ts'

export function Shell() {
  const [helpOpen, setHelpOpen] = useState(false)
  const { refresh } = useScope()
  const { live, announcement } = useLive()
  const showHelp = useCallback(() => setHelpOpen(true), [])
  const clusters = useAskedClusters()
  const names = useSame(clusters.names)
  useShortcuts(showHelp)
  useEffect(() => live?.setPaused(refresh.mode !== 'live'), [live, refresh.mode])
  const content = useRef<HTMLElement>(null)
  return (
    <ClustersContext value={clusters}>
      <TintContext value={names}>
        <div className="shell">
          <button type="button" className="skip" onClick={() => content.current?.focus()}>
            Skip to the page
          </button>
          <Masthead showHelp={showHelp} />
          <ClusterStrip />
          <Navigation />
          <main id="content" className="content" ref={content} tabIndex={-1}>
            <LoginFailed />
            <PartialBanner />
            <Outlet />
          </main>
          <div className="visually-hidden" aria-live="polite">
            {announcement}
          </div>
          <Title />
          {helpOpen ? <Help close={() => setHelpOpen(false)} /> : null}
        </div>
      </TintContext>
    </ClustersContext>
  )
}

/** The same list as before while it names the same. */
function useSame(names: readonly string[]): readonly string[] {
  const text = names.join()
  return useMemo(() => (text === '' ? [] : text.split(',')), [text])
}

/** The tab's title names the page: its last words first, since tabs are narrow. */
function Title() {
  const path = useRouterState({ select: (state) => state.location.pathname })
  const words = path.split('/').filter((word) => word !== '' && word !== 'namespaces')
  const last = decodeURIComponent(words.at(-1) ?? 'overview')
  return <title>{`${last.charAt(0).toUpperCase()}${last.slice(1)} · Binocle`}</title>
}
