/** Who is logged in, until when, and in which clusters; the way to further clusters, to one's rights, and out. */
import { Popover, PopoverDisclosure, PopoverProvider } from '@ariakit/react'
import type { AuthInfo } from '@binocle/api/auth'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { ClusterName } from '../components/ClusterChip.tsx'
import { useNow } from '../components/clock.ts'
import { absolute } from '../components/format.ts'
import { Icon } from '../components/Icon.tsx'
import { problemOf } from '../components/States.tsx'
import { isWeb } from '../data/login.ts'
import { timeOf, warnMs } from '../data/session.ts'
import { useLogin } from './sessionContext.ts'
import { timeLeft } from './sessionWords.ts'
import { useLeave } from './useLeave.ts'

const AddCluster = lazy(async () => ({ default: (await import('../pages/login/AddCluster.tsx')).AddCluster }))

export function Account() {
  const { state } = useLogin()
  const [open, setOpen] = useState(false)
  const [adding, setAdding] = useState(false)
  if (state.state !== 'in') return null
  const { endsAtMs, info, user } = state
  return (
    <>
      <PopoverProvider placement="bottom-end" open={open} setOpen={setOpen}>
        <PopoverDisclosure className="mast-control account-button">
          <Icon name="user" />
          <span className="visually-hidden">Account of </span>
          <span className="mast-value">{user}</span>
          {endsAtMs === undefined ? null : <EndsSoon endsAtMs={endsAtMs} />}
        </PopoverDisclosure>
        <Popover className="popup account" gutter={6} aria-label="Account" unmountOnHide>
          <h2>{user}</h2>
          <p className="hint">{strategyWords[info.strategy]}</p>
          {endsAtMs === undefined || info.strategy === 'header' ? null : <Ends endsAtMs={endsAtMs} />}
          <ClusterLogins
            info={info}
            add={() => {
              setOpen(false)
              setAdding(true)
            }}
          />
          <div className="actions">
            <Link
              to="/access"
              search={({ namespaces, clusters, duration, refresh }) => ({ namespaces, clusters, duration, refresh })}
              className="button"
              onClick={() => setOpen(false)}
            >
              <Icon name="lock" /> My access
            </Link>
            {info.strategy === 'anonymous' || info.strategy === 'header' ? null : <Leave />}
          </div>
        </Popover>
      </PopoverProvider>
      {adding ? (
        <Suspense>
          <AddCluster close={() => setAdding(false)} />
        </Suspense>
      ) : null}
    </>
  )
}

const strategyWords: Record<AuthInfo['strategy'], string> = {
  anonymous: 'Nobody logs in to this console: everybody sees what it sees.',
  header: 'Logged in by the proxy in front of this console.',
  openid: 'Logged in at the identity provider.',
  openshift: 'Logged in at OpenShift.',
  token: 'Logged in with a token.',
}

function EndsSoon({ endsAtMs }: { endsAtMs: number }) {
  const leftMs = endsAtMs - useNow()
  return leftMs > warnMs ? null : <span className="ends-soon">ends in {timeLeft(leftMs)}</span>
}

function Ends({ endsAtMs }: { endsAtMs: number }) {
  const leftMs = endsAtMs - useNow()
  return (
    <p>
      The session ends in <b title={absolute(endsAtMs)}>{timeLeft(leftMs)}</b>.
    </p>
  )
}

/** Strategies with one login for all clusters have nothing to say here. */
function ClusterLogins({ info, add }: { info: AuthInfo; add(): void }) {
  const { memory } = useLogin()
  if (info.strategy !== 'token' && info.strategy !== 'openshift') return null
  if (info.impersonationEnabled === true) return null
  const held = Object.entries(info.sessionInfo.clusterInfo ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const others = Object.entries(info.authorizationEndpointPerCluster ?? {}).filter(
    ([cluster, address]) => info.sessionInfo.clusterInfo?.[cluster] === undefined && isWeb(address),
  )
  return (
    <section aria-labelledby="account-clusters">
      <h3 id="account-clusters">Your logins</h3>
      <ul className="account-clusters">
        {held.map(([cluster, { expiresOn }]) => (
          <li key={cluster} className="account-login">
            <ClusterName name={cluster} />
            <LoginEnd expiresOn={expiresOn} />
          </li>
        ))}
        {others.map(([cluster, address]) => (
          <li key={cluster} className="account-login">
            <ClusterName name={cluster} />
            <a href={address} className="button small" onClick={() => memory.sent(here())}>
              Log in to {cluster}
            </a>
          </li>
        ))}
      </ul>
      {info.strategy === 'token' ? (
        <button type="button" className="button small" onClick={add}>
          Add a token of another cluster
        </button>
      ) : null}
    </section>
  )
}

/** A login in a further cluster leads back to the same page. */
const here = (): string => `${location.pathname}${location.search}${location.hash}`

/** Until when a login in a cluster holds, by the clock of the server. */
export function LoginEnd({ expiresOn }: { expiresOn: string | undefined }) {
  const endMs = timeOf(expiresOn)
  const now = useNow()
  if (endMs === undefined) return <span className="quiet">logged in</span>
  const over = endMs <= now
  return (
    <span className={over ? 'health degraded' : 'quiet'} title={absolute(endMs)}>
      {over ? 'login is over' : `logged in, for ${timeLeft(endMs - now)}`}
    </span>
  )
}

function Leave() {
  const { leave, error } = useLeave()
  return (
    <>
      <button type="button" className="button" onClick={() => void leave()}>
        <Icon name="leave" /> Log out
      </button>
      {error ? <span role="alert">{problemOf(error).message}</span> : null}
    </>
  )
}
