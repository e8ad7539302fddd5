import { describe, expect, it } from 'vitest'
import type { ClusterSpec } from '../kube/spec.ts'
import { secretRightsOf } from './secretRights.ts'

const own = (server: string): ClusterSpec => ({
  name: 'home',
  access: { cluster: 'home', server, tls: { insecureSkipVerify: false }, credential: { kind: 'none' } },
})

describe('what the kubeconfig of a Secret may ask for', () => {
  it.each<[string, 'auto' | 'false' | 'true', ClusterSpec[], boolean]>([
    ['not where there is no kubeconfig of ours, as in a pod', 'auto', [], false],
    ['not where ours leads elsewhere', 'auto', [own('https://10.0.0.1:6443')], false],
    ['where ours leads here', 'auto', [own('https://10.0.0.1:6443'), own('https://127.0.0.1:6443')], true],
    ['where ours leads here by name', 'auto', [own('https://localhost:6443')], true],
    ['not where the operator says no', 'false', [own('https://127.0.0.1:6443')], false],
    ['where the operator says yes', 'true', [], true],
  ])('is this machine %s', (_where, loopback, kubeconfigs, expected) => {
    const rights = secretRightsOf({ insecureTls: [], proxy: [], loopback }, () => kubeconfigs)
    expect(rights('west').loopback).toBe(expected)
  })

  it('is by the name of its cluster, or for all', () => {
    const rights = secretRightsOf({ insecureTls: ['west'], proxy: ['*'], loopback: 'auto' }, () => [])
    expect(['west', 'east'].map((cluster) => [rights(cluster).insecureTls, rights(cluster).proxy])).toEqual([
      [true, true],
      [false, true],
    ])
  })

  it('is nothing by default', () => {
    expect(secretRightsOf(undefined, () => [])('west')).toEqual({ insecureTls: false, proxy: false, loopback: false })
  })
})
