import { describe, expect, it } from 'vitest'
import { refersTo } from './hosts.ts'

const cart = { namespace: 'shop', name: 'cart' }

describe('a host refers to a service', () => {
  it.each([
    ['by its short name in its own namespace', 'cart', 'shop', true],
    ['not by its short name elsewhere', 'cart', 'pay', false],
    ['by name and namespace', 'cart.shop', 'pay', true],
    ['by name, namespace and svc', 'cart.shop.svc', 'pay', true],
    ['by its full name', 'cart.shop.svc.cluster.local', 'pay', true],
    ['not in another domain', 'cart.shop.svc.mesh.example', 'shop', false],
    ['not by a wildcard', '*.shop.svc.cluster.local', 'shop', false],
    ['not by a longer name', 'cart.shop.svc.cluster.local.', 'shop', false],
  ])('%s', (_how, host, namespace, expected) => {
    expect(refersTo(host, namespace, cart, 'svc.cluster.local')).toBe(expected)
  })

  it('by the host itself when it is external', () => {
    const external = { namespace: 'pay', name: 'api.example.com' }
    expect(refersTo('api.example.com', 'pay', external, 'svc.cluster.local')).toBe(true)
    expect(refersTo('api.example.com', 'shop', external, 'svc.cluster.local')).toBe(false)
  })
})
