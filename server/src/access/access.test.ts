import type { ClusterName } from '@binocle/api/identity'
import { describe, expect, it } from 'vitest'
import { fakeTime, settled } from '../kube/testing.ts'
import type { ConsoleNamespaces } from '../mesh/consoleNamespaces.ts'
import { type Access, createAccess } from './access.ts'
import type { DecisionRules } from './decision.ts'
import { anonymousLogin, type Login } from './login.ts'
import type { Viewer } from './scope.ts'
import { bearerLogin, namesOf, type TestRights, testAnswers, testClusters } from './testing.ts'

const rules: DecisionRules = { ttlMs: 10_000, clusterWide: true, requireNamespaceGet: false }

/** Two clusters with two namespaces each. */
function begin(rights: Readonly<Record<string, TestRights>>) {
  const time = fakeTime()
  const answers = testAnswers(rights)
  const clusters = testClusters('east', 'west')
  const shown = new Map<ClusterName, ConsoleNamespaces>([
    ['east', namesOf(1, 'bank', 'shop')],
    ['west', namesOf(1, 'bank', 'shop')],
  ])
  const access = createAccess({
    clusters,
    namespaces: (cluster) => shown.get(cluster),
    ask: answers.ask,
    rules,
    clock: time.clock,
    later: (callback, delayMs) => time.timers.after(delayMs, callback),
  })
  const asked = (): string[] => answers.asked.splice(0)
  return { time, answers, clusters, shown, access, asked }
}

function seenBy({ scope }: Viewer): string[] {
  return ['east', 'west'].flatMap((cluster) => [
    `${cluster} ${scope.seesCluster(cluster)}`,
    ...['bank', 'shop'].map((namespace) => `${cluster}/${namespace} ${scope.sees({ cluster, namespace })}`),
  ])
}

const seen = async (access: Access, login: Login): Promise<string[]> => seenBy(await access.viewerOf(login))
const yes = (...words: string[]) => words.filter((word) => word.endsWith(' yes'))

/** Whether it resolves without any time passing. */
async function isAtOnce(promise: Promise<unknown>): Promise<boolean> {
  let done = false
  void promise.then(() => {
    done = true
  })
  await settled()
  return done
}

const everywhere = { 'ann@east': { list: true }, 'ann@west': { list: true } }
const ann = bearerLogin('ann')

