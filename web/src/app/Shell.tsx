/** What stays around every page: masthead, cluster strip, navigation, and the banner of what is missing. */
import { Outlet, useRouterState } from '@tanstack/react-router'
import { useCallback, useEffect, useRef, useState } from 'react'
import { ClusterStrip } from './ClusterStrip.tsx'
import { Help } from './Help.tsx'
import { useLive } from './liveContext.ts'
import { Masthead } from './Masthead.tsx'
import { Navigation } from './Navigation.tsx'
import { PartialBanner } from './PartialBanner.tsx'
import { useScope } from './useScope.ts'
import { useShortcuts } from './useShortcuts.ts'

export function Shell() {
  const [helpOpen, setHelpOpen] = useState(false)
  const { refresh } = useScope()
  const { live, announcement } = useLive()
  const showHelp = useCallback(() => setHelpOpen(true), [])
  useShortcuts(showHelp)
  useEffect(() => live?.setPaused(refresh.mode !== 'live'), [live, refresh.mode])
  const content = useRef<HTMLElement>(null)
  return (
    <div className="shell">
      <a
        className="skip"
        href="#content"
        onClick={(event) => {
          event.preventDefault()
          content.current?.focus()
        }}
      >
        Skip to the page
      </a>
      <Masthead showHelp={showHelp} />
      <ClusterStrip />
      <Navigation />
      <main id="content" className="content" ref={content} tabIndex={-1}>
        <PartialBanner />
        <Outlet />
      </main>
      <div className="visually-hidden" aria-live="polite">
        {announcement}
      </div>
      <Title />
      {helpOpen ? <Help close={() => setHelpOpen(false)} /> : null}
    </div>
  )
}

/** The tab's title names the page: its last words first, since tabs are narrow. */
function Title() {
  const path = useRouterState({ select: (state) => state.location.pathname })
  const words = path.split('/').filter((word) => word !== '' && word !== 'namespaces')
  const last = decodeURIComponent(words.at(-1) ?? 'overview')
  return <title>{`${last.charAt(0).toUpperCase()}${last.slice(1)} · Binocle`}</title>
}
