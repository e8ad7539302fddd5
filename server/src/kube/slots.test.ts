import { describe, expect, it } from 'vitest'
import { createSlots } from './slots.ts'

const never = new AbortController().signal

describe('slots', () => {
  it('let a bounded number through, in the order of asking', async () => {
    const slots = createSlots(1)
    const order: string[] = []
    const release = await slots.take(never)
    const second = slots.take(never).then((done) => {
      order.push('second')
      done()
    })
    const third = slots.take(never).then(() => order.push('third'))
    expect(order).toEqual([])
    release()
    await Promise.all([second, third])
    expect(order).toEqual(['second', 'third'])
  })

  it('given back twice are one slot', async () => {
    const slots = createSlots(1)
    const release = await slots.take(never)
    release()
    release()
    await slots.take(never)
    let third = false
    void slots.take(never).then(() => {
      third = true
    })
    await new Promise((resolve) => setImmediate(resolve))
    expect(third).toBe(false)
  })

  it('are not lost by who gives up waiting', async () => {
    const slots = createSlots(1)
    const release = await slots.take(never)
    const patience = new AbortController()
    const given = slots.take(patience.signal)
    patience.abort(new Error('enough'))
    await expect(given).rejects.toThrow('enough')
    release()
    await expect(slots.take(never)).resolves.toBeTypeOf('function')
  })
})
