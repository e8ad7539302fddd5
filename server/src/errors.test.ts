import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { catalogue } from './errors.ts'

describe('docs/errors.md', () => {
  it('names every code with its status and meaning, in the order of the catalogue, and no other', () => {
    const document = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8')
    const rows = [...document.matchAll(/^\| `(BIN-[A-Z-]+)` \| (\d+) \| (.*?) \|/gm)].map(
      ([, code, status, meaning]) => [code, Number(status), meaning],
    )
    expect(rows).toEqual(Object.entries(catalogue).map(([code, { meaning, status }]) => [code, status, meaning]))
  })
})
