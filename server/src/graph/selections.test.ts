/** The index against what it stands for: Kiali's queries, evaluated over the raw series one by one. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Call, callsOf } from '../telemetry/callTable.ts'
import { PairPool } from '../telemetry/pairPool.ts'
import { trafficTable } from '../telemetry/table.ts'
import type { Sample } from '../telemetry/vector.ts'
import { namespaceCalls, nodeCalls } from './selections.ts'
import { filled } from './testing.ts'
import { trafficIndex } from './trafficIndex.ts'

type Labels = Record<string, string>

const name = fc.constantFrom('a', 'b', 'unknown')
const series = fc.record({
  labels: fc.record(
    {
      reporter: fc.constantFrom('source', 'destination', 'waypoint'),
      source_cluster: fc.constantFrom('east', 'west'),
      source_workload_namespace: name,
      source_workload: name,
      destination_cluster: fc.constantFrom('east', 'west', 'unknown'),
      destination_workload_namespace: name,
      destination_workload: name,
      destination_service_namespace: name,
      destination_service: fc.constantFrom('a.b.svc', 'b.a.svc', 'a', 'x.a', '.a.x', 'unknown', 'b.b.b'),
      response_code: fc.constantFrom('200', '503'),
      app: fc.constantFrom('ztunnel', 'web'),
    },
    { requiredKeys: ['reporter', 'source_cluster', 'source_workload_namespace', 'source_workload', 'response_code'] },
  ),
  rate: fc.constantFrom(0.0004, 0.001, 1, 2.5),
})

const everywhere = () => true

type Series = { readonly labels: Partial<Labels>; readonly rate: number }
type Select = (labels: Partial<Labels>) => boolean

/** `round(sum by (grouped) (series selected) > 0, 0.001)`. */
function evaluated(all: readonly Series[], grouped: readonly string[], select: Select): string[] {
  const sums = new Map<string, number>()
  for (const { labels, rate } of all.filter((each) => select(each.labels))) {
    const key = grouped.map((label) => `${label}=${labels[label] ?? ''}`).join()
    sums.set(key, (sums.get(key) ?? 0) + rate)
  }
  return [...sums].map(([key, sum]) => `${key} ${(Math.round(sum * 1000) / 1000).toFixed(3)}`).sort()
}

const pairLabels = [
  'source_cluster',
  'source_workload_namespace',
  'source_workload',
  'destination_cluster',
  'destination_workload_namespace',
  'destination_workload',
  'destination_service_namespace',
  'destination_service',
]

const labelsOf = ({ pair, app, code }: Call): Partial<Labels> => ({
  source_cluster: pair.source.cluster ?? '',
  source_workload_namespace: pair.source.workloadNamespace ?? '',
  source_workload: pair.source.workload ?? '',
  destination_cluster: pair.destination.cluster ?? '',
  destination_workload_namespace: pair.destination.workloadNamespace ?? '',
  destination_workload: pair.destination.workload ?? '',
  destination_service_namespace: pair.serviceNamespace ?? '',
  destination_service: pair.service ?? '',
  response_code: code ?? '',
  app: app ?? '',
})

const shown = (calls: Iterable<{ call: Call; rate: number }>, grouped: readonly string[]): string[] =>
  [...calls]
    .map(
      ({ call, rate }) =>
        `${grouped.map((label) => `${label}=${labelsOf(call)[label] ?? ''}`).join()} ${rate.toFixed(3)}`,
    )
    .sort()

/** Groups as the query of a family would: requests are not told apart by `app`. */
function tableOf(all: readonly Series[], grouped: readonly string[]) {
  const sums = new Map<string, { labels: Labels; value: number }>()
  for (const { labels, rate } of all) {
    const kept: Labels = {}
    for (const label of ['reporter', ...grouped]) if (labels[label] !== undefined) kept[label] = labels[label]
    const key = JSON.stringify(kept)
    const sum = sums.get(key) ?? { labels: kept, value: 0 }
    sum.value += rate
    sums.set(key, sum)
  }
  const samples: Sample[] = [...sums.values()]
  return trafficIndex(callsOf(filled(trafficTable(new PairPool()), samples).rows))
}

const modes = ['none', 'total', 'waypoint', 'ztunnel'] as const
const reports = (mode: string, side: string, reporter: string | undefined) =>
  reporter === side || ((mode === 'waypoint' || mode === 'total') && reporter === 'waypoint')

