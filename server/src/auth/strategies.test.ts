import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

/** Packages that a source loads at once, itself or by others: imports of types and those that wait are none. */
function loadedBy(source: URL, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(source.href)) return seen
  seen.add(source.href)
  for (const [, , from = ''] of readFileSync(source, 'utf8').matchAll(
    /^(import(?! type)|export)\b[^;'"]*?from '([^']+)'/gm,
  ))
    if (from.startsWith('.')) loadedBy(new URL(from, source), seen)
    else seen.add(from)
  return seen
}

const providers = ['openid-client', 'jose']

describe('what speaks to providers', () => {
  it('is not loaded by the start of a server that has none', () => {
    const loaded = loadedBy(new URL('../main.ts', import.meta.url))
    expect([...loaded]).toEqual(expect.arrayContaining(['fastify', 'undici']))
    expect(providers.filter((name) => loaded.has(name))).toEqual([])
  })

  it.each(['./openid/openid.ts', './openshift/start.ts'])('is loaded with %s', (strategy) => {
    const loaded = loadedBy(new URL(strategy, import.meta.url))
    expect(providers.some((name) => loaded.has(name))).toBe(true)
  })
})
