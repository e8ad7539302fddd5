import { describe, expect, it } from 'vitest'
import { proxyOf } from './syncz.ts'

const proxy = (fields: Record<string, unknown>) => ({ cluster_id: 'east', proxy: 'web-1.shop', ...fields })
const inStep = {
  cluster_sent: 'a',
  cluster_acked: 'a',
  endpoint_sent: 'b',
  endpoint_acked: 'b',
  listener_sent: 'c',
  listener_acked: 'c',
  route_sent: 'd',
  route_acked: 'd',
}

describe('what istiod says of a proxy', () => {
  it.each([
    ['in step', inStep, { CDS: 'Synced', EDS: 'Synced', LDS: 'Synced', RDS: 'Synced' }],
    ['never sent', { ...inStep, route_sent: '' }, { RDS: 'NOT_SENT' }],
    ['never sent to a waypoint', { ...inStep, route_sent: '', proxy_type: 'waypoint' }, { RDS: 'IGNORED' }],
    ['never acknowledged', { ...inStep, listener_acked: '' }, { LDS: 'Stale (Never Acknowledged)' }],
    ['acknowledged an older one', { ...inStep, endpoint_acked: 'x' }, { EDS: 'Stale' }],
    ['without any field of it', {}, { CDS: 'NOT_SENT', EDS: 'NOT_SENT', LDS: 'NOT_SENT', RDS: 'NOT_SENT' }],
  ])('%s', (_what, fields, expected) => {
    expect(proxyOf(proxy(fields))).toMatchObject({
      cluster: 'east',
      namespace: 'shop',
      pod: 'web-1',
      status: expected,
    })
  })

  it.each([
    ['a pod whose name has dots', 'web.v1.shop', ['web.v1', 'shop']],
    ['an ordinary pod', 'web-1.shop', ['web-1', 'shop']],
  ])('names %s', (_what, name, expected) => {
    const found = proxyOf(proxy({ proxy: name }))
    expect([found?.pod, found?.namespace]).toEqual(expected)
  })

  it.each([
    ['without a cluster', { proxy: 'web-1.shop' }],
    ['outside Kubernetes', proxy({ proxy: 'vm-1' })],
    ['whose name is no text', proxy({ proxy: 7 })],
  ])('is nothing of one %s', (_what, element) => {
    expect(proxyOf(element)).toBeUndefined()
  })

  it('is one object for all proxies with the same status', () => {
    expect(proxyOf(proxy(inStep))?.status).toBe(proxyOf(proxy({ ...inStep, proxy: 'web-2.shop' }))?.status)
  })
})
