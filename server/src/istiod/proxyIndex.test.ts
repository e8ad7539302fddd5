import { describe, expect, it } from 'vitest'
import { createProxyIndex, type Proxies } from './proxyIndex.ts'

const status = (CDS: string) => ({ CDS, EDS: '', LDS: '', RDS: '' })
const synced = status('Synced')
const stale = status('Stale')
const none: Proxies = new Map()
const proxies = (...entries: (readonly [string, typeof synced])[]): Proxies => new Map(entries)
const at = { cluster: 'east', namespace: 'shop' }

describe('the index of proxies', () => {
  it('grows its version when an answer changes anything', () => {
    const index = createProxyIndex()
    const first = proxies(['east/shop/a', synced])
    index.replace('istiod-1', none, first)
    expect(index.version).toBe(1)
    index.replace('istiod-1', first, proxies(['east/shop/a', synced]))
    expect(index.version).toBe(1)
    index.replace('istiod-1', first, proxies(['east/shop/a', stale]))
    expect([index.version, index.get(at, 'a')]).toEqual([2, stale])
  })

  it('grows it only where something changed, whatever the names of clusters', () => {
    const index = createProxyIndex()
    const first = proxies(['east/shop/a', synced], ['east/pay/b', synced], ['arn:aws/eu/shop/c', synced])
    index.replace('istiod-1', none, first)
    index.replace(
      'istiod-1',
      first,
      proxies(['east/shop/a', stale], ['east/pay/b', synced], ['arn:aws/eu/shop/c', synced]),
    )
    const places = [
      ['east'],
      ['east', 'shop'],
      ['east', 'pay'],
      ['arn:aws/eu'],
      ['arn:aws/eu', 'shop'],
      ['west'],
    ] as const
    expect(places.map(([cluster, namespace]) => index.versionIn(cluster, namespace))).toEqual([2, 2, 1, 1, 1, 0])
  })

  it('forgets what an istiod no longer names', () => {
    const index = createProxyIndex()
    const first = proxies(['east/shop/a', synced], ['east/shop/b', synced])
    index.replace('istiod-1', none, first)
    index.replace('istiod-1', first, proxies(['east/shop/b', synced]))
    expect([index.version, index.get(at, 'a'), index.get(at, 'b')]).toEqual([2, undefined, synced])
  })

  it('gives a proxy that moved to the istiod that named it last', () => {
    const index = createProxyIndex()
    const old = proxies(['east/shop/a', stale])
    index.replace('istiod-1', none, old)
    index.replace('istiod-2', none, proxies(['east/shop/a', synced]))
    index.replace('istiod-1', old, none)
    expect([index.version, index.get(at, 'a')]).toEqual([2, synced])
  })
})
