import { describe, expect, it } from 'vitest'
import { clusterLocality } from './clusterLocal.ts'
import type { ServiceSetting } from './meshConfig.ts'

const local = (...hosts: string[]): ServiceSetting => ({ clusterLocal: true, hosts })
const free = (...hosts: string[]): ServiceSetting => ({ clusterLocal: false, hosts })
const cart = 'cart.shop.svc.cluster.local'
const dns = 'dns.kube-system.svc.cluster.local'

describe('a host is cluster-local', () => {
  it.each<[string, string, ServiceSetting[], boolean]>([
    ['not when nothing speaks of it', cart, [], false],
    ['when named', cart, [local(cart)], true],
    ['when its namespace is', cart, [local('*.shop.svc.cluster.local')], true],
    ['not when a name frees it from its namespace', cart, [local('*.shop.svc.cluster.local'), free(cart)], false],
    [
      'not when the longer wildcard frees it',
      cart,
      [local('*.cluster.local'), free('*.shop.svc.cluster.local')],
      false,
    ],
    ['in kube-system by default', dns, [], true],
    ['not when freed by its own name', dns, [free(dns)], false],
    ['not when any host of the default was freed', dns, [free('metrics.kube-system.svc.cluster.local')], false],
    ['as the Kubernetes API itself', 'kubernetes.default.svc.cluster.local', [], true],
  ])('%s', (_when, host, settings, expected) => {
    expect(clusterLocality(host, settings, 'svc.cluster.local').clusterLocal).toBe(expected)
  })

  it.each<[string, ServiceSetting[], boolean]>([
    ["of istiod is local by default, so that proxies ask their own cluster's", [], true],
    ['of istiod is not local when freed', [free('istiod.istio-system.svc.cluster.local')], false],
  ])('%s', (_what, settings, expected) => {
    const host = 'istiod.istio-system.svc.cluster.local'
    expect(clusterLocality(host, settings, 'svc.cluster.local', host).clusterLocal).toBe(expected)
  })

  it('and says which pattern decided', () => {
    expect(clusterLocality(cart, [local('*.shop.svc.cluster.local')], 'svc.cluster.local').decidedBy).toBe(
      '*.shop.svc.cluster.local',
    )
  })
})
