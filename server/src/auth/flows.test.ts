import { describe, expect, it } from 'vitest'
import { loadConfig } from '../config/load.ts'
import type { Incoming } from '../http/incoming.ts'
import { incomingWith } from '../http/testing.ts'
import { createFlows } from './flows.ts'
import { createKeyRing, derivedKey } from './keyRing.ts'

const key = derivedKey(Buffer.from('q7Zr1nXk0Vb3LmT9'))

function world(jar = new Map<string, string>()) {
  const time = { now: 1_000_000 }
  const { auth } = loadConfig().config
  const flows = createFlows({
    auth,
    keys: createKeyRing({ current: () => key, previous: () => [] }),
    clock: () => time.now,
    prefix: '',
    webRoot: '',
    isSecure: () => true,
  })
  const request = (): Incoming =>
    incomingWith({
      rawHeaders: jar.size === 0 ? [] : ['Cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; ')],
      setCookie: (line) => {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
        if (line.includes('Max-Age=0;')) jar.delete(name)
        else jar.set(name, value)
      },
    })
  return { flows, time, jar, request }
}

describe('a login under way', () => {
  it('is remembered by its state, once', () => {
    const { flows, request, jar } = world()
    const state = flows.openFlow(request(), 300, { nonce: 'n' })
    expect(state).toMatch(/^[A-Za-z0-9_-]{43}$/)
    const back = request()
    expect(flows.takeFlow(back, state)).toEqual({ nonce: 'n' })
    expect(jar.size).toBe(0)
    expect(flows.takeFlow(back, state)).toBeUndefined()
  })

  it('is over after its time', () => {
    const { flows, request, time } = world()
    const state = flows.openFlow(request(), 300, {})
    time.now += 300_000
    expect(flows.takeFlow(request(), state)).toBeUndefined()
  })

  it('is of the browser that began it', () => {
    const one = world()
    const state = one.flows.openFlow(one.request(), 300, {})
    expect(one.flows.takeFlow(world().request(), state)).toBeUndefined()
  })

  it('is not another one, whatever its cookie is called', () => {
    const { flows, request, jar } = world()
    const [first, second] = [flows.openFlow(request(), 300, { at: 1 }), flows.openFlow(request(), 300, { at: 2 })]
    const [one = '', two = ''] = [...jar.keys()]
    jar.set(one, jar.get(two) ?? '')
    expect(flows.takeFlow(request(), first)).toBeUndefined()
    expect(flows.takeFlow(request(), second)).toEqual({ at: 2 })
  })

  it('does not disturb another one', () => {
    const { flows, request } = world()
    const states = [1, 2].map((at) => flows.openFlow(request(), 300, { at }))
    expect(states.map((state) => flows.takeFlow(request(), state))).toEqual([{ at: 1 }, { at: 2 }])
  })

  it('is forgotten when five others were begun after it', () => {
    const { flows, request, time, jar } = world()
    const states = [1, 2, 3, 4, 5, 6].map((at) => {
      time.now += 1
      return flows.openFlow(request(), 300, { at })
    })
    expect(jar.size).toBe(5)
    expect(states.map((state) => flows.takeFlow(request(), state)?.at)).toEqual([undefined, 2, 3, 4, 5, 6])
  })

  it('is known to have been begun here without being taken', () => {
    const { flows, request } = world()
    const state = flows.openFlow(request(), 300, {})
    expect(flows.hasFlow(request(), state)).toBe(true)
    expect(flows.hasFlow(request(), 'other')).toBe(false)
    expect(flows.takeFlow(request(), state)).toEqual({})
  })
})
