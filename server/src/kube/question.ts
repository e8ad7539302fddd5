/** Whether an API server is there, asked once for all who want to know at the same time. */
import type { KubeApi } from './api.ts'
import { KubeFailure } from './failure.ts'

const timeoutMs = 3_000

/** Resolves to whether the server has answered, whatever it said, something that it was asked after the call. */
export function createQuestion(api: KubeApi): () => Promise<boolean> {
  let current: Promise<boolean> = Promise.resolve(false)
  let next: Promise<boolean> | undefined

  async function ask(): Promise<boolean> {
    try {
      await api.get('/version', { timeoutMs })
      return true
    } catch (error) {
      return error instanceof KubeFailure && error.status > 0
    }
  }

  return () => {
    // What was asked before the call proves nothing about the time after it.
    next ??= current.then(() => {
      next = undefined
      current = ask()
      return current
    })
    return next
  }
}
