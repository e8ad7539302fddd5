import type { ClusterStatus, ClustersAnswer } from '@binocle/api/multicluster'
import { describe, expect, it } from 'vitest'
import { withCluster } from './live.ts'

const cluster = (name: string, state: ClusterStatus['state']): ClusterStatus => ({
  name,
  state,
  home: false,
  since: 0,
  controlPlanes: [],
  namespaces: 0,
  workloads: 0,
})

const answer: ClustersAnswer = {
  clusters: [cluster('east', 'reachable'), cluster('west', 'reachable')],
  prometheus: { state: 'reachable' },
}

const statesOf = (after: ClustersAnswer | undefined) => after?.clusters.map(({ name, state }) => `${name} ${state}`)

describe('a changed cluster', () => {
  it('takes the place of what was known of it', () => {
    expect(statesOf(withCluster(answer, cluster('west', 'unreachable')))).toEqual([
      'east reachable',
      'west unreachable',
    ])
  })

  it('joins the others when it is new', () => {
    expect(statesOf(withCluster(answer, cluster('south', 'syncing')))).toEqual([
      'east reachable',
      'west reachable',
      'south syncing',
    ])
  })

  it('waits for the first answer when nothing was asked yet', () => {
    expect(withCluster(undefined, cluster('west', 'unreachable'))).toBeUndefined()
  })
})
