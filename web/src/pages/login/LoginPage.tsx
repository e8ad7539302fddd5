/** The way in: what it looks like is decided by the strategy of the server, what it says by why somebody is here. */
import { type ReactNode, useEffect } from 'react'
import { useLogin } from '../../app/sessionContext.ts'
import { Icon } from '../../components/Icon.tsx'
import type { SessionState } from '../../data/session.ts'
import { ProviderLogin } from './ProviderLogin.tsx'
import { ProxyLogin } from './ProxyLogin.tsx'
import { TokenForm } from './TokenForm.tsx'
import { reasonOf, type Said } from './way.ts'
import './login.css'

export function LoginPage({ state }: { state: SessionState & { state: 'out' } }) {
  const { answer, memory, session } = useLogin()
  const { info, why } = state
  const { failure } = answer
  const situation = {
    strategy: info.strategy,
    why: why.is,
    failure: why.is === 'new' ? failure : undefined,
    wasSent: memory.wasSent(),
    hasLoggedOut: memory.hasLoggedOut(),
  }
  const reason = reasonOf(situation)
  // Somebody may have logged in in another tab meanwhile.
  useEffect(() => {
    const look = () => {
      if (!document.hidden) void session.check()
    }
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [session])
  return (
    <main className="login">
      <title>Log in · Binocle</title>
      <section className="login-card" aria-labelledby="login-title">
        <header className="login-head">
          <svg viewBox="0 0 32 32" className="login-logo" aria-hidden="true">
            <circle cx="11" cy="16" r="7" />
            <circle cx="21" cy="16" r="7" />
          </svg>
          <h1 id="login-title">Log in to Binocle</h1>
        </header>
        {reason === undefined ? null : <Reason {...reason} />}
        {why.is === 'left' && why.still.length > 0 ? (
          <Reason
            tone="failed"
            icon="failure"
            title={`Not everything is over in ${why.still.join(', ')}`}
            advice="The token there could not be taken back: it may be good until it ends by itself."
          />
        ) : null}
        {info.strategy === 'token' ? (
          <TokenForm label="Token" button="Log in" done={() => session.check()}>
            <p className="hint">
              A Kubernetes token of the cluster that this console calls home, for instance of a service account:
            </p>
            <p className="login-command">kubectl -n shop create token looker --duration=8h</p>
          </TokenForm>
        ) : null}
        {info.strategy === 'openid' || info.strategy === 'openshift' ? (
          <ProviderLogin info={info} situation={situation} />
        ) : null}
        {info.strategy === 'header' ? <ProxyLogin /> : null}
      </section>
    </main>
  )
}

function Reason({ tone, icon, title, advice }: Said): ReactNode {
  return (
    <div className={`login-reason ${tone}`} role={tone === 'failed' ? 'alert' : 'status'}>
      <Icon name={icon} />
      <span>
        <strong>{title}.</strong> {advice}
      </span>
    </div>
  )
}
