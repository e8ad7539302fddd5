import type { HealthStatus } from '@binocle/api/health'
import type { LogicalNamespace } from '@binocle/api/multicluster'
import { describe, expect, it } from 'vitest'
import { countsOf, matchingNamespaces, namespaceSort, sortedNamespaces } from './namespaceModel.ts'

const member = (cluster: string, services: number, requestRate?: number): LogicalNamespace['members'][number] => ({
  cluster,
  health: 'Healthy',
  mode: 'sidecar',
  isControlPlane: false,
  labels: {},
  apps: services,
  services,
  workloads: services,
  ...(requestRate === undefined ? {} : { requestRate }),
})

const namespace = (
  name: string,
  health: HealthStatus,
  members: LogicalNamespace['members'],
  differs: string[] = [],
) => ({
  name,
  health,
  members,
  differs,
})

const shop = namespace('shop', 'Healthy', [member('east', 2, 5), member('west', 4, 5)], ['labels.team'])
const pay = namespace('pay', 'Failure', [member('east', 3, 1)])
const stock = namespace('stock', 'Healthy', [member('west', 1)])
const all = [shop, pay, stock]
const everything = { chosen: [], text: '', differs: false, onlyInOneCluster: false }

describe('the list of namespaces', () => {
  it.each([
    ['everything', {}, ['shop', 'pay', 'stock']],
    ['those chosen in the masthead', { chosen: ['pay'] }, ['pay']],
    ['part of a name', { text: 'O' }, ['shop', 'stock']],
    ['those that differ', { differs: true }, ['shop']],
    ['those in one cluster', { onlyInOneCluster: true }, ['pay', 'stock']],
  ])('shows %s', (_why, filter, expected) => {
    expect(matchingNamespaces(all, { ...everything, ...filter }).map(({ name }) => name)).toEqual(expected)
  })

  it.each([
    [undefined, false, ['pay', 'shop', 'stock']],
    ['ns', true, ['stock', 'shop', 'pay']],
    ['rate', false, ['shop', 'pay', 'stock']],
    ['nonsense', false, ['pay', 'shop', 'stock']],
  ])('sorts by %s', (code, descending, expected) => {
    expect(sortedNamespaces(all, namespaceSort(code), descending).map(({ name }) => name)).toEqual(expected)
  })

  it('says where counts do not agree', () => {
    expect([countsOf(shop.members, 'services'), countsOf(pay.members, 'services')]).toEqual(['2 to 4', '3'])
  })
})
