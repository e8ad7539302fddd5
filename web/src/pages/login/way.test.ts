import { describe, expect, it } from 'vitest'
import { type LoginSituation, loginWay, reasonOf } from './way.ts'

const at = (more: Partial<LoginSituation>): LoginSituation => ({
  strategy: 'openid',
  why: 'new',
  failure: undefined,
  wasSent: false,
  hasLoggedOut: false,
  ...more,
})

describe('the login page', () => {
  it.each([
    ['openid', 'go'],
    ['openshift', 'go'],
    ['token', 'wait'],
    ['header', 'wait'],
  ] as const)('of %s at first will %s', (strategy, way) => {
    expect(loginWay(at({ strategy }))).toBe(way)
  })

  it.each([
    ['after a failure', { failure: 'idp' }, 'The provider did not log you in'],
    ['after a failure of no known word', { failure: 'other' }, 'Logging in failed'],
    ['after it was there already', { wasSent: true }, 'You came back without a login'],
    ['after logging out, even at the provider', { hasLoggedOut: true }, 'You are logged out'],
    ['after logging out', { why: 'left' }, 'You are logged out'],
    ['when the session has ended', { why: 'ended' }, 'Your session is over'],
  ] as const)('stays, and says why, %s', (_when, more, title) => {
    const situation = at(more)
    expect([loginWay(situation), reasonOf(situation)?.title]).toEqual(['wait', title])
  })

  it('has nothing to say to who has just come', () => {
    expect(reasonOf(at({ strategy: 'token' }))).toBeUndefined()
  })

  it('tells a failed login rather than a logout before it', () => {
    expect(reasonOf(at({ failure: 'domain', hasLoggedOut: true }))?.tone).toBe('failed')
  })
})
