import type { ClusterStateName, ClusterStatus } from '@binocle/api/multicluster'
import { describe, expect, it } from 'vitest'
import { isUndecided, lookOf, stripOf, tintOf } from './clusterStates.ts'

const cluster = (name: string, state: ClusterStateName = 'reachable'): ClusterStatus => ({
  name,
  state,
  home: false,
  since: 0,
  controlPlanes: [],
  namespaces: 0,
  workloads: 0,
})

describe('the cluster strip', () => {
  it('keeps the order of the clusters while all fit', () => {
    const { shown, more } = stripOf([cluster('east'), cluster('west', 'unreachable')], 1400)
    expect([shown.map(({ name }) => name), more]).toEqual([['east', 'west'], []])
  })

  it('keeps the worst visible when not all fit, and counts the rest', () => {
    const many = [...'abcdefghij'].map((name) => cluster(name))
    const { shown, more } = stripOf([...many, cluster('west', 'unreachable')], 600)
    expect([shown[0]?.name, shown.length + more.length]).toEqual(['west', 11])
  })

  it('keeps the one visible whose facts are asked for', () => {
    const many = [...'abcdefghij'].map((name) => cluster(name))
    expect(stripOf(many, 600, 'j').shown.map(({ name }) => name)).toContain('j')
  })

  it('shows one even where nothing fits', () => {
    expect(stripOf([cluster('east'), cluster('west')], 10).shown.length).toBe(1)
  })
})

it('gives neighbouring clusters different tints, and the same cluster always the same', () => {
  const names = ['east', 'south', 'west']
  expect(names.map((name) => tintOf(name, names))).toEqual([1, 2, 3])
  expect(tintOf('unknown', names)).toBe(0)
})

describe('a cluster that cannot say what somebody may see', () => {
  it.each([
    ['reachable', 'unknown', 'rights unknown'],
    ['degraded', 'unknown', 'rights unknown'],
    ['syncing', 'unknown', 'rights unknown'],
    ['unreachable', 'unknown', 'unreachable'],
    ['unauthorized', 'unknown', 'no access'],
    ['reachable', undefined, 'reachable'],
  ] as const)('is told from one that is %s with rights %s', (state, access, word) => {
    expect(lookOf({ ...cluster('west', state), ...(access ? { access } : {}) }).word).toBe(word)
  })

  it('stays visible before those that are well', () => {
    const many = [...'abcdefghij'].map((name) => cluster(name))
    const west: ClusterStatus = { ...cluster('west'), access: 'unknown' }
    expect(isUndecided(west)).toBe(true)
    expect(stripOf([...many, west], 600).shown[0]?.name).toBe('west')
  })
})
