import { describe, expect, it } from 'vitest'
import { anonymousViewer } from '../access/anonymous.ts'
import type { Scope } from '../access/scope.ts'
import { testMesh } from '../catalog/testing.ts'
import { render } from '../telemetry/promql.ts'
import { responseTimes, type StatsQuery } from './responseTimes.ts'

const service = (namespace: string) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'x', namespace } })
const web: StatsQuery = {
  key: 'web',
  target: { cluster: 'east', namespace: 'shop', of: { kind: 'workload', name: 'web' } },
  direction: 'inbound',
  intervalS: 60,
  endS: 1_000,
  statistics: ['0.9', 'avg'],
  reporters: ['destination', 'waypoint'],
}
const everybody = anonymousViewer.scope
const shopperInEast: Scope = {
  key: 'shopper',
  seesCluster: (cluster) => (cluster === 'east' ? 'yes' : 'no'),
  sees: ({ cluster, namespace }) => (cluster === 'east' && namespace === 'shop' ? 'yes' : 'no'),
}

async function answered(asked: readonly (StatsQuery | string)[], scope = everybody, value = '5') {
  const queries: string[] = []
  const mesh = {
    ...testMesh({ east: [service('shop'), service('pay')], west: [service('shop')] }),
    series: async (expr: Parameters<typeof render>[0]) => {
      queries.push(render(expr))
      return [{ labels: {}, points: [[1_000, value] as const] }]
    },
  }
  return { queries, answer: await responseTimes(mesh, scope, asked) }
}

const own =
  'destination_workload_namespace="shop",destination_workload="web",destination_cluster=~"east",reporter=~"destination|waypoint"'

describe('response times', () => {
  it('are one value for each statistic', async () => {
    const { answer, queries } = await answered([web])
    const of = (part: string, by: string) => `sum${by}(rate(istio_request_duration_milliseconds_${part}{${own}}[60s]))`
    expect(queries).toEqual([
      `histogram_quantile(0.9, ${of('bucket', ' by (le) ')})`,
      `(${of('sum', ' ')}) / (${of('count', ' ')})`,
    ])
    expect(answer).toEqual({
      stats: {
        web: {
          responseTimes: [
            { name: '0.9', value: 5 },
            { name: 'avg', value: 5 },
          ],
        },
      },
      warnings: null,
    })
  })

  it('are left out where there were no requests', async () => {
    expect((await answered([web], everybody, 'NaN')).answer.stats).toEqual({ web: { responseTimes: [] } })
  })

  it('of calls of one peer are those of it, wherever it may be seen', async () => {
    const peer = { namespace: 'shop', of: { kind: 'app', name: 'front' } } as const
    const of = async (scope: Scope) => (await answered([{ ...web, peer, statistics: ['0.5'] }], scope)).queries[0]
    const from = 'source_workload_namespace="shop",source_canonical_service="front",source_cluster=~'
    expect(await of(everybody)).toContain(`${from}"east|west"`)
    expect(await of(shopperInEast)).toContain(`${from}"east",`)
  })

  it('AUTH-T8: are not told of a peer or target that may not be seen, in the words for what does not exist', async () => {
    const party = (cluster: string, namespace: string) => ({ ...web.target, cluster, namespace })
    const warned = async (question: StatsQuery) => (await answered(['other', web, question], shopperInEast)).answer
    for (const [hidden, absent] of [
      [party('east', 'pay'), party('east', 'nosuch')],
      [party('west', 'shop'), party('nowhere', 'shop')],
    ] as const) {
      const words = async (target: StatsQuery['target']) => {
        const { stats, warnings } = await warned({ ...web, key: 'hidden', target })
        const { stats: again, warnings: peers } = await warned({ ...web, key: 'hidden', peer: target })
        expect([Object.keys(stats), Object.keys(again)]).toEqual([['web'], ['web']])
        const name = new RegExp(`${target.cluster}|${target.namespace}`, 'g')
        return [...(warnings ?? []), ...(peers ?? [])].map((text) => text.replace(name, '?'))
      }
      const told = await words(hidden)
      expect(told).toHaveLength(4)
      expect(told.map((text) => text.replace('shop', '?'))).toEqual(
        (await words(absent)).map((text) => text.replace('shop', '?')),
      )
    }
  })

  it('are refused when nothing that was asked can be answered', async () => {
    await expect(answered(['first', 'second'])).rejects.toMatchObject({
      status: 400,
      message: '2 errors:\nfirst\nsecond',
    })
    expect((await answered([])).answer).toEqual({ stats: {}, warnings: null })
  })
})
