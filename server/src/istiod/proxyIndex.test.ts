import { describe, expect, it } from 'vitest'
import { createProxyIndex, type Proxies } from './proxyIndex.ts'

const status = (CDS: string) => ({ CDS, EDS: '', LDS: '', RDS: '' })
const synced = status('Synced')
const stale = status('Stale')
const none: Proxies = new Map()
const proxies = (...entries: (readonly [string, typeof synced])[]): Proxies => new Map(entries)
const at = { cluster: 'east', namespace: 'shop' }

describe('the index of proxies', () => {
  it('says whether an answer changes anything', () => {
    const index = createProxyIndex()
    const first = proxies(['east/shop/a', synced])
    expect(index.replace('istiod-1', none, first)).toBe(true)
    expect(index.replace('istiod-1', first, proxies(['east/shop/a', synced]))).toBe(false)
    expect(index.replace('istiod-1', first, proxies(['east/shop/a', stale]))).toBe(true)
    expect(index.get(at, 'a')).toBe(stale)
  })

  it('forgets what an istiod no longer names', () => {
    const index = createProxyIndex()
    const first = proxies(['east/shop/a', synced], ['east/shop/b', synced])
    index.replace('istiod-1', none, first)
    expect(index.replace('istiod-1', first, proxies(['east/shop/b', synced]))).toBe(true)
    expect([index.get(at, 'a'), index.get(at, 'b')]).toEqual([undefined, synced])
  })

  it('gives a proxy that moved to the istiod that named it last', () => {
    const index = createProxyIndex()
    const old = proxies(['east/shop/a', stale])
    index.replace('istiod-1', none, old)
    index.replace('istiod-2', none, proxies(['east/shop/a', synced]))
    expect(index.replace('istiod-1', old, none)).toBe(false)
    expect(index.get(at, 'a')).toBe(synced)
  })
})