describe('a viewer', () => {
  it('sees in each cluster what that cluster grants', async () => {
    const { access } = begin({ 'ann@east': { list: true }, 'ann@west': { get: ['shop'] } })
    expect(await seen(access, ann)).toEqual([
      ...['east yes', 'east/bank yes', 'east/shop yes'],
      ...['west yes', 'west/bank no', 'west/shop yes'],
    ])
  })

  it('does not see that a cluster is there in which there is nothing to see', async () => {
    const { access } = begin({ 'ann@east': { list: true }, 'ann@west': {} })
    expect(await seen(access, ann)).toContain('west no')
  })

  it('sees no cluster that does not know the credential, and no other one less for it', async () => {
    const { access } = begin({ 'ann@east': { list: true } })
    expect(yes(...(await seen(access, ann)))).toEqual(['east yes', 'east/bank yes', 'east/shop yes'])
  })

  it('sees nothing of a cluster for which there is no credential, and that cluster is not asked', async () => {
    const { access, asked } = begin(everywhere)
    expect(yes(...(await seen(access, bearerLogin('ann', ['east']))))).toEqual([
      'east yes',
      'east/bank yes',
      'east/shop yes',
    ])
    expect(asked()).toEqual(['ann@east list'])
  })

  it('is asked about once in ten seconds, however often he comes', async () => {
    const { access, asked } = begin(everywhere)
    for (let page = 0; page < 100; page++) await access.viewerOf(ann)
    expect(asked()).toEqual(['ann@east list', 'ann@west list'])
  })

  it('AUTH-T41: sees no more within the time to live after a right was taken', async () => {
    const { access, answers, time } = begin(everywhere)
    await access.viewerOf(ann)
    answers.rights.set('ann@west', {})
    await time.advance(9_999)
    expect(await seen(access, ann)).toContain('west no')
  })

  it('AUTH-T41: sees within the same time what was granted', async () => {
    const { access, answers, time } = begin({ 'ann@east': { list: true }, 'ann@west': {} })
    await access.viewerOf(ann)
    answers.rights.set('ann@west', { get: ['bank'] })
    await time.advance(9_999)
    expect(await seen(access, ann)).toContain('west/bank yes')
  })

  it('does not wait for answers that are renewed in time', async () => {
    const { access, time, asked } = begin(everywhere)
    await access.viewerOf(ann)
    asked()
    await time.advance(15_000)
    expect(asked()).toEqual(['ann@east list', 'ann@west list'])
    expect(await isAtOnce(access.viewerOf(ann))).toBe(true)
    expect(asked()).toEqual([])
  })

  it('is asked about once more after he left, and then not any more', async () => {
    const { access, time, asked } = begin(everywhere)
    await access.viewerOf(ann)
    await time.advance(7_000)
    asked()
    await time.advance(600_000)
    expect(asked()).toEqual([])
    expect(time.pending()).toEqual([])
  })

  it('who comes every few seconds never waits', async () => {
    const { access, time, asked } = begin({ ...everywhere, 'ann@west': { get: ['shop'] } })
    await access.viewerOf(ann)
    for (let page = 0; page < 50; page++) {
      await time.advance(3_000)
      asked()
      await access.viewerOf(ann)
      expect(asked()).toEqual([])
    }
  })

  it('AUTH-T15: is not asked about any more when he logged out', async () => {
    const { access, time, asked } = begin(everywhere)
    await access.viewerOf(ann)
    access.forget(ann)
    asked()
    await time.advance(60_000)
    expect(asked()).toEqual([])
  })

  it('AUTH-T15: is not asked about any more when his login ended by itself', async () => {
    const { access, time, asked } = begin(everywhere)
    await access.viewerOf(bearerLogin('ann', undefined, { expiresAt: time.clock() + 5_000 }))
    asked()
    await time.advance(60_000)
    expect(asked()).toEqual([])
  })

  it('is decided anew after a logout', async () => {
    const { access, answers } = begin(everywhere)
    await access.viewerOf(ann)
    answers.rights.set('ann@west', {})
    access.forget(ann)
    expect(await seen(access, ann)).toContain('west no')
  })

  it('AUTH-149: of every cluster is not limited like the console only where each cluster is asked as the console', async () => {
    const { access, clusters, asked } = begin({})
    const disabled: Login = { ...anonymousLogin, strategy: 'openid', user: 'ann' }
    expect((await access.viewerOf(disabled)).scope.key).toBe('anonymous')
    expect(asked()).toEqual([])
    const lacksWest: Login = { ...disabled, on: (cluster) => (cluster === 'west' ? undefined : disabled.on(cluster)) }
    const limited = await access.viewerOf(lacksWest)
    expect(limited.scope.key).not.toBe('anonymous')
    expect(yes(...seenBy(limited))).toEqual(['east yes', 'east/bank yes', 'east/shop yes'])
    clusters.set('north', 'reachable')
    expect(limited.scope.seesCluster('north')).toBe('no')
  })

  it('AUTH-61: sees all clusters with no credential of his own where nobody logs in', async () => {
    const { access, asked } = begin({})
    expect(yes(...(await seen(access, anonymousLogin)))).toHaveLength(6)
    expect(asked()).toEqual([])
  })

  it('AUTH-T12: gets the same whoever came first', async () => {
    const rights = { ...everywhere, 'eve@east': { get: ['shop'] }, 'eve@west': {} }
    const eve = bearerLogin('eve')
    const [limitedFirst, wholeFirst] = [begin(rights), begin(rights)]
    const [eve1, ann1] = [await seen(limitedFirst.access, eve), await seen(limitedFirst.access, ann)]
    const [ann2, eve2] = [await seen(wholeFirst.access, ann), await seen(wholeFirst.access, eve)]
    expect(ann1).toEqual(ann2)
    expect(eve1).toEqual(eve2)
    expect(yes(...eve1)).toEqual(['east yes', 'east/shop yes'])
    expect(yes(...ann1)).toHaveLength(6)
  })
})

describe('the key of what somebody sees', () => {
  const keyOf = async (access: Access, login: Login): Promise<string> => (await access.viewerOf(login)).scope.key

  it('is the same for who sees the same, and for nobody else', async () => {
    const { access } = begin({
      'ann@east': { list: true },
      'bob@east': { list: true },
      'eve@east': { get: ['shop'] },
      'eva@east': { get: ['shop'] },
      'tom@east': { get: ['bank'] },
      'kim@east': {},
      'pat@west': { get: ['shop'] },
    })
    const keys = new Map<string, string>()
    for (const name of ['ann', 'bob', 'eve', 'eva', 'tom', 'kim', 'pat'])
      keys.set(name, await keyOf(access, bearerLogin(name)))
    expect(keys.get('bob')).toBe(keys.get('ann'))
    expect(keys.get('eva')).toBe(keys.get('eve'))
    expect(new Set(keys.values()).size).toBe(5)
  })

  it('AUTH-T11: changes when a right is taken or granted, and when nobody can say any more', async () => {
    const { access, answers, time } = begin({ 'ann@east': { list: true }, 'ann@west': {} })
    const keys = [await keyOf(access, ann)]
    const next = async (change: () => void): Promise<void> => {
      change()
      await time.advance(10_000)
      keys.push(await keyOf(access, ann))
    }
    await next(() => answers.rights.set('ann@east', { get: ['bank', 'shop'] }))
    await next(() => answers.rights.set('ann@east', { get: ['bank'] }))
    await next(() => answers.rights.set('ann@west', { get: ['bank'] }))
    await next(() => answers.failing.add('west'))
    await next(() => answers.failing.add('east'))
    expect(new Set(keys).size).toBe(6)
  })

  it('changes when a namespace comes that is seen, and not for one that is not', async () => {
    const { access, shown } = begin({ 'ann@east': { list: true }, 'eve@east': { get: ['shop'] } })
    const [whole, some] = [await keyOf(access, ann), await keyOf(access, bearerLogin('eve'))]
    shown.set('east', namesOf(2, 'bank', 'shop', 'wine'))
    expect(await keyOf(access, ann)).not.toBe(whole)
    expect(await keyOf(access, bearerLogin('eve'))).toBe(some)
  })
})

