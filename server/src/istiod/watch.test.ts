import { known, stale } from '@binocle/api/known'
import type { Problem } from '@binocle/api/problem'
import { describe, expect, it } from 'vitest'
import { fakeTime } from '../kube/testing.ts'
import type { IstiodPod } from './pods.ts'
import type { Poll, Said } from './poll.ts'
import { meshWithIstiods, nothingKnown } from './testing.ts'
import { watchIstiods } from './watch.ts'

const synced = { CDS: 'Synced', EDS: 'Synced', LDS: 'Synced', RDS: 'Synced' }
const refused: Problem = { code: 'BIN-ISTIOD-UNREACHABLE', message: 'refused' }
const at = { cluster: 'east', namespace: 'istio-system' }

type Answer = (pod: IstiodPod, last: Said, nowMs: number) => Poll | Promise<Poll>

const healthy: Answer = (_pod, { facts }, nowMs) => ({
  facts: { ...facts, ready: known(true, nowMs), version: known('1.30.1', nowMs) },
  proxies: new Map([['east/shop/web-1', synced]]),
  failure: undefined,
})
const sick: Answer = (_pod, { facts, proxies }) => ({
  facts: { ...facts, ready: stale(facts.ready, refused), version: stale(facts.version, refused) },
  proxies,
  failure: refused,
})

/** A mesh whose istiods answer as `state.answer` says, and time in the test's hand. `polled` names pods, `+` with all. */
function scene(initial: { readonly answer?: Answer }, ...names: readonly string[]) {
  const mesh = meshWithIstiods(...names)
  const time = fakeTime()
  const state: { answer: Answer; away: Problem | undefined; fails: boolean } = {
    answer: initial.answer ?? healthy,
    away: undefined,
    fails: false,
  }
  const polled: string[] = []
  const askedAtS: number[] = []
  const startMs = time.clock()
  const watch = watchIstiods({
    inventory: mesh.inventory,
    surroundings: time,
    intervalMs: 20_000,
    away: () => {
      if (state.fails) throw new Error('broken')
      return state.away
    },
    poll: async (pod, last, whole) => {
      polled.push(pod.pod + (whole ? '+' : ''))
      askedAtS.push((time.clock() - startMs) / 1000)
      return state.answer(pod, last, time.clock())
    },
  })
  const status = () => watch.proxies.proxyStatus({ cluster: 'east', namespace: 'shop' }, 'web-1')
  const pollsWithin = async (ms: number) => {
    const before = polled.length
    await time.advance(ms)
    return polled.length - before
  }
  return { ...mesh, time, state, polled, askedAtS, watch, status, pollsWithin }
}

