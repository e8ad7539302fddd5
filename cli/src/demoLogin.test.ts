import { loadConfig } from '@binocle/server/config/load'
import { describe, expect, it } from 'vitest'
import {
  checkedStrategy,
  type DemoStrategy,
  demoStrategies,
  loginConfig,
  peopleWords,
  whoMayLogIn,
} from './demoLogin.ts'
import type { MeshAddresses } from './simulate.ts'

const at = { host: '127.0.0.1', port: 20_001, webRoot: '/mesh' }
const mesh: MeshAddresses = {
  kubeconfigFile: '/tmp/kubeconfig',
  prometheusUrl: 'http://127.0.0.1:1',
  controlUrl: 'http://127.0.0.1:2',
  clusters: ['east', 'west'],
  people: [
    { name: 'everywhere', rights: 'sees everything', token: 'everywhere-1' },
    { name: 'west-shop', rights: 'sees shop', token: 'west-shop-2' },
  ],
  oidc: { issuer: 'http://127.0.0.1:3', clientId: 'binocle' },
}

const configOf = (strategy: DemoStrategy) =>
  loadConfig({ file: { name: 'demo', text: JSON.stringify(loginConfig(strategy, at, mesh)) } }).config

describe('the login of the demo', () => {
  it.each(demoStrategies)('%s is a configuration that starts', (strategy) => {
    expect(configOf(strategy).auth.strategy).toBe(strategy)
  })

  it('has no other strategies', () => {
    expect(() => checkedStrategy('basic')).toThrow('it has anonymous, openid, openshift, token')
  })

  it('tells the provider where to send people back to', () => {
    expect(peopleWords('openid', at)).toEqual(['--console', 'http://127.0.0.1:20001/mesh'])
    expect(configOf('openid').server.external).toEqual({ scheme: 'http', host: '127.0.0.1', port: 20_001 })
  })

  it('tells the OAuth servers of OpenShift where to send people back to', () => {
    expect(peopleWords('openshift', at)).toEqual(['--openshift', 'http://127.0.0.1:20001/mesh'])
    expect(whoMayLogIn('openshift', mesh)).not.toContain('everywhere-1')
  })

  it('says who may log in, and with which token where tokens are asked for', () => {
    expect(whoMayLogIn('anonymous', mesh)).toBe('')
    expect(whoMayLogIn('openid', mesh)).toContain('everywhere  sees everything')
    expect(whoMayLogIn('openid', mesh)).not.toContain('everywhere-1')
    expect(whoMayLogIn('token', mesh)).toContain('west-shop-2')
  })

  it('has another key each time', () => {
    const keys = [1, 2].map(() => JSON.stringify(loginConfig('token', at, mesh)))
    expect(keys[0]).not.toBe(keys[1])
  })
})
