import type { AccessAnswer } from '@binocle/api/access'
import { describe, expect, it } from 'vitest'
import { cellOf, rightsByGroup, shownRows } from './accessModel.ts'

const answer: AccessAnswer = {
  clusters: [
    { name: 'east', home: true, access: 'yes' },
    { name: 'west', home: false, access: 'unknown' },
  ],
  namespaces: [
    { name: 'pay', clusters: ['west'] },
    { name: 'shop', clusters: ['east', 'west'] },
    { name: 'vault', clusters: ['east'] },
  ],
}

describe('the table of what somebody sees', () => {
  it('says of each cell what is known of it', () => {
    const cells = answer.namespaces.map((row) => answer.clusters.map((cluster) => cellOf(row, cluster)).join(' '))
    expect(cells).toEqual(['no yes', 'yes yes', 'yes unknown'])
  })

  it.each([
    ['all', { text: '', differs: false }, ['pay', 'shop', 'vault']],
    ['by name', { text: ' a ', differs: false }, ['pay', 'vault']],
    ['only what is not everywhere', { text: '', differs: true }, ['pay', 'vault']],
  ])('shows %s', (_what, filter, names) => {
    expect(shownRows(answer, filter).map(({ name }) => name)).toEqual(names)
  })
})

describe('rights of a namespace in a cluster', () => {
  const all = { create: true, update: true, delete: true }
  const none = { create: false, update: false, delete: false }

  it('are summed up by group, with what holds for all its types', () => {
    expect(
      rightsByGroup({
        'networking.istio.io/v1, Kind=Gateway': all,
        'networking.istio.io/v1, Kind=Sidecar': all,
        'security.istio.io/v1, Kind=AuthorizationPolicy': none,
        'gateway.networking.k8s.io/v1, Kind=Gateway': all,
        'gateway.networking.k8s.io/v1beta1, Kind=ReferenceGrant': { ...all, delete: false },
      }),
    ).toEqual([
      { group: 'Istio traffic', may: 'create, update, delete' },
      { group: 'Istio security', may: 'nothing' },
      { group: 'Gateway API', may: 'create, update' },
    ])
  })

  it('say nothing of groups that were not asked about', () => {
    expect(rightsByGroup({})).toEqual([])
  })
})
