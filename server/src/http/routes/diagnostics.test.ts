import { describe, expect, it } from 'vitest'
import type { Scope } from '../../access/scope.ts'
import { everything, onlySees, testMesh } from '../../catalog/testing.ts'
import type { KindStats } from '../../clusters/kindWatch.ts'
import type { Kind } from '../../inventory/inventory.ts'
import type { Mesh } from '../../model.ts'
import { requestOf } from '../testing.ts'
import { diagnosticsRoutes } from './diagnostics.ts'

const counters: KindStats = {
  version: 'v1',
  rejected: 1,
  events: 7,
  bytes: 900,
  restarts: 2,
  silences: 1,
  relists: 1,
  sinkErrors: 0,
  lastByteAt: 5,
  mode: 'polled',
}
const pods = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'cart', namespace: 'shop' } }

function answerTo(scope: Scope, change: (config: Mesh['config']) => Mesh['config'] = (config) => config): unknown {
  const plain = testMesh({ east: [pods] })
  const stats = () => [
    { cluster: 'east', origin: 'Secret ops/east', kinds: new Map<Kind, KindStats>([['pods', counters]]) },
  ]
  const mesh: Mesh = { ...plain, config: change(plain.config), clusters: { ...plain.clusters, stats } }
  const [route] = diagnosticsRoutes(mesh)
  const reply = route?.handle(requestOf({ name: 'me', scope }))
  return reply !== undefined && 'body' in reply ? reply.body : undefined
}

describe('diagnostics', () => {
  it('count objects, events, bytes and restarts per cluster and kind, and say what was denied', () => {
    expect(answerTo(everything)).toMatchObject({
      clusters: [
        {
          name: 'east',
          origin: 'Secret ops/east',
          kinds: [
            {
              kind: 'pods',
              objects: 1,
              events: 7,
              bytes: 900,
              restarts: 2,
              rejected: 1,
              denied: ['watch'],
              lastByteAt: 5,
            },
          ],
        },
      ],
    })
  })

  it.each([
    ['tell who looks after home', everything, ['BIN-CONFIG-INSECURE']],
    ['tell nobody else', onlySees('west'), []],
  ])('AUTH-14: %s which protections are switched off', (_whom, scope, expected) => {
    const answer = answerTo(scope, (config) => ({
      ...config,
      prometheus: { ...config.prometheus, enabled: true, insecureSkipVerify: true },
    }))
    expect(answer).toMatchObject({ sources: expected.map((code) => ({ code })) })
  })

  it('say nothing of clusters that the viewer does not see', () => {
    expect(answerTo(onlySees('west'))).toEqual({ clusters: [], sources: [] })
  })
})
