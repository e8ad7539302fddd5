/** Logging in elsewhere: at an identity provider, or at OpenShift. The browser goes there by itself where that helps. */
import type { AuthInfo } from '@binocle/api/auth'
import { useEffect } from 'react'
import { useLogin } from '../../app/sessionContext.ts'
import { isWeb } from '../../data/login.ts'
import { type LoginSituation, loginWay } from './way.ts'

export function ProviderLogin({ info, situation }: { info: AuthInfo; situation: LoginSituation }) {
  const { memory, webRoot } = useLogin()
  const address = info.authorizationEndpoint
  const isThere = address !== undefined && isWeb(address)
  const goes = isThere && loginWay(situation) === 'go'
  useEffect(() => {
    if (!goes || address === undefined) return
    memory.sent(wanted(webRoot, memory.landing()))
    location.replace(address)
  }, [goes, address, memory, webRoot])
  const where = info.strategy === 'openid' ? 'the identity provider' : 'OpenShift'
  if (!isThere) return <p role="alert">The console does not say where to log in. Ask who runs it.</p>
  return (
    <>
      <p className="hint" role="status">
        {goes ? `Taking you to ${where} …` : `You log in at ${where}, and come back here.`}
      </p>
      <a
        href={address}
        className="button primary"
        // biome-ignore lint/a11y/noAutofocus: there is nothing else to do on this page
        autoFocus
        onClick={() => memory.sent(wanted(webRoot, memory.landing()))}
      >
        Log in with {info.strategy === 'openid' ? 'OpenID Connect' : 'OpenShift'}
      </a>
    </>
  )
}

/** The page that was asked for; after a failed login, which leads to the root, the one from before. */
function wanted(webRoot: string, before: string | undefined): string {
  const { hash, pathname, search } = location
  const isRoot = [webRoot, `${webRoot}console`, `${webRoot}console/`].includes(pathname)
  return isRoot && before !== undefined ? before : `${pathname}${search}${hash}`
}
