import { describe, expect, it } from 'vitest'
import { loadConfig } from './load.ts'

const load = (auth: string) =>
  loadConfig({
    file: {
      name: 'test',
      text: `auth: {${auth}}\nlogin_token: {signing_key: "kM3-vT9_xQ7zR2wY"}\nserver: {web_fqdn: mesh.example.com}\n`,
    },
  }).config.auth.impersonation

const on = (more = ''): string => `impersonation: {enabled: true${more}}`
const openid = 'strategy: openid, openid: {issuer_uri: "https://idp.example.com", client_id: console'

describe('impersonation for every strategy', () => {
  it.each([
    ['token', `strategy: token, ${on()}`],
    ['header', `strategy: header, header: {trusted_proxies: [10.0.0.1]}, ${on()}`],
    ['openid', `${openid}}, ${on()}`],
  ])('goes with the strategy %s', (_strategy, auth) => {
    expect(load(auth)).toEqual({ enabled: true, allowedUsers: [], allowedGroups: [] })
  })

  it('is off by default', () => {
    expect(load('strategy: token').enabled).toBe(false)
  })

  it.each([
    ['nobody logs in', `strategy: anonymous, ${on()}`, 'needs people who log in'],
    ['OpenShift has its own key', `strategy: openshift, ${on()}`, 'has no part in the strategy openshift'],
    [
      'everybody is the console',
      `${openid}, disable_rbac: true}, ${on()}`,
      'does not go with auth.openid.disable_rbac',
    ],
    [
      'tokens are made for clusters',
      `${openid}, cluster_audience: {west: w}}, ${on()}`,
      'auth.openid.cluster_audience',
    ],
    [
      'a proxy wants tokens',
      `${openid}, api_proxy: "https://p.example.com"}, ${on()}`,
      'does not go with auth.openid.api_proxy.',
    ],
    [
      'a token shall go to all clusters',
      `strategy: header, header: {trusted_proxies: [10.0.0.1], clusters: all}, ${on()}`,
      'does not go with auth.header.clusters',
    ],
  ])('stops the start where %s', (_why, auth, message) => {
    expect(() => load(auth)).toThrow(message)
    expect(() => load(auth.replace('enabled: true', 'enabled: false'))).not.toThrow(message)
  })

  it.each([
    ['an empty user', ', allowed_users: [""]', 'allowed_users holds an empty name'],
    ['a group of the system', ', allowed_groups: ["system:masters"]', 'allowed_groups holds `system:masters`'],
  ])('stops the start with %s in a list', (_what, list, message) => {
    expect(() => load(`strategy: token, ${on(list)}`)).toThrow(message)
  })
})
