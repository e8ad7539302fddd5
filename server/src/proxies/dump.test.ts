import { describe, expect, it } from 'vitest'
import { createDumpReader, elementsOf, textOf } from './dump.ts'

const dump = {
  configs: [
    { '@type': 'x.BootstrapConfigDump', bootstrap: { node: { id: 'a"]}\\' }, list: [{ deep: [1, [2]] }] } },
    {
      '@type': 'x.ClustersConfigDump',
      version_info: '[{',
      static_clusters: [],
      dynamic_active_clusters: [{ cluster: { name: 'é|"\\', hosts: [{ a: 1 }] } }, { cluster: { name: 'two' } }],
      odd: ['text', 3, [{ nested: true }], { name: 'three' }],
    },
    { '@type': 'x.EmptyConfigDump' },
  ],
}
const bytes = Buffer.from(JSON.stringify(dump))

function read(chunks: readonly Uint8Array[]) {
  const reader = createDumpReader()
  for (const chunk of chunks) reader.push(chunk)
  return reader.end()
}

describe('a dump of an Envoy', () => {
  it('is the same again, wherever its bytes are cut', () => {
    for (let at = 0; at <= bytes.length; at++) {
      const text = [...textOf(read([bytes.subarray(0, at), bytes.subarray(at)]))].join('')
      expect(JSON.parse(text)).toEqual(dump)
    }
  })

  it('is the same again, byte by byte', () => {
    const text = [...textOf(read(Array.from(bytes, (byte) => Uint8Array.of(byte))))].join('')
    expect(JSON.parse(text)).toEqual(dump)
  })

  it('has its lists by name', () => {
    const names = elementsOf(read([bytes]), 'dynamic_active_clusters').map((text) => JSON.parse(text).cluster.name)
    expect(names).toEqual(['é|"\\', 'two'])
  })

  it('may have sections without anything', () => {
    expect([...textOf(read([Buffer.from('{}')]))].join('')).toBe('{"configs":[]}')
    expect([...textOf(read([Buffer.from('{"configs":null}')]))].join('')).toBe('{"configs":[]}')
  })

  it.each([
    ['a page', '<html></html>'],
    ['cut short', '{"configs":[{"a":[{"b":1}'],
    ['closed too often', '{"configs":[]}}'],
    ['another object', '{"services":[]}'],
    ['a list', '[]'],
    ['sections that are none', '{"configs":[1]}'],
    ['nothing', ''],
  ])('is not %s', (_what, text) => {
    expect(() => read([Buffer.from(text)])).toThrow(SyntaxError)
  })
})
