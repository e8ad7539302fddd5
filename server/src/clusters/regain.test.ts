import { describe, expect, it } from 'vitest'
import type { Kind } from '../inventory/inventory.ts'
import { createRegain } from './regain.ts'

/** Three kinds that are refused, or silent; of the refused ones nodes do not matter. */
function scene(...quiet: Kind[]) {
  const silent = new Set(quiet)
  const tried: string[] = []
  const kinds: readonly Kind[] = ['pods', 'services', 'nodes']
  const open = new Set<Kind>()
  const watches = new Map(
    kinds.map((kind) => [
      kind,
      {
        get isRefused() {
          return !open.has(kind) && !silent.has(kind)
        },
        get isSilent() {
          return silent.has(kind)
        },
        retry: (onTrial: boolean) => void tried.push(onTrial ? `${kind} on trial` : kind),
      },
    ]),
  )
  const regain = createRegain(watches, (kind) => kind !== 'nodes')
  for (const kind of kinds) regain.heard(kind)
  return { regain, tried, open, silent }
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

  it('are tried once when one after the other may be read', () => {
    const { regain, tried, open } = scene()
    for (const kind of ['services', 'pods', 'nodes'] as const) {
      open.add(kind)
      regain.heard(kind)
    }
    expect(tried).toEqual(['pods', 'nodes'])
    expect(regain.isWaiting).toBe(false)
  })

  it('wait again when they are refused again', () => {
    const { regain, tried, open } = scene()
    open.add('services')
    regain.heard('services')
    regain.heard('pods')
    expect(regain.isWaiting).toBe(true)
    regain.tryOne()
    expect(tried).toEqual(['pods', 'nodes', 'pods'])
  })

  it('are not tried when there are none', () => {
    const { regain, tried, open } = scene()
    for (const kind of ['pods', 'services', 'nodes'] as const) open.add(kind)
    regain.tryOne()
    expect(tried).toEqual([])
  })
})

describe('silent kinds', () => {
  it('are tried one with each probe, on trial, whether or not they matter', () => {
    const { regain, tried } = scene('pods', 'services', 'nodes')
    for (let probe = 0; probe < 3; probe++) regain.tryOne()
    expect(tried).toEqual(['pods on trial', 'services on trial', 'nodes on trial'])
  })

  it('are all believed as soon as one of them brings something', () => {
    const { regain, tried, open, silent } = scene('pods', 'services', 'nodes')
    open.add('services')
    silent.delete('services')
    regain.heard('services')
    expect(tried).toEqual(['pods', 'nodes'])
  })
})
