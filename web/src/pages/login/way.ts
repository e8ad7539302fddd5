/** What the login page does by itself. Pure: whether the browser is sent away must be plain to see. */
import type { AuthStrategy } from '@binocle/api/auth'
import type { LoginFailure } from '../../data/loginAnswer.ts'
import type { WhyOut } from '../../data/session.ts'

export interface LoginSituation {
  readonly strategy: AuthStrategy
  readonly why: WhyOut['is']
  readonly failure: LoginFailure | undefined
  /** This tab was at the provider already, and came back without a login. */
  readonly wasSent: boolean
  /** Somebody logged out in this tab. */
  readonly hasLoggedOut: boolean
}

/**
 * `go`: straight to the provider, as Kiali's page does. Never after a failure, after logging out, when a session has just
 * ended, or a second time: that would hide why, log somebody in again at once, or go round for ever.
 */
export function loginWay({ strategy, why, failure, wasSent, hasLoggedOut }: LoginSituation): 'go' | 'wait' {
  const isElsewhere = strategy === 'openid' || strategy === 'openshift'
  return isElsewhere && why === 'new' && failure === undefined && !wasSent && !hasLoggedOut ? 'go' : 'wait'
}

export interface Said {
  readonly tone: 'failed' | 'told'
  readonly icon: 'clock' | 'failure' | 'leave'
  readonly title: string
  readonly advice: string
}

/** Why somebody sees the login page; undefined where nothing has to be said. */
export function reasonOf(situation: LoginSituation): Said | undefined {
  const { strategy, why, failure, wasSent, hasLoggedOut } = situation
  if (why === 'left' || (hasLoggedOut && failure === undefined))
    return { tone: 'told', icon: 'leave', title: 'You are logged out', advice: '' }
  if (why === 'ended')
    return {
      tone: 'told',
      icon: 'clock',
      title: 'Your session is over',
      advice: 'It ended, or was ended elsewhere. Log in again: you come back to the same page.',
    }
  if (failure !== undefined) return { tone: 'failed', icon: 'failure', ...failureWords[failure] }
  if (wasSent && (strategy === 'openid' || strategy === 'openshift'))
    return {
      tone: 'failed',
      icon: 'failure',
      title: 'You came back without a login',
      advice: 'Log in again. If it stays so, see that this browser keeps the cookies of this site.',
    }
  return undefined
}

/** Ours alone: an address can choose between these sentences, and say nothing else. */
export const failureWords: Record<LoginFailure, { readonly title: string; readonly advice: string }> = {
  domain: { title: 'Your account may not log in here', advice: 'Use an account of your organisation.' },
  forbidden: {
    title: 'You may see nothing here',
    advice: 'The login was refused, or no cluster lets you see a namespace. Ask who runs the clusters for access.',
  },
  idp: { title: 'The provider did not log you in', advice: 'Try again, or ask who runs it.' },
  other: { title: 'Logging in failed', advice: 'Try again; the log of the console has the cause.' },
  state: {
    title: 'This login was not begun here',
    advice: 'It was begun in another browser, or too long ago. Log in again.',
  },
  timeout: { title: 'Logging in took too long', advice: 'Log in again.' },
  token: {
    title: 'The login is not accepted',
    advice: 'What the provider issued is not valid for this console or its clusters. Its log has the cause.',
  },
  unavailable: {
    title: 'Nobody can say now what you may see',
    advice: 'No cluster, or not the provider, answers. Try again in some seconds.',
  },
}
