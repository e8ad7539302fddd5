import { describe, expect, it } from 'vitest'
import { createRights, type Question } from './rights.ts'

const question: Question = { cluster: 'east', namespace: 'shop', group: 'networking.istio.io', resource: 'gateways' }

describe('what may be written', () => {
  it('is asked verb by verb, and update is patch', async () => {
    const rights = createRights({
      mayDo: (_, verb) => Promise.resolve(verb !== 'delete'),
      answers: () => true,
      nowMs: () => 0,
    })
    expect(await rights(question)).toEqual({ create: true, update: true, delete: false })
  })

  it('is nothing when one question has no answer', async () => {
    const mayDo = (_: Question, verb: string) =>
      verb === 'patch' ? Promise.reject(new Error('gone')) : Promise.resolve(true)
    const rights = createRights({ mayDo, answers: () => true, nowMs: () => 0 })
    expect(await rights(question)).toEqual({ create: false, update: false, delete: false })
  })

  it('is nothing in a cluster that cannot be asked, which is not asked', async () => {
    let asked = 0
    const mayDo = () => Promise.resolve(++asked > 0)
    const rights = createRights({ mayDo, answers: () => false, nowMs: () => 0 })
    expect(await rights(question)).toEqual({ create: false, update: false, delete: false })
    expect(asked).toBe(0)
  })

  it('is asked again after ten seconds', async () => {
    let asked = 0
    let now = 0
    const mayDo = () => Promise.resolve(++asked > 0)
    const rights = createRights({ mayDo, answers: () => true, nowMs: () => now })
    await rights(question)
    now = 9_999
    await rights(question)
    expect(asked).toBe(3)
    now = 10_001
    await rights(question)
    expect(asked).toBe(6)
  })
})
