import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { builtinResources, type ResourceType, resourceTable } from './resources.ts'
import { createStore, type Store } from './store.ts'
import { namespace, pod } from './testClient.ts'

const resources = resourceTable(builtinResources)
const typeOf = (apiVersion: string, kind: string): ResourceType => {
  const type = resources.byKind(apiVersion, kind)
  if (!type) throw new Error(`no ${kind}`)
  return type
}
const pods = typeOf('v1', 'Pod')
const storeOf = (...objects: ReturnType<typeof pod>[]): Store =>
  createStore({ resources, objects, clock: () => Date.parse('2026-01-01T12:00:00Z'), seed: 'test', window: 4 })
const names = (store: Store, at?: number): readonly string[] | undefined =>
  store.page(pods, { namespace: '', at })?.objects.map((object) => `${object.namespace}/${object.name}`)

describe('the store', () => {
  it('numbers every change and keeps uid and creation time of an object that is changed', () => {
    const store = storeOf(pod('shop', 'a'))
    const first = store.get(pods, 'shop', 'a')
    const second = store.put(pod('shop', 'a', 'version=v2'))
    expect(first?.resourceVersion).toBe(1)
    expect(second.resourceVersion).toBe(2)
    expect(second.uid).toBe(first?.uid)
    expect(second.fields.metadata).toMatchObject({ creationTimestamp: '2026-01-01T12:00:00Z', resourceVersion: '2' })
  })

  it('gives the same uids to the same scenario, others to another object', () => {
    const uids = () => [...(storeOf(pod('shop', 'a'), pod('shop', 'b')).page(pods, { namespace: '' })?.objects ?? [])]
    expect(uids().map(({ uid }) => uid)).toEqual(uids().map(({ uid }) => uid))
    expect(new Set(uids().map(({ uid }) => uid)).size).toBe(2)
  })

  it('keeps what recorded objects bring', () => {
    const metadata = {
      name: 'a',
      namespace: 'shop',
      uid: 'u-1',
      resourceVersion: '77',
      creationTimestamp: '2020-02-02T02:02:02Z',
    }
    const store = storeOf({ ...pod('shop', 'a'), metadata })
    expect(store.get(pods, 'shop', 'a')?.fields.metadata).toEqual(metadata)
    expect(store.resourceVersion).toBe(77)
    expect(store.put(pod('shop', 'b')).resourceVersion).toBe(78)
  })

  it('takes a write that changes nothing for none', () => {
    const store = storeOf(pod('shop', 'a'))
    store.put(pod('shop', 'a'))
    expect(store.resourceVersion).toBe(1)
  })

  it('shows one object in all versions of its resource', () => {
    const store = storeOf()
    store.put({ apiVersion: 'networking.istio.io/v1', kind: 'Gateway', metadata: { name: 'g', namespace: 'shop' } })
    const beta = resources.byPlural('networking.istio.io', 'v1beta1', 'gateways')
    expect(beta && store.get(beta, 'shop', 'g')?.name).toBe('g')
  })

  it('counts generations of what is desired, not of labels or status', () => {
    const deployment = (replicas: number, ready: number) => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { replicas },
      status: { ready },
    })
    const store = storeOf(deployment(1, 0))
    const generation = () =>
      store.read({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' })?.metadata
    store.put(deployment(1, 1))
    expect(generation()).toMatchObject({ generation: 1 })
    store.put(deployment(2, 1))
    expect(generation()).toMatchObject({ generation: 2 })
  })

  it('deletes what is in a namespace with it', () => {
    const store = storeOf(namespace('shop'), namespace('bank'), pod('shop', 'a'), pod('bank', 'b'))
    store.remove({ apiVersion: 'v1', kind: 'Namespace', name: 'shop' })
    expect(names(store)).toEqual(['bank/b'])
  })

  it('merges a patch of the scenario', () => {
    const store = storeOf(pod('shop', 'a', 'app=web,version=v1'))
    const ref = { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'a' }
    store.patch(ref, { metadata: { labels: { version: null } }, status: { phase: 'Failed' } })
    expect(store.read(ref)).toMatchObject({ metadata: { labels: { app: 'web' } }, status: { phase: 'Failed' } })
    expect(store.patch({ ...ref, name: 'none' }, {})).toBeUndefined()
  })

  it('refuses a kind that the cluster does not serve', () => {
    expect(() => storeOf().put({ apiVersion: 'v1', kind: 'Unicorn', metadata: { name: 'x' } })).toThrow(
      /no Unicorn of v1/,
    )
  })

  it('keeps etcd order: a dash comes before the end of a namespace', () => {
    expect(names(storeOf(pod('a', 'x'), pod('a-b', 'x'), pod('a', 'w')))).toEqual(['a-b/x', 'a/w', 'a/x'])
  })

  it('forgets changes older than its window', () => {
    const store = storeOf()
    for (let version = 1; version <= 9; version++) store.put(pod('shop', `pod-${version}`))
    expect(store.oldest(pods)).toBe(5)
    expect(store.since(pods, 4)).toBeUndefined()
    expect(store.since(pods, 5)?.map(({ object }) => object.name)).toEqual(['pod-6', 'pod-7', 'pod-8', 'pod-9'])
    expect(store.page(pods, { namespace: '', at: 4 })).toBeUndefined()
  })
})

