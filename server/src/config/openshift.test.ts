import { describe, expect, it } from 'vitest'
import { loadConfig } from './load.ts'

const load = (strategy: string, impersonation: string) =>
  loadConfig({
    file: {
      name: 'test',
      text: `
auth: {strategy: ${strategy}, openshift: {impersonation: ${impersonation}}}
login_token: {signing_key: "kM3-vT9_xQ7zR2wY"}
`,
    },
  }).config

describe('the configuration of OpenShift', () => {
  it.each(['anonymous', 'token'])('AUTH-7: impersonation under the strategy %s stops the start', (strategy) => {
    expect(() => load(strategy, '{enabled: true}')).toThrow('needs the strategy openshift')
    expect(load(strategy, '{enabled: false}').auth.openshift.impersonation.enabled).toBe(false)
  })

  it.each([
    ['an empty user', '{allowed_users: [alice, ""]}', 'allowed_users holds an empty name'],
    ['an empty group', '{allowed_groups: [""]}', 'allowed_groups holds an empty name'],
    ['a user of the system', '{allowed_users: ["system:admin"]}', 'allowed_users holds `system:admin`'],
    ['a group of the system', '{allowed_groups: [shop, "system:masters"]}', 'allowed_groups holds `system:masters`'],
  ])('AUTH-9: %s in a list of who is allowed stops the start', (_what, lists, message) => {
    expect(() => load('openshift', lists)).toThrow(message)
  })

  it('takes lists of names as they are written', () => {
    const { impersonation } = load('openshift', '{enabled: true, allowed_users: [alice], allowed_groups: ["CN=Shop"]}')
      .auth.openshift
    expect(impersonation).toEqual({ enabled: true, allowedUsers: ['alice'], allowedGroups: ['CN=Shop'] })
  })
})
