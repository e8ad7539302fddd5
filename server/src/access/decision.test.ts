import { describe, expect, it } from 'vitest'
import type { Answer, NamespaceQuestion } from '../clusters/askAs.ts'
import type { ConsoleNamespaces } from '../mesh/consoleNamespaces.ts'
import { createDecision, type Decision, type DecisionRules } from './decision.ts'
import { namesOf, type TestRights, testAnswers } from './testing.ts'

const names = namesOf(1, 'bank', 'shop', 'vault')
const rules: DecisionRules = { ttlMs: 10_000, clusterWide: true, requireNamespaceGet: false }

/** One person in one cluster, at a time that is told. */
function begin(rights: TestRights | undefined, given: Partial<DecisionRules> = {}) {
  const answers = testAnswers(rights === undefined ? {} : { 'ann@east': rights })
  const time = { nowMs: 0 }
  const credential = { cluster: 'east', kind: 'bearer', token: 'ann' } as const
  const ask = (question: NamespaceQuestion): Promise<Answer> => answers.ask(credential, question)
  const decision = createDecision({ ask, rules: { ...rules, ...given }, clock: () => time.nowMs })
  const asked = (): string[] => answers.asked.splice(0).map((each) => each.replace('ann@east ', ''))
  return { answers, time, decision, asked }
}

const seenIn = (decision: Decision): string => seenOf(decision, names)

const seenOf = (decision: Decision, shown: ConsoleNamespaces | undefined): string =>
  ['bank', 'shop', 'vault', 'nosuch'].map((name) => `${name} ${decision.view(shown).namespace(name)}`).join(', ')

const all = 'bank yes, shop yes, vault yes, nosuch no'
const shop = 'bank no, shop yes, vault no, nosuch no'
const nothing = 'bank no, shop no, vault no, nosuch no'
const unknown = 'bank unknown, shop unknown, vault unknown, nosuch unknown'
const each = ['get bank', 'get shop', 'get vault']

