import type { HealthStatus } from '@binocle/api/health'
import type { LogicalObject, Member } from '@binocle/api/multicluster'
import { describe, expect, it } from 'vitest'
import { chipsOf, linesOf, listView, matching, sorted, trafficOf } from './listModel.ts'

const member = (cluster: string, health: HealthStatus = 'Healthy', more: Partial<Member> = {}): Member => ({
  cluster,
  health,
  versions: [],
  type: 'ClusterIP',
  mode: 'sidecar',
  labels: {},
  ...more,
})

const object = (path: string, health: HealthStatus, members: Member[], differs: string[] = []): LogicalObject => {
  const [namespace = '', name = ''] = path.split('/')
  return { kind: 'service', namespace, name, health, unknownMembers: 0, members, differs }
}

const cart = object('shop/cart', 'Healthy', [member('east'), member('west')], ['versions'])
const web = object('shop/web', 'Healthy', [member('east', 'Healthy', { requestRate: 30, errorPercent: 0 })])
const pay = object('pay/checkout', 'Failure', [member('west', 'Failure', { requestRate: 2, errorPercent: 40 })])
const ledger = object('pay/ledger', 'NA', [member('east', 'NA')])
const all = [cart, web, pay, ledger]

const namesOf = (objects: readonly LogicalObject[]) => objects.map(({ name }) => name)

describe('filtering a list', () => {
  it.each([
    ['nothing asked for', {}, ['cart', 'web', 'checkout', 'ledger']],
    ['part of a name, any case', { q: 'CAR' }, ['cart']],
    ['words may speak of namespace and name', { q: 'pay led' }, ['ledger']],
    ['health, several', { health: 'Failure,NA' }, ['checkout', 'ledger']],
    ['an unknown health counts as none', { health: 'Poorly' }, ['cart', 'web', 'checkout', 'ledger']],
    ['only in one cluster', { only: 'one' }, ['web', 'checkout', 'ledger']],
    ['differs', { differs: 'true' }, ['cart']],
  ])('%s', (_why, search, expected) => {
    expect(namesOf(matching(all, listView(search).filter))).toEqual(expected)
  })
})

describe('sorting a list', () => {
  it.each([
    ['worst first when nothing is said', {}, ['checkout', 'cart', 'web', 'ledger']],
    ['best first', { sort: 'he', direction: 'desc' }, ['ledger', 'cart', 'web', 'checkout']],
    ['by name', { sort: 'sn' }, ['cart', 'checkout', 'ledger', 'web']],
    ['by namespace, worst first in each', { sort: 'ns' }, ['checkout', 'ledger', 'cart', 'web']],
    ['busiest first', { sort: 'rate' }, ['web', 'checkout', 'cart', 'ledger']],
    ['most clusters first', { sort: 'cl' }, ['cart', 'checkout', 'web', 'ledger']],
  ])('%s', (_why, search, expected) => {
    expect(namesOf(sorted(all, listView(search).sort))).toEqual(expected)
  })
})

it('opens a row into one line per cluster', () => {
  const lines = linesOf([web, cart], (key) => key === 'shop/cart')
  expect(lines.map(({ key }) => key)).toEqual(['shop/web', 'shop/cart', 'shop/cart@east', 'shop/cart@west'])
})

it('keeps rows of one name apart when their members are not one object', () => {
  const apart = { reason: 'cluster-local', decidedBy: '*.shop.svc.cluster.local' } as const
  const rows = ['east', 'west'].map((cluster) => ({ ...object('shop/cache', 'NA', [member(cluster)]), apart }))
  expect(linesOf(rows, () => false).map(({ key }) => key)).toEqual(['shop/cache@east', 'shop/cache@west'])
})

describe('traffic of several members', () => {
  it('adds rates and weighs errors by rate', () => {
    const members = [
      { requestRate: 9, errorPercent: 0 },
      { requestRate: 1, errorPercent: 50 },
    ]
    expect(trafficOf(members)).toEqual({ rps: 10, errorPercent: 5 })
  })

  it('is unknown when nothing is known, and leaves unknown members out otherwise', () => {
    expect([trafficOf([{}]), trafficOf([{}, { requestRate: 4, errorPercent: 25 }])]).toEqual([
      { rps: undefined, errorPercent: undefined },
      { rps: 4, errorPercent: 25 },
    ])
  })
})

describe('chips of a row', () => {
  const many = [member('a'), member('b'), member('c', 'Failure'), member('d', 'Healthy', { stale: true }), member('e')]

  it('shows all while there is room', () => {
    expect(chipsOf(many, 5).hidden).toBe(0)
  })

  it('shows the worst and counts the rest', () => {
    const { shown, hidden } = chipsOf(many, 3)
    expect([shown.map(({ cluster }) => cluster), hidden]).toEqual([['c', 'd'], 3])
  })
})
