import { describe, expect, it } from 'vitest'
import { createIndex } from './index.ts'
import { createTracker, type Evaluation } from './tracker.ts'

const shop = (name: string, app: string) => ({ namespace: 'shop', name, app })

function world() {
  const tracker = createTracker()
  const index = createIndex<ReturnType<typeof shop>>(tracker, ({ app }) => [app])
  const due: string[] = []
  const reader = (name: string): Evaluation => ({ due: () => due.push(name), facts: [] })
  const reads = (name: string, read: () => unknown) => {
    const evaluation = reader(name)
    tracker.run(evaluation, read)
    return evaluation
  }
  return { tracker, index, due, reads }
}

describe('an index', () => {
  it('keeps what stands under a key in order, whatever order it comes in', () => {
    const { index } = world()
    for (const name of ['b', 'c', 'a']) index.put(name, shop(name, 'cart'))
    expect(index.get('cart').map(({ name }) => name)).toEqual(['a', 'b', 'c'])
  })

  it('makes due who read a key under which something comes', () => {
    const { index, due, reads } = world()
    reads('of cart', () => index.get('cart'))
    reads('of pay', () => index.get('pay'))
    index.put('a', shop('a', 'cart'))
    expect(due).toEqual(['of cart'])
  })

  it('makes due who read the key that an object has left, and the one that it has come to', () => {
    const { index, due, reads } = world()
    index.put('a', shop('a', 'cart'))
    reads('of cart', () => index.get('cart'))
    reads('of pay', () => index.get('pay'))
    index.put('a', shop('a', 'pay'))
    expect(due).toEqual(['of cart', 'of pay'])
  })

  it('makes due once who read all of it, until it is read again', () => {
    const { index, due, reads } = world()
    reads('of all', () => index.all())
    index.put('a', shop('a', 'cart'))
    index.put('b', shop('b', 'cart'))
    expect(due).toEqual(['of all'])
  })

  it('leaves alone who is not wanted any more, and keeps the object', () => {
    const { tracker, index, due, reads } = world()
    index.put('a', shop('a', 'cart'))
    tracker.forget(reads('of cart', () => index.get('cart')))
    index.put('b', shop('b', 'cart'))
    expect(due).toEqual([])
    expect(index.size('cart')).toBe(2)
  })

  it('makes due who is reading while it changes, and once more when it changes later', () => {
    const { tracker, index, due, reads } = world()
    const evaluation = reads('writer', () => {
      index.get('cart')
      index.put('a', shop('a', 'cart'))
    })
    expect(due).toEqual(['writer'])
    tracker.run(evaluation, () => index.get('cart'))
    index.put('b', shop('b', 'cart'))
    expect(due).toEqual(['writer', 'writer'])
  })

  it('has nothing under a key that everything has left, for readers that came before and after', () => {
    const { index, due, reads } = world()
    index.put('a', shop('a', 'cart'))
    reads('before', () => index.get('cart'))
    index.put('a', undefined)
    expect(index.get('cart')).toEqual([])
    reads('after', () => expect(index.get('cart')).toEqual([]))
    index.put('a', shop('a', 'cart'))
    expect(due).toEqual(['before', 'after'])
  })
})
