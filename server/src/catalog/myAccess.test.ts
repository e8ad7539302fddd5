import type { AccessAnswer } from '@binocle/api/access'
import { describe, expect, it } from 'vitest'
import { scopeOver } from '../access/testing.ts'
import { clusterStatuses } from './clusterStatuses.ts'
import { myAccess } from './myAccess.ts'
import { namespace, testMesh } from './testing.ts'

const mesh = testMesh({
  east: [namespace('shop'), namespace('vault')],
  west: [namespace('shop'), namespace('pay')],
})

/** `shop: east west`. */
const rows = ({ namespaces }: AccessAnswer): string[] =>
  namespaces.map(({ name, clusters }) => `${name}: ${clusters.join(' ')}`)
const columns = ({ clusters }: AccessAnswer): string[] => clusters.map(({ name, access }) => `${name} ${access}`)

describe('what a viewer sees, as a table', () => {
  it('names every namespace once, with the clusters where it is seen', () => {
    const answer = myAccess(mesh, scopeOver({ east: 'whole', west: ['pay', 'shop'] }))
    expect(rows(answer)).toEqual(['pay: west', 'shop: east west', 'vault: east'])
    expect(columns(answer)).toEqual(['east yes', 'west yes'])
  })

  it('names neither namespaces nor clusters that are not seen', () => {
    const answer = myAccess(mesh, scopeOver({ east: ['shop'] }))
    expect(rows(answer)).toEqual(['shop: east'])
    expect(JSON.stringify(answer)).not.toMatch(/west|pay|vault/)
  })

  it('answers alike whether a namespace is not there or not seen', () => {
    const inEast = ['shop'] as const
    const without = testMesh({ east: [namespace('shop')], west: [namespace('pay')] })
    const scope = scopeOver({ east: inEast, west: ['pay'] })
    expect(myAccess(without, scope)).toEqual(myAccess(mesh, scope))
  })

  it('of a cluster that cannot say now names no namespace, and says so', () => {
    const answer = myAccess(mesh, scopeOver({ east: ['shop'], west: 'unknown' }))
    expect(rows(answer)).toEqual(['shop: east'])
    expect(columns(answer)).toEqual(['east yes', 'west unknown'])
    expect(answer.clusters[1]?.cause?.code).toBe('BIN-AUTH-UNAVAILABLE')
  })

  it('leaves a whole cluster open while one of its namespaces is in doubt', () => {
    const half = scopeOver({ east: ['shop'], west: ['shop'] })
    const scope = {
      ...half,
      sees: (at: { cluster: string; namespace: string }) => (at.namespace === 'pay' ? 'unknown' : half.sees(at)),
    }
    const answer = myAccess(mesh, scope)
    expect(rows(answer)).toEqual(['shop: east west'])
    expect(columns(answer)).toEqual(['east yes', 'west unknown'])
  })

  it('shows what was seen last of a cluster that does not answer, with the cause', () => {
    const silent = testMesh({ east: [namespace('shop')], west: [namespace('shop')] }, [], { west: 'unreachable' })
    const answer = myAccess(silent, scopeOver({ east: ['shop'], west: ['shop'] }))
    expect(rows(answer)).toEqual(['shop: east west'])
    expect(answer.clusters.map(({ cause }) => cause?.code)).toEqual([undefined, 'BIN-CLUSTER-UNREACHABLE'])
  })

  it('says why nobody may change anything', () => {
    const scope = scopeOver({ east: ['shop'] })
    const { auth, deployment } = mesh.config
    const withAuth = (strategy: typeof auth.strategy, viewOnlyMode = false) => ({
      ...mesh,
      config: { ...mesh.config, auth: { ...auth, strategy }, deployment: { ...deployment, viewOnlyMode } },
    })
    expect(myAccess(withAuth('anonymous'), scope).readOnly).toBe('anonymous')
    expect(myAccess(withAuth('token'), scope).readOnly).toBeUndefined()
    expect(myAccess(withAuth('token', true), scope).readOnly).toBe('view-only')
  })
})

describe('the status of a cluster that cannot say what a viewer may see', () => {
  it('tells that from one that does not answer', () => {
    const statuses = clusterStatuses(mesh, scopeOver({ east: ['shop'], west: 'unknown' }))
    expect(statuses.map(({ name, state, access }) => [name, state, access])).toEqual([
      ['east', 'reachable', undefined],
      ['west', 'reachable', 'unknown'],
    ])
  })
})
