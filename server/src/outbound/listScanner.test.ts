import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createListScanner } from './listScanner.ts'

/** Feeds `body` in pieces of `size` bytes. */
function scan(body: string, size: number): { items: unknown[]; head: unknown } {
  const scanner = createListScanner(10_000)
  const bytes = Buffer.from(body)
  const items: unknown[] = []
  for (let at = 0; at < bytes.length; at += size) {
    for (const item of scanner.push(bytes.subarray(at, at + size))) items.push(JSON.parse(item))
  }
  return { items, head: JSON.parse(scanner.end()) }
}

const list = (items: string): string =>
  `{"kind":"PodList","metadata":{"resourceVersion":"7","continue":"items"},"items":${items},"after":[1,{"items":[2]}]}`

const head = { kind: 'PodList', metadata: { resourceVersion: '7', continue: 'items' }, after: [1, { items: [2] }] }

describe('items of a list', () => {
  it.each([
    ['none', '[]', []],
    ['one', '[{"a":1}]', [{ a: 1 }]],
    ['nested ones', '[{"a":[{"b":"]}"}]} , {"items":[{}]}]', [{ a: [{ b: ']}' }] }, { items: [{}] }]],
    ['quotes and backslashes in strings', '[{"a":"\\"}\\\\"},{"b":"{"}]', [{ a: '"}\\' }, { b: '{' }]],
    ['characters of several bytes', '[{"a":"é€😀"}]', [{ a: 'é€😀' }]],
  ])('are found: %s', (_what, items, expected) => {
    for (const size of [1, 2, 3, 7, 1000]) {
      expect(scan(list(items), size)).toEqual({ items: expected, head: { ...head, items: [] } })
    }
  })

  it('are those of any list, however it is cut', () => {
    const anything = fc.record({ items: fc.array(fc.dictionary(fc.string(), fc.jsonValue())), more: fc.jsonValue() })
    fc.assert(
      fc.property(anything, fc.integer({ min: 1, max: 40 }), (document, size) => {
        const body = JSON.stringify(document)
        const parsed: unknown = JSON.parse(body)
        const { items, head } = scan(body, size)
        expect({ ...(typeof head === 'object' ? head : {}), items }).toEqual(parsed)
      }),
    )
  })

  it.each([
    ['HTML', '<html></html>'],
    ['a JSON list', '[1]'],
  ])('are not looked for in %s', (_what, body) => {
    expect(() => createListScanner(100).push(Buffer.from(body))).toThrow(SyntaxError)
  })

  it('are not taken for complete when the body ends early', () => {
    const scanner = createListScanner(100)
    scanner.push(Buffer.from('{"items":[{"a":1}'))
    expect(() => scanner.end()).toThrow('it is not complete')
  })

  it('longer than the bound are refused', () => {
    expect(() => createListScanner(10).push(Buffer.from('{"items":[{"a":"0123456789"}]}'))).toThrow('longer than 10')
  })
})
