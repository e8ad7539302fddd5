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

  const secret = (name: string, server: string, secretName: string, origin = secretName): ClusterSpec => ({
    ...usable(name, server, origin),
    secretName,
  })

  it('AUTH-17: have no cluster where two Secrets want one name', () => {
    const [spec, ...others] = mergeSpecs([[secret('a', 'x', 's1')], [secret('a', 'y', 's2')]])
    expect(others).toEqual([])
    expect(spec).toMatchObject({ name: 'a', problem: { code: 'BIN-CLUSTER-DUPLICATE' } })
    expect(spec).not.toHaveProperty('access')
  })

  it('AUTH-17: have none either where one of the two cannot be used', () => {
    const [spec] = mergeSpecs([[{ ...broken('a', 's1'), secretName: 's1' }], [secret('a', 'y', 's2')]])
    expect(spec).not.toHaveProperty('access')
  })

  it('use what was made for a console rather than what was made for Istio', () => {
    const notes = [{ code: 'BIN-CLUSTER-ISTIO-SECRET', message: 'made for Istio' }]
    const specs = mergeSpecs([[{ ...secret('a', 'x', 's1'), notes }], [secret('a', 'y', 's2')]])
    expect(specs.map(inShort)).toEqual(['a<-s2+BIN-CLUSTER-DUPLICATE'])
  })

  it('take one Secret that is mounted and watched for one, while it rotates too', () => {
    const specs = mergeSpecs([[secret('a', 'old', 's', 'mounted')], [secret('a', 'new', 's', 'watched')]])
    expect(specs.map(inShort)).toEqual(['a<-mounted'])
  })

  it.each([
    ['AUTH-18', usable('home', 'x', 'the service account of our pod')],
    ['AUTH-T20', usable('home', 'x', 'kubeconfig /etc/kube')],
    ['AUTH-T20', broken('home', 'kubeconfig /etc/kube')],
  ])('%s: do not let a Secret have the name of a cluster of the operator (%#)', (_number, own) => {
    for (const order of [
      [[own], [secret('home', 'evil', 's')]],
      [[secret('home', 'evil', 's')], [own]],
    ]) {
      expect(mergeSpecs(order).map(inShort)).toEqual([`home<-${own.origin}+BIN-CLUSTER-DUPLICATE`])
    }
  })

  it('AUTH-133: take two hundred clusters from Secrets, and no more', () => {
    const many = Array.from({ length: 201 }, (_, at) => secret(`c${at}`, 'x', `s${at}`))
    const specs = mergeSpecs([[usable('own', 'x', '1')], many])
    expect(specs.filter((spec) => 'access' in spec)).toHaveLength(201)
    expect(specs.at(-1)).toMatchObject({ name: 'c200', problem: { code: 'BIN-CLUSTER-POLICY' } })
  })

  it('name both declarations of a duplicate', () => {
    const [spec] = mergeSpecs([[usable('a', 'x', 'Secret m/one')], [usable('a', 'y', 'Secret m/two')]])
    expect(spec?.notes?.[0]?.message).toBe(
      'a is declared twice: by Secret m/one, which is used, and by Secret m/two, which is not.',
    )
  })
})
