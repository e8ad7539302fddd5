import { describe, expect, it } from 'vitest'
import type { Scope } from '../access/scope.ts'
import { namespace, testMesh } from '../catalog/testing.ts'
import { keptOptions } from './keptOptions.ts'
import { type GraphQuery, parseGraphOptions } from './options.ts'
import { testTraffic } from './testing.ts'

const everything: Scope = { key: 'all', seesCluster: () => 'yes', sees: () => 'yes' }

/** A mesh whose time is in the test's hand, and how often something was parsed. */
function scene() {
  const state = { nowS: 1_700_000_000, parsed: 0 }
  const mesh = {
    ...testMesh({ east: [namespace('shop')] }),
    traffic: { ...testTraffic({}), now: () => state.nowS },
  }
  const ask = (
    scope: Scope = everything,
    asked = '/graph?namespaces=shop',
    query: GraphQuery = { namespaces: 'shop' },
  ) =>
    keptOptions(mesh, scope, asked, () => {
      state.parsed++
      return parseGraphOptions(mesh, scope, undefined, query)
    })
  return { mesh, state, ask }
}

describe('kept options', () => {
  it('are the same object while nothing they were read with changes', () => {
    const { ask, state } = scene()
    expect(ask()).toBe(ask())
    expect(state.parsed).toBe(1)
  })

  it('are read anew when time has moved on', () => {
    const { ask, state } = scene()
    ask()
    state.nowS += 15
    expect(ask().queryTime).toBe(1_700_000_015)
  })

  it('are read anew for somebody else, who may see less', () => {
    const { ask } = scene()
    ask()
    const nobody: Scope = { key: 'nobody', seesCluster: () => 'no', sees: () => 'no' }
    expect(() => ask(nobody)).toThrow('not accessible')
  })

  it('are refused again when their namespace is gone', () => {
    const { ask, mesh } = scene()
    ask()
    mesh.inventory.remove('namespaces', { cluster: 'east', namespace: '' }, 'shop')
    expect(() => ask()).toThrow('not accessible')
  })

  it('are forgotten when many others were asked for since', () => {
    const { ask, state } = scene()
    ask()
    for (let i = 0; i < 40; i++) ask(everything, `/graph?namespaces=shop&i=${i}`)
    ask()
    expect(state.parsed).toBe(42)
  })
})