describe('the watch of istiods', () => {
  it('asks every pod at once, then every 20 s', async () => {
    const { pollsWithin, watch } = scene({}, 'istiod-1', 'istiod-2')
    expect(watch.settled()).toBe(false)
    expect(await pollsWithin(0)).toBe(0)
    expect([watch.settled(), watch.answers(at, 'default')]).toEqual([true, true])
    expect(await pollsWithin(19_900)).toBe(0)
    expect(await pollsWithin(600)).toBe(2)
  })

  it('asks for what is as big as the mesh with the second poll, and every fifteenth after it', async () => {
    const { polled, time } = scene({}, 'istiod-1')
    await time.advance(20 * 20_500)
    expect(polled.flatMap((name, i) => (name.endsWith('+') ? [i] : []))).toEqual([1, 17])
  })

  it('asks three pods at once for what is as big as the mesh, the others next time', async () => {
    const { polled, time } = scene({}, 'istiod-1', 'istiod-2', 'istiod-3', 'istiod-4')
    await time.advance(20_500)
    expect(polled.slice(4)).toEqual(['istiod-1+', 'istiod-2+', 'istiod-3+', 'istiod-4'])
    await time.advance(20_500)
    expect(polled.slice(8)).toEqual(['istiod-1', 'istiod-2', 'istiod-3', 'istiod-4+'])
  })

  it('asks a pod that failed for all of it again', async () => {
    const { polled, state, time } = scene({}, 'istiod-1')
    await time.advance(45_000)
    state.answer = sick
    await time.advance(20_000)
    state.answer = healthy
    await time.advance(20_500)
    expect(polled).toEqual(['istiod-1', 'istiod-1+', 'istiod-1', 'istiod-1', 'istiod-1+', 'istiod-1+'])
  })

  it('asks a pod that does not answer more and more seldom, at least once a minute, and says so once', async () => {
    const { askedAtS, time } = scene({ answer: sick }, 'istiod-1')
    await time.advance(200_000)
    expect(askedAtS).toEqual([0, 2, 6, 14, 30, 62, 122, 182])
    expect(time.logged).toEqual(['istiod does not answer'])
  })

  it('never asks a pod that is still being asked, and asks the others on time', async () => {
    const { polled, state, time } = scene({}, 'istiod-1', 'istiod-2')
    state.answer = (pod, last, nowMs) => (pod.pod === 'istiod-1' ? new Promise(() => {}) : healthy(pod, last, nowMs))
    await time.advance(20_500)
    polled.splice(0)
    await time.advance(61_500)
    expect(polled.filter((name) => name.startsWith('istiod-1')).length).toBe(0)
    expect(polled.filter((name) => name.startsWith('istiod-2')).length).toBe(3)
  })

  it('keeps what an istiod said last, and says that it does not answer', async () => {
    const { state, status, time, watch } = scene({}, 'istiod-1')
    await time.advance(0)
    state.answer = sick
    await time.advance(20_500)
    expect([status(), watch.answers(at, 'default')]).toEqual([synced, false])
    expect(watch.facts.facts(at, 'istiod-1')?.version).toMatchObject({
      state: 'stale',
      value: '1.30.1',
      cause: refused,
    })
  })

  it('asks at once when Kubernetes finds the pod ready again', async () => {
    const { pollsWithin, put, state } = scene({}, 'istiod-1')
    state.answer = sick
    put('istiod-1', false)
    await pollsWithin(120_000)
    put('istiod-1', true)
    expect(await pollsWithin(500)).toBe(1)
  })

  it('does not ask in a cluster that is away, says why nothing is known, and asks when it is back', async () => {
    const away: Problem = { code: 'BIN-CLUSTER-UNREACHABLE', message: 'east is away' }
    const { pollsWithin, state, watch } = scene({}, 'istiod-1')
    await pollsWithin(0)
    state.away = away
    expect(await pollsWithin(60_000)).toBe(0)
    expect(watch.facts.facts(at, 'istiod-1')?.ready).toMatchObject({ state: 'stale', value: true, cause: away })
    expect(watch.answers(at, 'default')).toBe(false)
    state.away = undefined
    expect(await pollsWithin(500)).toBe(1)
    expect(watch.answers(at, 'default')).toBe(true)
  })

  it('grows its versions when something differs, not when it is said again', async () => {
    const { state, time, watch } = scene({}, 'istiod-1')
    await time.advance(0)
    const versions = () => [watch.facts.version, watch.proxies.version]
    const [facts = 0, proxies = 0] = versions()
    await time.advance(20_500)
    expect(versions()).toEqual([facts, proxies])
    state.answer = (pod, last, nowMs) => ({ ...healthy(pod, last, nowMs), proxies: new Map() }) as Poll
    await time.advance(20_500)
    expect(versions()).toEqual([facts, proxies + 1])
  })

  it('forgets an istiod that is gone, and its proxies, whatever it still answers', async () => {
    const { remove, status, time, watch } = scene({}, 'istiod-1')
    await time.advance(0)
    remove('istiod-1')
    await time.advance(500)
    expect([status(), watch.answers(at, 'default'), watch.facts.facts(at, 'istiod-1')]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    expect(watch.facts.ofRevision(at, 'default')).toEqual([])
  })

  it('takes nothing from the last words of an istiod that is gone', async () => {
    let answer: (poll: Poll) => void = () => {}
    const { remove, status, time, watch } = scene({ answer: () => new Promise((say) => (answer = say)) }, 'istiod-1')
    remove('istiod-1')
    await time.advance(500)
    const last = { facts: nothingKnown, proxies: new Map([['east/shop/web-1', synced]]) }
    answer({ ...last, failure: undefined })
    await time.advance(500)
    expect([status(), watch.settled()]).toEqual([undefined, false])
  })

  it('waits for the answer of a pod that becomes ready meanwhile, and asks it again then', async () => {
    let answer: (poll: Poll) => void = () => {}
    const { polled, put, time } = scene({ answer: () => new Promise((say) => (answer = say)) }, 'istiod-1')
    put('istiod-1', false)
    await time.advance(5_000)
    expect(polled.length).toBe(1)
    answer({ facts: nothingKnown, proxies: new Map(), failure: undefined })
    await time.advance(500)
    expect(polled.length).toBe(2)
  })

  it('knows nothing of an istiod before its first answer, and says so', async () => {
    const { time, watch } = scene({ answer: () => new Promise(() => {}) }, 'istiod-1')
    await time.advance(0)
    expect(watch.answers(at, 'default')).toBeUndefined()
    expect(watch.facts.facts(at, 'istiod-1')?.version).toMatchObject({
      state: 'unknown',
      cause: { message: 'istiod istio-system/istiod-1 of east was not asked yet' },
    })
  })

  it('goes on after a look that failed', async () => {
    const { pollsWithin, state, time } = scene({}, 'istiod-1')
    await pollsWithin(0)
    state.fails = true
    await time.advance(20_500)
    expect(new Set(time.logged)).toEqual(new Set(['cannot see which istiods there are']))
    state.fails = false
    expect(await pollsWithin(500)).toBe(1)
  })

  it('asks nobody once it is closed', async () => {
    const { pollsWithin, watch } = scene({}, 'istiod-1')
    await pollsWithin(0)
    watch.close()
    expect(await pollsWithin(120_000)).toBe(0)
  })
})
