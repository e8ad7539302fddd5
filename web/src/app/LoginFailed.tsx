/**
 * A login in a further cluster failed while one is logged in: the browser came back with a word of the address. It chooses
 * a sentence of ours; the cluster is named only when the server named it, too.
 */
import { useState } from 'react'
import { Icon } from '../components/Icon.tsx'
import { failureWords } from '../pages/login/way.ts'
import { useLogin } from './sessionContext.ts'

export function LoginFailed() {
  const { answer, state } = useLogin()
  const [seen, setSeen] = useState(false)
  const { failure } = answer
  if (failure === undefined || seen || state.state !== 'in') return null
  // Where nobody is sent elsewhere to log in, only somebody's link can say so.
  if (state.info.strategy !== 'openid' && state.info.strategy !== 'openshift') return null
  const known = Object.keys(state.info.authorizationEndpointPerCluster ?? {})
  const cluster = known.find((name) => name === answer.cluster)
  const { title, advice } = failureWords[failure]
  return (
    <section className="banner partial" role="alert">
      <Icon name="failure" />
      <div>
        <strong>{cluster === undefined ? 'A login failed' : `The login in ${cluster} failed`}: </strong>
        {title}. {advice}
      </div>
      <button type="button" className="button small" onClick={() => setSeen(true)}>
        Dismiss
      </button>
    </section>
  )
}