describe('what belongs to a namespace', () => {
  it.each(modes)('is what its queries select, ambient traffic %s', (mode) => {
    const grouped = [...pairLabels, 'response_code']
    fc.assert(
      fc.property(fc.array(series, { maxLength: 30 }), fc.boolean(), (all, isAmbient) => {
        const index = tableOf(all, grouped)
        const expected = [
          ...evaluated(
            all,
            grouped,
            (l) =>
              reports(mode, 'source', l.reporter) &&
              l.source_workload_namespace !== 'a' &&
              l.destination_workload_namespace === 'unknown' &&
              l.destination_workload === 'unknown' &&
              /^.+\.a\..+$/.test(l.destination_service ?? ''),
          ),
          ...(isAmbient
            ? evaluated(
                all,
                grouped,
                (l) =>
                  l.reporter === 'source' &&
                  l.source_workload_namespace !== 'a' &&
                  l.destination_workload_namespace === 'a',
              )
            : []),
          ...evaluated(
            all,
            grouped,
            (l) => reports(mode, 'destination', l.reporter) && l.destination_workload_namespace === 'a',
          ),
          ...evaluated(all, grouped, (l) => reports(mode, 'source', l.reporter) && l.source_workload_namespace === 'a'),
        ].sort()
        expect(shown(namespaceCalls(index, 'requests', 'a', isAmbient, mode, everywhere), grouped)).toEqual(expected)
      }),
    )
  })

  it('leaves ztunnel out of TCP where it is not asked for', () => {
    const grouped = ['app', ...pairLabels, 'response_code']
    fc.assert(
      fc.property(fc.array(series, { maxLength: 30 }), fc.constantFrom(...modes), (all, mode) => {
        const counted = all.filter(({ labels }) => mode === 'total' || mode === 'ztunnel' || labels.app !== 'ztunnel')
        const found = shown(namespaceCalls(tableOf(all, grouped), 'tcpSent', 'a', false, mode, everywhere), grouped)
        expect(found).toEqual(
          shown(
            namespaceCalls(
              tableOf(counted, grouped),
              'tcpSent',
              'a',
              false,
              'total' === mode || mode === 'waypoint' ? 'total' : 'ztunnel',
              everywhere,
            ),
            grouped,
          ),
        )
      }),
    )
  })
})

describe('what belongs to a node', () => {
  const grouped = [...pairLabels, 'response_code']
  const plain = { namespaceIsAmbient: false, isWaypoint: false }
  const options = { ambientTraffic: 'none', graphType: 'workload' } as const

  it('is what its queries select: a workload of one cluster', () => {
    fc.assert(
      fc.property(fc.array(series, { maxLength: 30 }), (all) => {
        const node = { kind: 'workload', namespace: 'a', workload: 'b' } as const
        const expected = [
          ...evaluated(
            all,
            grouped,
            (l) =>
              l.reporter === 'destination' &&
              l.destination_cluster === 'east' &&
              l.destination_workload_namespace === 'a' &&
              l.destination_workload === 'b',
          ),
          ...evaluated(
            all,
            grouped,
            (l) =>
              l.reporter === 'source' &&
              l.source_cluster === 'east' &&
              l.source_workload_namespace === 'a' &&
              l.source_workload === 'b',
          ),
        ].sort()
        expect(
          shown(nodeCalls(tableOf(all, grouped), 'requests', node, 'east', plain, options, everywhere), grouped),
        ).toEqual(expected)
      }),
    )
  })

  it('is what its queries select: a service in any cluster', () => {
    fc.assert(
      fc.property(fc.array(series, { maxLength: 30 }), (all) => {
        const node = { kind: 'service', namespace: 'b', service: 'a' } as const
        const ofService = (l: Partial<Labels>) => /^a\.b\..+$/.test(l.destination_service ?? '')
        const expected = [
          ...evaluated(
            all,
            grouped,
            (l) => l.reporter === 'source' && l.destination_workload === 'unknown' && ofService(l),
          ),
          ...evaluated(
            all,
            grouped,
            (l) => l.reporter === 'destination' && l.destination_service_namespace === 'b' && ofService(l),
          ),
        ].sort()
        expect(
          shown(nodeCalls(tableOf(all, grouped), 'requests', node, '', plain, options, everywhere), grouped),
        ).toEqual(expected)
      }),
    )
  })
})
