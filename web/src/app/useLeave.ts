/** Logs out, here and at the provider; who comes next in this tab inherits neither the place nor the filters. */
import { useCallback, useState } from 'react'
import { useLogin } from './sessionContext.ts'

export function useLeave(): { leave(): Promise<void>; error: Error | undefined } {
  const { memory, session, webRoot } = useLogin()
  const [error, setError] = useState<Error>()
  const leave = useCallback(async () => {
    try {
      const elsewhere = await session.leave()
      memory.loggedOut()
      history.replaceState(null, '', `${webRoot}console/`)
      if (elsewhere !== undefined) location.assign(elsewhere)
    } catch (cause) {
      setError(cause instanceof Error ? cause : new Error(String(cause)))
    }
  }, [memory, session, webRoot])
  return { leave, error }
}
