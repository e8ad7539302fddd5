import { describe, expect, it } from 'vitest'
import type { Kind } from '../inventory/inventory.ts'
import { createRegain } from './regain.ts'

/** Three refused kinds, of which nodes do not matter. */
function scene() {
  const tried: string[] = []
  const kinds: readonly Kind[] = ['pods', 'services', 'nodes']
  const open = new Set<Kind>()
  const watches = new Map(
    kinds.map((kind) => [
      kind,
      {
        get isRefused() {
          return !open.has(kind)
        },
        retryWhole: () => void tried.push(kind),
      },
    ]),
  )
  const regain = createRegain(watches, (kind) => kind !== 'nodes')
  for (const kind of kinds) regain.heard(kind)
  return { regain, tried, open }
}

describe('refused kinds', () => {
  it('are tried in turn, one with each probe, those that matter only', () => {
    const { regain, tried } = scene()
    for (let probe = 0; probe < 3; probe++) regain.tryOne()
    expect(tried).toEqual(['pods', 'services', 'pods'])
  })

  it('are all tried as soon as one of them may be read', () => {
    const { regain, tried, open } = scene()
    open.add('services')
    regain.heard('services')
    expect(tried).toEqual(['pods', 'nodes'])
  })

  it('are not tried when there are none', () => {
    const { regain, tried, open } = scene()
    for (const kind of ['pods', 'services', 'nodes'] as const) open.add(kind)
    regain.tryOne()
    expect(tried).toEqual([])
  })
})
