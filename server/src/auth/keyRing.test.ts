import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createKeyRing, type DerivedKey, derivedKey } from './keyRing.ts'

const one = derivedKey(Buffer.from('q7Zr1nXk0Vb3LmT9'))
const two = derivedKey(Buffer.from('Zp4Xw8Ye2Rt6Qu1N'))
const ring = (current: DerivedKey | undefined, previous: readonly DerivedKey[] = []) =>
  createKeyRing({ current: () => current, previous: () => previous })

const bound = ['kiali-token-east', 'token', 'east']
const seal = (key = one): string => ring(key).seal('session', 'secret text', bound) ?? ''
const openedBy = (key: DerivedKey, sealed: string, as = bound) => ring(key).open('session', sealed, as)?.plain

describe('what is sealed', () => {
  it('opens with the same key, bound to the same', () => {
    expect(ring(one).open('session', seal(), bound)).toEqual({ plain: 'secret text', current: true })
  })

  it('opens with no other key, for no other purpose, bound to nothing else', () => {
    expect(openedBy(two, seal())).toBeUndefined()
    expect(ring(one).open('flow', seal(), bound)).toBeUndefined()
    expect(openedBy(one, seal(), ['kiali-token-west', 'token', 'east'])).toBeUndefined()
    expect(openedBy(one, seal(), ['kiali-token-eastt', 'oken', 'east'])).toBeUndefined()
  })

  it('AUTH-47: any changed bit makes it worthless', () => {
    const bytes = Buffer.from(seal(), 'base64url')
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(openedBy(one, changed.toString('base64url'))).toBeUndefined()
    }
  })

  it.each([4, 8, 12, 15])('AUTH-47: a tag of %i bytes is none', (tag) => {
    const bytes = Buffer.from(seal(), 'base64url')
    expect(openedBy(one, bytes.subarray(0, bytes.length - 16 + tag).toString('base64url'))).toBeUndefined()
  })

  it('AUTH-47: nothing that was cut off opens, however short', () => {
    const text = seal()
    for (let length = 0; length < text.length; length++) expect(openedBy(one, text.slice(0, length))).toBeUndefined()
  })

  it('has one way to be written', () => {
    const text = seal()
    const last = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const others = [...last].map((letter) => text.slice(0, -1) + letter).filter((other) => other !== text)
    expect(others.filter((other) => openedBy(one, other) !== undefined)).toEqual([])
    expect(openedBy(one, `${text}=`)).toBeUndefined()
    expect(openedBy(one, `${text.slice(0, 9)} ${text.slice(9)}`)).toBeUndefined()
  })

  it('AUTH-48: is never the same twice, and its nonce has 12 bytes', () => {
    const [first, second] = [seal(), seal()].map((text) => Buffer.from(text, 'base64url'))
    expect(first?.equals(second ?? Buffer.alloc(0))).toBe(false)
    expect(first?.subarray(5, 17).equals(second?.subarray(5, 17) ?? Buffer.alloc(0))).toBe(false)
    // Version, id of the key, nonce, as many bytes as the text, tag.
    expect(first?.length).toBe(1 + 4 + 12 + 'secret text'.length + 16)
  })

  it('says when its key is one of before', () => {
    expect(ring(two, [one]).open('session', seal(one), bound)).toEqual({ plain: 'secret text', current: false })
  })

  it('is never of a key that is not there', () => {
    expect(ring(undefined).seal('session', 'x', bound)).toBeUndefined()
    expect(ring(undefined).usable()).toBe(false)
  })

  it.each([
    ['nothing', ''],
    ['no base64url', '!!!!'],
    ['too short for a tag', Buffer.alloc(32, 1).toString('base64url')],
    ['another version', Buffer.concat([Buffer.of(2), one.id, randomBytes(40)]).toString('base64url')],
    ['random', randomBytes(60).toString('base64url')],
  ])('is not %s', (_what, text) => {
    expect(openedBy(one, text)).toBeUndefined()
  })
})
