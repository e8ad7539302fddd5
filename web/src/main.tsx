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

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // What the server refused it will refuse again; only silence and overload are worth another try.
      retry: (failures, failure) =>
        failures < attempts - 1 &&
        !(failure instanceof RequestFailure && failure.status >= 400 && failure.status !== 429 && failure.status < 502),
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
