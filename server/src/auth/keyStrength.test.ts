import { describe, expect, it } from 'vitest'
import { hasKeyLength, isWeak, keyBytes } from './keyStrength.ts'

describe('the length of a key', () => {
  it.each([
    ['sixteen letters', 'q7Zr1nXk0Vb3LmT9', true],
    ['fifteen letters', 'q7Zr1nXk0Vb3LmT', false],
    ['sixteen letters and a line end', 'q7Zr1nXk0Vb3LmT9\n', true],
    ['fifteen letters and a blank', ' q7Zr1nXk0Vb3LmT', false],
    ['fifteen characters of sixteen bytes', 'q7Zr1nXk0Vb3Lmé', true],
    ['sixteen characters of seventeen bytes', 'q7Zr1nXk0Vb3LmTé', false],
    ['twenty-four', 'q7Zr1nXk0Vb3LmT9sWc5YdEf', true],
    ['thirty-two bytes behind base64:', `base64:${Buffer.alloc(32, 7).toString('base64')}`, true],
    ['thirty-two letters that are 24 bytes behind base64:', 'base64:q7Zr1nXk0Vb3LmT9sWc5YdEf8GhJ2PaU', true],
    ['no base64', 'base64:????', false],
  ])('AUTH-6: %s', (_what, text, accepted) => {
    const bytes = keyBytes(text)
    expect(bytes !== undefined && hasKeyLength(bytes)).toBe(accepted)
  })
})

describe('a key that can be guessed', () => {
  it.each([
    ['one letter again and again', 'aaaaaaaaaaaaaaaa'],
    ['digits', '4815162342108199'],
    ['digits in turn', '01234567890123456789012345678901'],
    ['a word again and again', 'kialikialikialik'],
    ['a word that fills it', 'kiali-signing-key-kiali-signing-'],
    ['the alphabet', 'abcdefghijklmnopqrstuvwx'],
    ['sixteen hexadecimal digits', '9f86d081884c7d65'],
    ['sixteen small letters', 'qzmwpxkvjdtrhnbs'],
    ['nothing but zeros behind base64:', `base64:${Buffer.alloc(32).toString('base64')}`],
  ])('AUTH-4: %s', (_what, text) => {
    expect(isWeak(keyBytes(text) ?? Buffer.alloc(0))).toBe(true)
  })

  it.each([
    ['sixteen letters and digits', 'q7Zr1nXk0Vb3LmT9'],
    ['thirty-two hexadecimal digits', '9f86d081884c7d659a2feaa0c55ad015'],
    ['random bytes behind base64:', 'base64:fB2n9Zk0q3m1Yx8v7Lr5TdWcEaPgHuJsKiOoNbVzXlQ='],
  ])('is not %s', (_what, text) => {
    expect(isWeak(keyBytes(text) ?? Buffer.alloc(0))).toBe(false)
  })

  it('is none of a thousand that an installer made up', () => {
    const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
    let seed = 42
    const next = (): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
      return seed / 2 ** 31
    }
    const keys = Array.from({ length: 1000 }, () =>
      Array.from({ length: 16 }, () => letters[Math.floor(next() * letters.length)]).join(''),
    )
    expect(keys.filter((key) => isWeak(Buffer.from(key)))).toEqual([])
  })
})
