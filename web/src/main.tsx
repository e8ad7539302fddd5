/** Where the page starts: one query client, one event stream, one router below the web root. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { LiveContext } from './app/liveContext.ts'
import { pageRouter } from './app/router.tsx'
import { followSystemTheme } from './app/theme.ts'
import { RequestFailure } from './data/http.ts'
import { startLive } from './data/live.ts'
import './app/tokens.css'
import './app/base.css'
import './app/shell.css'
import './app/content.css'
import './app/tables.css'

const attempts = 3

const isFinal = ({ status, problem }: RequestFailure): boolean =>
  status >= 400 && status !== 429 && (status < 502 || problem.code.startsWith('BIN-'))

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // What the server refused or says it cannot know it will say again; only silence, overload and a proxy's word are
      // worth another try. When a source is back an event tells.
      retry: (failures, failure) => failures < attempts - 1 && !(failure instanceof RequestFailure && isFinal(failure)),
    },
  },
})

const live = startLive(client)
live.stream.open()
followSystemTheme()

const page = document.getElementById('page')
if (page) {
  createRoot(page).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <LiveContext value={live}>
          <RouterProvider router={pageRouter(new URL(document.baseURI).pathname)} />
        </LiveContext>
      </QueryClientProvider>
    </StrictMode>,
  )
}
