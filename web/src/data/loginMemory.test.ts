import { describe, expect, it } from 'vitest'
import { loginMemory } from './loginMemory.ts'

function storage(): Pick<Storage, 'getItem' | 'removeItem' | 'setItem'> {
  const kept = new Map<string, string>()
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  }
}

describe('what a tab keeps while it is at a provider', () => {
  it('is where somebody wanted to be', () => {
    const kept = storage()
    loginMemory(kept, '/kiali/').sent('/kiali/console/graph?namespaces=shop')
    const after = loginMemory(kept, '/kiali/')
    expect([after.wasSent(), after.landing()]).toEqual([true, '/kiali/console/graph?namespaces=shop'])
  })

  it.each(['//evil.example/console', 'https://evil.example/', '/other/console', 'javascript:alert(1)'])(
    'is never a place that is not ours: %s',
    (place) => {
      const memory = loginMemory(storage(), '/')
      memory.sent(place)
      expect(memory.landing()).toBeUndefined()
    },
  )

  it('is nothing of what was, for who comes after a logout', () => {
    const memory = loginMemory(storage(), '/')
    memory.sent('/console/graph?namespaces=secret')
    memory.loggedOut()
    expect([memory.hasLoggedOut(), memory.wasSent(), memory.landing()]).toEqual([true, false, undefined])
  })

  it.each(['null', '7', '{"landing":7}', 'no json'])('is nothing where something else is kept: %s', (text) => {
    const kept = storage()
    kept.setItem('binocle:/:login', text)
    const memory = loginMemory(kept, '/')
    expect([memory.landing(), memory.wasSent(), memory.hasLoggedOut()]).toEqual([undefined, false, false])
  })

  it('is nothing where storage is forbidden', () => {
    const memory = loginMemory(undefined, '/')
    memory.sent('/console/graph')
    expect(memory.landing()).toBeUndefined()
  })
})
