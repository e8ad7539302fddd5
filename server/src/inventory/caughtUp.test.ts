import { describe, expect, it } from 'vitest'
import { caughtUp, isAsNew } from './caughtUp.ts'

/** Time stands until it is turned on. */
function clockwork() {
  const waiting: (() => void)[] = []
  const listeners = new Set<() => void>()
  return {
    inventory: {
      onChange: (listener: () => void) => {
        listeners.add(listener)
        return () => void listeners.delete(listener)
      },
    },
    later: (callback: () => void) => {
      waiting.push(callback)
      return () => void waiting.splice(waiting.indexOf(callback), waiting.includes(callback) ? 1 : 0)
    },
    change: () => {
      for (const listener of listeners) listener()
    },
    /** Lets one wait end; false when nobody waits. */
    turn: () => {
      const next = waiting.shift()
      next?.()
      return next !== undefined
    },
    rest: () => [listeners.size, waiting.length],
  }
}

describe('waiting for what was written', () => {
  it('ends at once when it is there', async () => {
    const { inventory, later, rest } = clockwork()
    await caughtUp(inventory, () => true, later)
    expect(rest()).toEqual([0, 0])
  })

  it('ends with the change that brings it, and leaves nothing behind', async () => {
    const { change, inventory, later, rest } = clockwork()
    let there = false
    const waited = caughtUp(inventory, () => there, later)
    change()
    expect(rest()).toEqual([1, 1])
    there = true
    change()
    await waited
    expect(rest()).toEqual([0, 0])
  })

  it('looks by itself: what shows nowhere is taken over without a word', async () => {
    const { inventory, later, rest, turn } = clockwork()
    let there = false
    const waited = caughtUp(inventory, () => there, later)
    turn()
    there = true
    turn()
    await waited
    expect(rest()).toEqual([0, 0])
  })

  it('ends when it does not come', async () => {
    const { inventory, later, rest, turn } = clockwork()
    const waited = caughtUp(inventory, () => false, later)
    let turns = 0
    while (turn()) turns++
    await waited
    expect([turns, ...rest()]).toEqual([40, 0, 0])
  })
})

describe('what is held of an object', () => {
  it.each([
    ['is not there', undefined, '7', false],
    ['is what was written', '7', '7', true],
    ['is older', '6', '7', false],
    ['is older, with fewer digits', '99', '100', false],
    ['is newer', '8', '7', true],
    ['is newer, with more digits', '100', '99', true],
    ['is newer than a number that loses digits', '9007199254740993', '9007199254740992', true],
    ['has another version that is no number', 'b', 'a', false],
  ])('%s', (_what, held, written, expected) => {
    expect(isAsNew(held, written)).toBe(expected)
  })
})
