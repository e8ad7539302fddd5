/** Where the page starts: one query client, one event stream, one session, one router below the web root. */
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { LoginGate } from './app/LoginGate.tsx'
import { LiveContext } from './app/liveContext.ts'
import { pageRouter } from './app/router.tsx'
import { LoginContext } from './app/sessionContext.ts'
import { followSystemTheme } from './app/theme.ts'
import { problemOf } from './components/States.tsx'
import { RequestFailure } from './data/http.ts'
import { startLive } from './data/live.ts'
import { askLogin, isLoggedOut, logOut } from './data/login.ts'
import { loginAnswer } from './data/loginAnswer.ts'
import { loginMemory } from './data/loginMemory.ts'
import { createSession } from './data/session.ts'
import './app/tokens.css'
import './app/base.css'
import './app/shell.css'
import './app/account.css'
import './app/content.css'
import './app/tables.css'

const attempts = 3

const isFinal = ({ status, problem }: RequestFailure): boolean =>
  status >= 400 && status !== 429 && (status < 502 || problem.code.startsWith('BIN-'))

const webRoot = new URL(document.baseURI).pathname

/** Before anything else reads the address: nothing of a login may stay in it. */
const { answer, ...clean } = loginAnswer(location.search, location.hash)
if (clean.search !== location.search || clean.hash !== location.hash)
  history.replaceState(null, '', `${location.pathname}${clean.search}${clean.hash}`)

/** A 401 may be of one cluster, or a race: the server is asked whether the session is over. */
const onError = (error: Error): void => {
  if (isLoggedOut(error)) void session.check()
}

const client = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // What the server refused or says it cannot know it will say again; only silence, overload and a proxy's word are
      // worth another try. When a source is back an event tells.
      retry: (failures, failure) => failures < attempts - 1 && !(failure instanceof RequestFailure && isFinal(failure)),
    },
  },
})

const live = startLive(client, () => void session.check())
const memory = loginMemory(tabStorage(), webRoot)
const router = pageRouter(webRoot)

const session = createSession({
  ask: askLogin,
  logOut,
  problemOf: (error) => problemOf(error instanceof Error ? error : new Error(String(error))),
  onChange(isIn) {
    // What was read was for another person.
    void client.cancelQueries()
    client.clear()
    live.stream.close()
    if (!isIn) return
    const landing = memory.landing()
    memory.forget()
    if (landing !== undefined && isStart(location.pathname)) history.replaceState(null, '', landing)
    live.stream.open()
  },
  clock: {
    now: Date.now,
    setTimeout: (callback, delayMs) => window.setTimeout(callback, delayMs),
    clearTimeout: (timer) => {
      if (typeof timer === 'number') window.clearTimeout(timer)
    },
  },
})

followSystemTheme()
void session.check()

const page = document.getElementById('page')
if (page) {
  createRoot(page).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <LiveContext value={live}>
          <LoginContext value={{ session, memory, answer, webRoot }}>
            <LoginGate>
              <RouterProvider router={router} />
            </LoginGate>
          </LoginContext>
        </LiveContext>
      </QueryClientProvider>
    </StrictMode>,
  )
}

/** Where a login leads that was begun nowhere in particular. */
function isStart(path: string): boolean {
  return [webRoot, `${webRoot}console`, `${webRoot}console/`].includes(path)
}

/** Storage may be forbidden; the page works without. */
function tabStorage(): Storage | undefined {
  try {
    return sessionStorage
  } catch {
    return undefined
  }
}