describe('a cluster that cannot answer', () => {
  it('AUTH-136: is unknown, and takes nothing from the others', async () => {
    const { access, answers } = begin(everywhere)
    answers.failing.add('west')
    expect(await seen(access, ann)).toEqual([
      ...['east yes', 'east/bank yes', 'east/shop yes'],
      ...['west unknown', 'west/bank unknown', 'west/shop unknown'],
    ])
  })

  it('is waited for once, for less than three seconds, and then by nobody', async () => {
    const { access, answers, time } = begin({ ...everywhere, 'bob@east': { list: true }, 'bob@west': { list: true } })
    answers.hanging.add('west')
    const first = access.viewerOf(ann)
    expect(await isAtOnce(first)).toBe(false)
    await time.advance(2_500)
    expect(await isAtOnce(first)).toBe(true)
    answers.hanging.delete('west')
    answers.failing.add('west')
    await access.viewerOf(bearerLogin('bob'))
    answers.failing.delete('west')
    answers.hanging.add('west')
    const next = access.viewerOf(bearerLogin('eve'))
    expect(await isAtOnce(next)).toBe(true)
    expect(seenBy(await next)).toContain('west unknown')
  })

  it('is not asked at all while it is known to be away', async () => {
    const { access, clusters, asked } = begin(everywhere)
    clusters.set('west', 'unreachable')
    expect(await seen(access, ann)).toContain('west unknown')
    expect(asked()).toEqual(['ann@east list'])
  })

  it('never says yes longer than an answer holds', async () => {
    const { access, clusters, time } = begin(everywhere)
    await access.viewerOf(ann)
    clusters.set('west', 'unreachable')
    await time.advance(9_999)
    expect(await seen(access, ann)).toContain('west/shop yes')
    await time.advance(1)
    expect(await seen(access, ann)).toContain('west/shop unknown')
  })

  it('is asked again every two seconds for who is there, until it answers', async () => {
    const { access, answers, time, asked } = begin(everywhere)
    answers.failing.add('west')
    await access.viewerOf(ann)
    asked()
    await time.advance(6_000)
    expect(asked()).toEqual(['ann@west list', 'ann@west list', 'ann@west list'])
    answers.failing.clear()
    await time.advance(2_000)
    expect(await seen(access, ann)).toContain('west yes')
  })

  it('is known again at once when it is back', async () => {
    const { access, clusters } = begin(everywhere)
    clusters.set('west', 'unreachable')
    await access.viewerOf(ann)
    clusters.set('west', 'reachable')
    expect(await seen(access, ann)).toContain('west yes')
  })
})

describe('a cluster that is gone', () => {
  it('AUTH-135: takes along what was decided about it', async () => {
    const { access, answers, clusters, time, asked } = begin(everywhere)
    await access.viewerOf(ann)
    clusters.set('west', 'gone')
    asked()
    await time.advance(7_000)
    expect(asked()).toEqual(['ann@east list'])
    expect(await seen(access, ann)).toContain('west no')
    answers.rights.set('ann@west', {})
    clusters.set('west', 'reachable')
    expect(await seen(access, ann)).toContain('west no')
  })
})

describe('what a login is judged by', () => {
  it.each<[string, TestRights | undefined, string]>([
    ['sees everything', { list: true }, 'known bank,shop'],
    ['sees a namespace', { get: ['shop'] }, 'known shop'],
    ['sees nothing', {}, 'known '],
    ['is not known', undefined, 'rejected '],
  ])('is that the person %s', async (_what, rights, expected) => {
    const { access } = begin(rights === undefined ? {} : { 'ann@east': rights })
    const found = await access.visible(ann, 'east')
    expect(`${found.state} ${found.state === 'known' ? found.namespaces : ''}`).toBe(expected)
  })

  it('is unknown while the cluster does not answer, or the console has not read it', async () => {
    const { access, answers, shown } = begin(everywhere)
    answers.failing.add('west')
    expect((await access.visible(ann, 'west')).state).toBe('unknown')
    shown.delete('east')
    expect((await access.visible(ann, 'east')).state).toBe('unknown')
  })

  it('is nothing in a cluster that is not there, or for which there is no credential', async () => {
    const { access } = begin(everywhere)
    expect((await access.visible(ann, 'nosuch')).state).toBe('absent')
    expect((await access.visible(bearerLogin('ann', ['east']), 'west')).state).toBe('absent')
  })
})
