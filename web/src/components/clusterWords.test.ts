import type { ClusterStatus } from '@binocle/api/multicluster'
import { describe, expect, it } from 'vitest'
import { certificateText, localityText, remaining, rightsText } from './clusterWords.ts'

const west: ClusterStatus = {
  name: 'west',
  home: false,
  state: 'reachable',
  since: 0,
  controlPlanes: [],
  namespaces: 0,
  workloads: 0,
}
const day = 86_400_000
const root = (notAfter: number) => ({ fingerprint: 'AA', issuer: '', notBefore: 0, notAfter })
const forbidden = (kind: string) => ({ kind, state: 'forbidden' as const, cause: { code: 'C', message: 'm' } })

describe('the words of a row', () => {
  it.each([
    ['nothing known', undefined, 'locality unknown'],
    ['a region', { regions: ['eu'], zones: [] }, 'eu'],
    ['two zones', { regions: ['eu'], zones: ['a', 'b'] }, 'eu (a, b)'],
    ['many zones', { regions: ['eu'], zones: ['a', 'b', 'c'] }, 'eu (3 zones)'],
  ])('%s of its place', (_what, locality, text) => {
    expect(localityText({ ...west, ...(locality ? { locality } : {}) })).toBe(text)
  })

  it.each([
    ['not yet asked', {}, 'not yet known'],
    ['nothing is missing', { lastSync: 1 }, 'all kinds'],
    ['one kind is forbidden', { gaps: [forbidden('Secret')] }, 'without Secret'],
    [
      'many are forbidden',
      { gaps: ['Pod', 'Node', 'Secret', 'Service'].map(forbidden) },
      'without Pod, Node and 2 more kinds',
    ],
    ['the credential is refused', { state: 'unauthorized' as const, gaps: [] }, 'none'],
  ])('rights when %s', (_what, facts, text) => {
    expect(rightsText({ ...west, ...facts }).text).toBe(text)
  })

  it.each([
    ['none is known', [], 'unknown', undefined],
    ['it ended', [root(9 * day)], 'expired', 'failure'],
    ['it ends within a month', [root(22 * day)], 'for 12 days', 'degraded'],
    ['it ends in years', [root(3_660 * day)], 'for 10 years', undefined],
    ['the old one of two ended', [root(9 * day), root(110 * day)], 'for 3 months', undefined],
  ])('certificates when %s', (_what, rootCertificates, text, tone) => {
    const said = certificateText(rootCertificates, 10 * day)
    expect([said.text, said.tone]).toEqual([text, tone])
  })

  it.each([
    [day, '24 h'],
    [7 * 60_000, '7 min'],
  ])('says %d ms as %s', (durationMs, text) => {
    expect(remaining(durationMs)).toBe(text)
  })
})
