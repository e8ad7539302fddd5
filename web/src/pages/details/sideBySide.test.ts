import { describe, expect, it } from 'vitest'
import { type Attribute, oddOnes, sideBySide } from './sideBySide.ts'

interface Fact {
  type?: string
  ip?: string
}

const attributes: Attribute<Fact>[] = [
  { name: 'type', compared: true, value: ({ type }) => (type === undefined ? undefined : { is: 'text', text: type }) },
  { name: 'address', compared: false, value: ({ ip }) => (ip === undefined ? undefined : { is: 'text', text: ip }) },
]

const differing = (documents: Record<string, Fact>) =>
  sideBySide(attributes, documents).flatMap(({ name, differs }) => (differs ? [name] : []))

describe('side by side', () => {
  it.each([
    ['alike', { east: { type: 'ClusterIP' }, west: { type: 'ClusterIP' } }, []],
    ['not alike', { east: { type: 'ClusterIP' }, west: { type: 'NodePort' } }, ['type']],
    ['said by one only', { east: { type: 'ClusterIP' }, west: {} }, ['type']],
    ['addresses differ by nature', { east: { ip: '10.1.0.1' }, west: { ip: '10.2.0.1' } }, []],
    ['one cluster alone differs from nobody', { east: { type: 'ClusterIP' } }, []],
  ])('%s', (_why, documents, expected) => {
    expect(differing(documents)).toEqual(expected)
  })

  it('leaves out what no cluster speaks of', () => {
    expect(sideBySide(attributes, { east: { ip: '10.1.0.1' } }).map(({ name }) => name)).toEqual(['address'])
  })
})

describe('odd ones', () => {
  it.each([
    ['one against two', { east: 'a', south: 'a', west: 'b' }, ['west']],
    ['one against one: both', { east: 'a', west: 'b' }, ['east', 'west']],
    ['missing counts as a value', { east: 'a', south: 'a' }, ['west']],
    ['all alike: none', { east: 'a', south: 'a', west: 'a' }, []],
  ])('%s', (_why, values, expected) => {
    const clusters = ['east', 'south', 'west'].filter((name) => name !== 'south' || 'south' in values)
    expect([...oddOnes(values, clusters)]).toEqual(expected)
  })
})