describe('what a person may see of a cluster', () => {
  it.each<[string, TestRights, boolean, string, string[]]>([
    ['who may list', { list: true }, false, all, ['list']],
    ['who may list and get', { list: true, get: 'all' }, false, all, ['list']],
    ['who may get all', { get: 'all' }, false, all, ['list', 'get']],
    ['who may get some', { get: ['shop', 'elsewhere'] }, false, shop, ['list', 'get', ...each]],
    ['who may nothing', {}, false, nothing, ['list', 'get', ...each]],
    ['who may only list, where that is not enough', { list: true }, true, nothing, ['get', ...each]],
    ['who may list and get all, where list is not enough', { list: true, get: 'all' }, true, all, ['get']],
    [
      'who may list and get some, where list is not enough',
      { list: true, get: ['shop'] },
      true,
      shop,
      ['get', ...each],
    ],
  ])('AUTH-139: is asked with few questions: %s', async (_who, rights, requireNamespaceGet, seen, questions) => {
    const { decision, asked } = begin(rights, { requireNamespaceGet })
    await decision.renew(names).all
    expect(seenIn(decision)).toBe(seen)
    expect(asked()).toEqual(questions)
  })

  it('AUTH-141: is asked for each namespace that the configuration names, without cluster-wide access', async () => {
    const { decision, asked } = begin({ list: true, get: ['shop'] }, { clusterWide: false })
    await decision.renew(names).all
    expect(seenIn(decision)).toBe(shop)
    expect(asked()).toEqual(each)
  })

  it('is unknown before it was asked', () => {
    expect(seenIn(begin({ list: true }).decision)).toBe(unknown)
  })

  it('is unknown in part while the console itself does not know which namespaces there are', async () => {
    const whole = begin({ list: true })
    await whole.decision.renew(undefined).all
    expect(whole.decision.view(undefined).cluster).toBe('yes')
    expect(seenOf(whole.decision, undefined)).toBe(unknown)
    const some = begin({ get: ['shop'] })
    await some.decision.renew(undefined).all
    expect(some.decision.view(undefined).cluster).toBe('unknown')
    expect(some.decision.isYoung(undefined)).toBe(false)
  })

  it('AUTH-142: holds for the time to live of each answer, by the clock of who reads it', async () => {
    const { decision, time } = begin({ list: true })
    await decision.renew(names).all
    time.nowMs = 9_999
    expect(seenIn(decision)).toBe(all)
    expect(decision.isYoung(names)).toBe(true)
    time.nowMs = 10_000
    expect(seenIn(decision)).toBe(unknown)
    expect(decision.isYoung(names)).toBe(false)
  })

  it('AUTH-142: of single namespaces holds no longer', async () => {
    const { decision, time } = begin({ get: ['shop'] })
    await decision.renew(names).all
    time.nowMs = 10_000
    expect(seenIn(decision)).toBe('bank no, shop unknown, vault no, nosuch no')
    expect(decision.isYoung(names)).toBe(false)
  })

  it('AUTH-142: a refusal of everything is kept as long', async () => {
    const { decision, time } = begin({})
    await decision.renew(names).all
    time.nowMs = 9_999
    expect(decision.isYoung(names)).toBe(true)
    time.nowMs = 10_000
    expect(decision.isYoung(names)).toBe(false)
  })

  it('AUTH-142: is asked once for all who want to know at the same time', async () => {
    const { decision, asked } = begin({ list: true })
    await Promise.all(Array.from({ length: 10 }, () => decision.renew(names).all))
    expect(asked()).toEqual(['list'])
  })

  it('is less after rights were taken, and more after they were granted', async () => {
    const { decision, answers, time } = begin({ list: true })
    await decision.renew(names).all
    answers.rights.set('ann@east', { get: ['shop'] })
    time.nowMs = 7_000
    await decision.renew(names).all
    expect(seenIn(decision)).toBe(shop)
    answers.rights.set('ann@east', { get: ['bank'] })
    time.nowMs = 14_000
    await decision.renew(names).all
    expect(seenIn(decision)).toBe('bank yes, shop no, vault no, nosuch no')
    answers.rights.set('ann@east', { list: true })
    time.nowMs = 21_000
    await decision.renew(names).all
    expect(seenIn(decision)).toBe(all)
  })

  it('is asked anew only for a namespace that came, and for what was granted', async () => {
    const { decision, asked } = begin({ get: ['shop', 'wine'] })
    await decision.renew(names).all
    asked()
    const more = namesOf(2, 'bank', 'shop', 'wine')
    expect(decision.isYoung(more)).toBe(false)
    await decision.renew(more).all
    expect(asked()).toEqual(['list', 'get', 'get wine', 'get shop'])
    expect(decision.view(more).seen).toEqual(['shop', 'wine'])
    expect(decision.isYoung(more)).toBe(true)
  })

  it('AUTH-140: is never more than the console shows', async () => {
    const whole = begin({ list: true })
    await whole.decision.renew(names).all
    expect(whole.decision.view(namesOf(2, 'bank')).seen).toEqual(['bank'])
    expect(whole.decision.view(namesOf(2, 'bank')).namespace('shop')).toBe('no')
    const some = begin({ get: ['bank', 'shop'] })
    await some.decision.renew(names).all
    expect(some.decision.view(namesOf(2, 'bank')).seen).toEqual(['bank'])
    expect(some.decision.view(namesOf(2, 'bank')).namespace('shop')).toBe('no')
  })

  it('is nothing for a credential that the cluster does not know, for as long as an answer holds', async () => {
    const { decision, time } = begin(undefined)
    await decision.renew(names).all
    expect(seenIn(decision)).toBe(nothing)
    expect(decision.failure?.failed).toBe('rejected')
    expect(decision.isYoung(names)).toBe(true)
    time.nowMs = 10_000
    expect(decision.isYoung(names)).toBe(false)
  })

  it('stays what it was when the cluster falls silent: granted for the time to live, then unknown; refused', async () => {
    const { decision, answers, time } = begin({ get: ['shop'] })
    await decision.renew(names).all
    answers.failing.add('east')
    time.nowMs = 7_000
    await decision.renew(names).all
    expect(seenIn(decision)).toBe(shop)
    expect(decision.isYoung(names)).toBe(false)
    time.nowMs = 10_000
    expect(seenIn(decision)).toBe('bank no, shop unknown, vault no, nosuch no')
    answers.failing.clear()
    await decision.renew(names).all
    expect(seenIn(decision)).toBe(shop)
  })

  it('is asked with at most twenty questions at once', async () => {
    const many = namesOf(1, ...Array.from({ length: 100 }, (_, index) => `n${index}`))
    const { decision, answers } = begin({ get: [] })
    let most = 0
    const watched = createDecision({
      ask: (question) => {
        const answer = answers.ask({ cluster: 'east', kind: 'bearer', token: 'ann' }, question)
        most = Math.max(most, answers.open())
        return answer
      },
      rules,
      clock: () => 0,
    })
    await watched.renew(many).all
    expect(decision.size).toBe(0)
    expect(watched.size).toBe(100)
    expect(most).toBe(20)
  })

  it('is asked in rounds that end in time: what was granted does not grow old behind many refusals', async () => {
    const many = namesOf(1, ...Array.from({ length: 1_000 }, (_, index) => `n${String(index).padStart(3, '0')}`))
    const { answers } = begin({ get: ['n500'] })
    let nowMs = 0
    const asked: string[] = []
    // Each question takes 20 ms, one after the other: all together take 20 s.
    const decision = createDecision({
      ask: async (question) => {
        nowMs += 20
        asked.push(`${question.verb} ${question.namespace}`)
        return await answers.ask({ cluster: 'east', kind: 'bearer', token: 'ann' }, question)
      },
      rules,
      clock: () => nowMs,
    })
    await decision.renew(many).all
    expect(nowMs).toBeLessThan(7_500)
    expect(decision.isYoung(many)).toBe(false)
    await decision.renew(many).all
    await decision.renew(many).all
    expect(decision.view(many).seen).toEqual(['n500'])
    asked.length = 0
    await decision.renew(many).all
    expect(asked.slice(0, 3)).toEqual(['list ', 'get ', 'get n500'])
  })

  it('is waited for in what matters: old refusals come after what was granted, as many as may be asked', async () => {
    const { answers } = begin({ get: ['shop'] })
    let nowMs = 0
    let hangs = false
    const asked: string[] = []
    const decision = createDecision({
      ask: (question) => {
        asked.push(`${question.verb} ${question.namespace}`)
        const isOpen = hangs && ['bank', 'vault'].includes(question.namespace)
        return isOpen ? new Promise(() => {}) : answers.ask({ cluster: 'east', kind: 'bearer', token: 'ann' }, question)
      },
      rules,
      clock: () => nowMs,
      allowance: (wanted) => Math.min(1, wanted),
    })
    await decision.renew(names).all
    nowMs = 7_000
    hangs = true
    asked.length = 0
    await decision.renew(names).vital
    nowMs = 10_000
    expect(seenIn(decision)).toBe(shop)
    expect(decision.isYoung(names)).toBe(false)
    expect(asked).toEqual(['list ', 'get ', 'get shop', 'get bank'])
  })

  it('without a time to live is asked by every request, and holds for that request', async () => {
    const { decision } = begin({ get: ['shop'] }, { ttlMs: 0 })
    await decision.renew(names).all
    expect(seenIn(decision)).toBe(shop)
    expect(decision.isYoung(names)).toBe(false)
  })
})