describe('the store against a naive twin', () => {
  const change = fc.record({
    namespace: fc.constantFrom('a', 'a-b', 'b'),
    name: fc.constantFrom('x', 'x-y', 'z'),
    version: fc.integer({ min: 0, max: 3 }),
  })

  /** Plays changes (version 0 deletes) on both; the twin remembers the whole state after each of them. */
  function played(changes: readonly { namespace: string; name: string; version: number }[]) {
    const store = createStore({ resources, objects: [], clock: () => 0, seed: 'twin', window: 1000 })
    const states: Map<string, string>[] = [new Map()]
    for (const { namespace, name, version } of changes) {
      const before = states.at(-1) ?? new Map<string, string>()
      const after = new Map(before)
      const key = `${namespace}/${name}`
      if (version === 0) {
        after.delete(key)
        store.remove({ apiVersion: 'v1', kind: 'Pod', namespace, name })
      } else {
        after.set(key, `v${version}`)
        store.put(pod(namespace, name, `version=v${version}`))
      }
      const changed = JSON.stringify([...before].sort()) !== JSON.stringify([...after].sort())
      if (changed) states.push(after)
    }
    return { store, states }
  }

  const sorted = (state: ReadonlyMap<string, string>, prefix = '') =>
    [...state].filter(([key]) => key.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1))

  const shown = (store: Store, selection: Parameters<Store['page']>[1]) =>
    store
      .page(pods, selection)
      ?.objects.map((object): [string, string] => [
        `${object.namespace}/${object.name}`,
        String(Object(Object(object.fields.metadata).labels).version),
      ])

  it('shows the state after every version, in all namespaces and in one', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
        const { store, states } = played(changes)
        expect(store.resourceVersion).toBe(states.length - 1)
        states.forEach((state, at) => {
          expect(shown(store, { namespace: '', at })).toEqual(sorted(state))
          expect(shown(store, { namespace: 'a', at })).toEqual(sorted(state, 'a/'))
        })
      }),
      { numRuns: 60 },
    )
  })

  it('reads page by page what it shows at once, and counts what remains', () => {
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 30 }),
        fc.integer({ min: 1, max: 4 }),
        fc.nat(),
        (changes, limit, pick) => {
          const { store, states } = played(changes)
          const at = pick % states.length
          const state = sorted(states[at] ?? new Map())
          const read: string[] = []
          let after: string | undefined
          do {
            const page = store.page(pods, { namespace: '', at, limit, after })
            read.push(...(page?.objects ?? []).map(({ namespace, name }) => `${namespace}/${name}`))
            expect(page?.remaining).toBe(state.length - read.length)
            after = page?.next
          } while (after !== undefined)
          expect(read).toEqual(state.map(([key]) => key))
        },
      ),
      { numRuns: 60 },
    )
  })

  it('tells changes that turn any earlier state into the present one', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), fc.nat(), (changes, pick) => {
        const { store, states } = played(changes)
        const from = pick % states.length
        const replica = new Map(states[from])
        for (const { type, object } of store.since(pods, from) ?? []) {
          const key = `${object.namespace}/${object.name}`
          if (type === 'DELETED') replica.delete(key)
          else replica.set(key, String(Object(Object(object.fields.metadata).labels).version))
        }
        expect(sorted(replica)).toEqual(sorted(states.at(-1) ?? new Map()))
      }),
      { numRuns: 60 },
    )
  })
})
