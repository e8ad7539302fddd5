import { describe, expect, it } from 'vitest'
import type { Scope } from '../access/scope.ts'
import { PairPool } from '../telemetry/pairPool.ts'
import { trafficTable } from '../telemetry/table.ts'
import { keptResolvers } from './keptEnds.ts'
import { filled, sample } from './testing.ts'

const row =
  'source west/shop/web-v1/web/v1 → east/pay/pay.pay.svc.cluster.local/pay/pay/pay-v1/pay/v1 | http 200 ~ - | 1'
const view = { graphType: 'workload', injectServiceNodes: false, waypoints: new Set<string>() } as const
const scope = (key: string, ...clusters: string[]): Scope => ({
  key,
  seesCluster: () => 'yes',
  sees: ({ cluster }) => (clusters.includes(cluster) ? 'yes' : 'no'),
})

function onePair() {
  const pool = new PairPool()
  const [first] = filled(trafficTable(pool), [sample(row)]).rows
  if (first === undefined) throw new Error('no row')
  return { pool, pair: first.pair }
}

describe('what is kept of the ends of pairs', () => {
  it('is shared by graphs of the same view', () => {
    const { pool, pair } = onePair()
    const first = keptResolvers(pool, scope('all', 'east', 'west'), view).endsOf(pair)
    expect(keptResolvers(pool, scope('all', 'east', 'west'), { ...view, waypoints: new Set() }).endsOf(pair)).toBe(
      first,
    )
  })

  it('never reaches a viewer who sees less', () => {
    const { pool, pair } = onePair()
    keptResolvers(pool, scope('all', 'east', 'west'), view).endsOf(pair)
    const seen = keptResolvers(pool, scope('west only', 'west'), view).endsOf(pair)
    expect([seen?.source.workload, seen?.destination.restricted, seen?.host]).toEqual(['web-v1', true, ''])
  })

  it('is apart for another type of graph, and for other waypoints', () => {
    const { pool, pair } = onePair()
    const everybody = scope('all', 'east', 'west')
    const [workload, app, waypoint] = [
      view,
      { ...view, graphType: 'app' as const },
      { ...view, waypoints: new Set(['east/pay/pay-v1']) },
    ].map((each) => keptResolvers(pool, everybody, each).endsOf(pair))
    expect([workload?.destination.type, app?.destination.type]).toEqual(['workload', 'app'])
    expect([workload?.destinationIsWaypoint, waypoint?.destinationIsWaypoint]).toEqual([false, true])
  })

  it('is worked out anew when its view was pushed out by many others', () => {
    const { pool, pair } = onePair()
    const mine = scope('mine', 'east', 'west')
    const first = keptResolvers(pool, mine, view).endsOf(pair)
    for (let i = 0; i < 8; i++) keptResolvers(pool, scope(`other ${i}`, 'east', 'west'), view)
    const again = keptResolvers(pool, mine, view).endsOf(pair)
    expect([again === first, again?.source.key]).toEqual([false, first?.source.key])
  })
})
