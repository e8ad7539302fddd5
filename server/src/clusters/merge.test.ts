import { describe, expect, it } from 'vitest'
import type { ClusterSpec } from '../kube/spec.ts'
import { mergeSpecs } from './merge.ts'
import { declaredSpecs, telemetrySpecs } from './named.ts'

const usable = (name: string, server: string, origin: string): ClusterSpec => ({
  name,
  origin,
  access: { cluster: name, server, tls: { insecureSkipVerify: false }, credential: { kind: 'none' } },
})
const broken = (name: string, origin: string): ClusterSpec => ({
  name,
  origin,
  server: '',
  problem: { code: 'BIN-CLUSTER-CONFIG', message: 'broken' },
})

/** `name<-origin`, with `+` and the codes of its notes. */
const inShort = (spec: ClusterSpec): string =>
  [`${spec.name}<-${spec.origin}`, ...(spec.notes ?? []).map(({ code }) => code)].join('+')

describe('sources of clusters together', () => {
  it.each<[string, ClusterSpec[][], string[]]>([
    ['name each cluster once', [[usable('a', 'x', '1')], [usable('b', 'y', '2')]], ['a<-1', 'b<-2']],
    [
      'use the first of two declarations, and say so',
      [[usable('a', 'x', '1')], [usable('a', 'y', '2')]],
      ['a<-1+BIN-CLUSTER-DUPLICATE'],
    ],
    ['take the same access twice for one', [[usable('a', 'x', '1')], [usable('a', 'x', '2')]], ['a<-1']],
    [
      'use what works rather than what was first, and say so',
      [[broken('a', '1')], [usable('a', 'x', '2')]],
      ['a<-2+BIN-CLUSTER-DUPLICATE'],
    ],
    [
      'do not take a name alone for a second declaration',
      [[usable('a', 'x', '1')], [...declaredSpecs([{ name: 'a', secretName: '' }])], [...telemetrySpecs(['a'])]],
      ['a<-1'],
    ],
    [
      'keep what is only named',
      [[...declaredSpecs([{ name: 'a', secretName: '' }])], [...telemetrySpecs(['a', 'b'])]],
      ['a<-clustering.clusters', 'b<-telemetry'],
    ],
  ])('%s', (_what, sources, expected) => {
    expect(mergeSpecs(sources).map(inShort)).toEqual(expected)
  })

  it('name both declarations of a duplicate', () => {
    const [spec] = mergeSpecs([[usable('a', 'x', 'Secret m/one')], [usable('a', 'y', 'Secret m/two')]])
    expect(spec?.notes?.[0]?.message).toBe(
      'a is declared twice: by Secret m/one, which is used, and by Secret m/two, which is not.',
    )
  })
})
