import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { configurationDocument } from './document.ts'

const file = new URL('../../../docs/configuration.md', import.meta.url)

describe('docs/configuration.md', () => {
  it('says what the table of keys says (BINOCLE_WRITE_DOCS=1 writes it anew)', () => {
    if (process.env.BINOCLE_WRITE_DOCS === '1') writeFileSync(file, configurationDocument())
    expect(readFileSync(file, 'utf8')).toBe(configurationDocument())
  })
})
