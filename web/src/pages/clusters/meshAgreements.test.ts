import type { ClusterStatus } from '@binocle/api/multicluster'
import { describe, expect, it } from 'vitest'
import { meshAgreements } from './meshAgreements.ts'

const cluster = (name: string, facts: Partial<ClusterStatus>): ClusterStatus => ({
  name,
  home: false,
  state: 'reachable',
  since: 0,
  controlPlanes: [],
  namespaces: 0,
  workloads: 0,
  role: 'primary',
  ...facts,
})
const root = (...pairs: string[]) =>
  pairs.map((pair) => ({ fingerprint: `${pair}:01:02:03:04:05`, issuer: '', notBefore: 0, notAfter: 1 }))

const verdictOn = (what: string, ...clusters: ClusterStatus[]) =>
  meshAgreements(clusters).find((one) => one.what === what)?.verdict

describe('what clusters of a mesh have in common', () => {
  it.each([
    ['the same mesh id', 'Mesh', { meshId: 'm' }, { meshId: 'm' }, 'alike'],
    ['two mesh ids', 'Mesh', { meshId: 'm' }, { meshId: 'n' }, 'apart'],
    ['one that does not say', 'Mesh', { meshId: 'm' }, {}, 'alike'],
    ['two trust domains', 'Trust domain', { trustDomain: 'a' }, { trustDomain: 'b' }, 'apart'],
    [
      'two trust domains of which one is an alias of the other',
      'Trust domain',
      { trustDomain: 'a' },
      { trustDomain: 'b', trustDomainAliases: ['a'] },
      'alike',
    ],
    ['two roots', 'Root of trust', { rootCertificates: root('AA') }, { rootCertificates: root('BB') }, 'apart'],
    [
      'a root that is being rotated',
      'Root of trust',
      { rootCertificates: root('AA') },
      { rootCertificates: root('BB', 'AA') },
      'alike',
    ],
    ['two networks', 'Network', { network: 'n1' }, { network: 'n2' }, 'free'],
  ])('%s', (_what, subject, east, west, verdict) => {
    expect(verdictOn(subject, cluster('east', east), cluster('west', west))).toBe(verdict)
  })

  it('names who says what, and who says nothing', () => {
    const [mesh] = meshAgreements([
      cluster('east', { meshId: 'm' }),
      cluster('west', { meshId: 'n' }),
      cluster('north', {}),
    ])
    expect(mesh).toMatchObject({
      values: [
        { value: 'm', clusters: ['east'] },
        { value: 'n', clusters: ['west'] },
      ],
      silent: ['north'],
    })
  })

  it('asks a remote for no istiod', () => {
    const plane = {
      name: 'istiod',
      namespace: 'istio-system',
      revision: 'default',
      status: 'Healthy',
      version: '1.30.1',
    }
    const clusters = [cluster('east', { controlPlanes: [plane] }), cluster('west', { role: 'remote' })]
    expect(meshAgreements(clusters)).toEqual([
      { what: 'istiod', verdict: 'free', values: [{ value: '1.30.1', clusters: ['east'] }], silent: [] },
    ])
  })

  it('asks nothing of a cluster that only holds the console', () => {
    const clusters = [cluster('east', { meshId: 'm' }), cluster('office', { role: 'management', meshId: 'x' })]
    expect(verdictOn('Mesh', ...clusters)).toBe('alike')
  })
})
