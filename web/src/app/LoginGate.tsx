/**
 * Shows the console to who is logged in, and the way in to everybody else. The address stays what it is meanwhile, so that
 * a login leads to what was asked for.
 */
import { lazy, type ReactNode, Suspense } from 'react'
import { Failed, Loading } from '../components/States.tsx'
import { RequestFailure } from '../data/http.ts'
import { SessionEnd } from './SessionEnd.tsx'
import { useLogin } from './sessionContext.ts'

const LoginPage = lazy(async () => ({ default: (await import('../pages/login/LoginPage.tsx')).LoginPage }))

export function LoginGate({ children }: { children: ReactNode }) {
  const { session, state } = useLogin()
  switch (state.state) {
    case 'asking':
      return <Waiting />
    case 'failed':
      return (
        <main className="page alone">
          <Failed error={new RequestFailure(0, state.problem)} retry={() => void session.check()} />
        </main>
      )
    case 'out':
      return (
        <Suspense fallback={<Waiting />}>
          <LoginPage state={state} />
        </Suspense>
      )
    case 'in':
      // What another person had open is not theirs.
      return (
        <div key={state.user} className="inside">
          {children}
          {state.endsAtMs === undefined || state.info.strategy === 'header' ? null : (
            <SessionEnd endsAtMs={state.endsAtMs} />
          )}
        </div>
      )
  }
}

function Waiting() {
  return (
    <main className="page alone">
      <Loading />
    </main>
  )
}
