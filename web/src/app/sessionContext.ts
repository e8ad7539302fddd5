/** The session of this tab, for those who show it or end it. */
import { createContext, use, useSyncExternalStore } from 'react'
import type { LoginAnswer } from '../data/loginAnswer.ts'
import type { LoginMemory } from '../data/loginMemory.ts'
import type { Session, SessionState } from '../data/session.ts'

export interface LoginParts {
  readonly session: Session
  readonly memory: LoginMemory
  /** What the way back from a login left in the address when the page was opened. */
  readonly answer: LoginAnswer
  /** Ends in a slash. */
  readonly webRoot: string
}

export const LoginContext = createContext<LoginParts | undefined>(undefined)

/** Throws outside of the page. */
export function useLogin(): LoginParts & { readonly state: SessionState } {
  const parts = use(LoginContext)
  if (parts === undefined) throw new Error('No session around this component')
  const state = useSyncExternalStore(parts.session.subscribe, parts.session.state)
  return { ...parts, state }
}
