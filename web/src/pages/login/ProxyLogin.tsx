/** A proxy in front of the console logs people in: here is nothing to type, only to try again. */
import { useMutation } from '@tanstack/react-query'
import { useLogin } from '../../app/sessionContext.ts'
import { Icon } from '../../components/Icon.tsx'
import { problemOf } from '../../components/States.tsx'
import { askProxyLogin } from '../../data/login.ts'

export function ProxyLogin() {
  const { session } = useLogin()
  const login = useMutation({ mutationFn: askProxyLogin, onSuccess: () => session.check() })
  const problem = login.error ? problemOf(login.error) : undefined
  return (
    <>
      <p>
        A proxy in front of this console knows who you are, and says so with every request. It did not, or a cluster
        does not accept what it says.
      </p>
      <p className="hint">Log in at the proxy, or open the console by the proxy’s address; then try again.</p>
      <div role="alert" className="login-problem">
        {problem === undefined ? null : (
          <>
            <Icon name="failure" />
            <span>
              {problem.message} {problem.remedy}
            </span>
          </>
        )}
      </div>
      <button type="button" className="button primary" disabled={login.isPending} onClick={() => login.mutate()}>
        <Icon name="refresh" /> Try again
      </button>
    </>
  )
}
