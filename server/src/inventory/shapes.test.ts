/** Objects that are many must be alike to V8 too: a hidden class of its own costs each more than it holds. */
import { setFlagsFromString } from 'node:v8'
import { runInThisContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import type { Kind } from './inventory.ts'
import { resources } from './kinds.ts'
import { createSharing } from './sharing.ts'
import { slim } from './slim.ts'

setFlagsFromString('--allow-natives-syntax')
const haveOneShape: (a: unknown, b: unknown) => boolean = runInThisContext('(a, b) => %HaveSameMap(a, b)')

const kinds: readonly Kind[] = [
  'configmaps',
  'deployments.apps',
  'nodes',
  'pods',
  'services',
  'virtualservices.networking.istio.io',
]

describe('slim objects of one kind', () => {
  it.each(kinds)('have one hidden class: %s', (kind) => {
    const { group, versions, kubernetesKind } = resources[kind]
    const sharing = createSharing(1 << 4)
    const origin = { cluster: 'west', group, version: versions[0] ?? '', kubernetesKind, sharing }
    const made = Array.from({ length: 200 }, (_, i) =>
      slim(kind, { metadata: { name: `a${i}`, namespace: 'shop' }, spec: {}, status: {} }, origin),
    )
    const objects = made.flatMap((each) => ('object' in each ? [each.object] : []))
    // The first ones teach V8 what they look like.
    const taught = objects.slice(100)
    expect(taught).toHaveLength(100)
    expect(taught.filter((each) => haveOneShape(each, taught[0]))).toHaveLength(100)
  })
})
