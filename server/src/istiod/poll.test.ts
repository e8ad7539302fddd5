import { known, lastValue } from '@binocle/api/known'
import { describe, expect, it } from 'vitest'
import { KubeFailure } from '../kube/failure.ts'
import { PodStatus } from '../kube/podRequest.ts'
import { createPacer } from '../outbound/pacer.ts'
import { pollIstiod, type Said } from './poll.ts'
import { type Answers, istiodPod, nothingKnown, podHttpOf } from './testing.ts'

const healthy: Answers = {
  '/ready': '',
  '/version': '1.30.1-abc-Clean\n',
  '/debug/syncz':
    '[{"cluster_id":"east","proxy":"web-1.shop"},{"cluster_id":"south","proxy":"web-2.shop"},{"cluster_id":"east","proxy":"vm"}]',
  '/debug/clusterz':
    '[{"id":"west","secretName":"istio-system/w","syncStatus":"timeout"},{"id":"east","secretName":"","syncStatus":"synced"},{"id":"odd","syncStatus":"dancing"}]',
  '/debug/registryz':
    '[{"hostname":"a","clusterVIPs":{"Addresses":{"east":["1"],"west":["2"]}}},{"hostname":"b","clusterVIPs":{"Addresses":{"east":["3"]}}},{"hostname":"c","clusterVIPs":{"Addresses":null}}]',
  '/debug/configz': '[{"kind":"Gateway"},{"kind":"VirtualService"},{"kind":"Gateway"},{}]',
}
const before: Said = { facts: nothingKnown, proxies: new Map() }

async function poll(answers: Answers, last = before, whole = true) {
  const asked: string[] = []
  const http = podHttpOf(answers, asked)
  const context = { readiness: http, monitoring: http, pacer: createPacer(), clock: () => 7 }
  return { ...(await pollIstiod(istiodPod, last, whole, context)), asked }
}

describe('a poll of an istiod', () => {
  it('learns every fact, in the order of names', async () => {
    const { facts, failure, proxies } = await poll(healthy)
    expect(facts).toEqual({
      ready: known(true, 7),
      version: known('1.30.1-abc-Clean', 7),
      proxies: known(2, 7),
      remotes: known(
        [
          { id: 'east', secretName: '', syncStatus: 'synced' },
          { id: 'west', secretName: 'istio-system/w', syncStatus: 'timeout' },
        ],
        7,
      ),
      registry: known({ services: 3, byCluster: { east: 2, west: 1 } }, 7),
      config: known({ objects: 3, byKind: { Gateway: 2, VirtualService: 1 } }, 7),
    })
    expect([failure, [...proxies.keys()]]).toEqual([undefined, ['east/shop/web-1', 'south/shop/web-2']])
  })

  it('asks for what is as big as the mesh only when told, and keeps it', async () => {
    const whole = await poll(healthy)
    const { asked, facts } = await poll(healthy, whole, false)
    expect(asked).toEqual(['/ready', '/version', '/debug/syncz', '/debug/clusterz'])
    expect(facts.registry).toEqual(whole.facts.registry)
  })

  it('AUTH-T65: asks for nothing that changes a proxy or a control plane, whatever they are called', async () => {
    const { asked } = await poll(healthy)
    expect(asked).toEqual([
      '/ready',
      '/version',
      '/debug/syncz',
      '/debug/clusterz',
      '/debug/registryz',
      '/debug/configz',
    ])
  })

  it('is not ready when it says so', async () => {
    const { facts, failure } = await poll({ ...healthy, '/ready': new PodStatus('/ready', 503) })
    expect([facts.ready, failure]).toEqual([known(false, 7), undefined])
  })

  it.each([
    ['its debug endpoints are off', new PodStatus('/debug/syncz', 404), 'BIN-ISTIOD-DISABLED'],
    ['it answers an error', new PodStatus('/debug/syncz', 500), 'BIN-ISTIOD-ANSWER'],
    ['it answers garbage', '<html>', 'BIN-ISTIOD-ANSWER'],
    ['it answers half of a list', '[{"cluster_id":"east","proxy":"web-9.shop"},{"clus', 'BIN-ISTIOD-ANSWER'],
    ['it answers no list', '{"proxies":[]}', 'BIN-ISTIOD-ANSWER'],
  ])('keeps the proxies it knew when %s, and learns the rest', async (_why, answer, code) => {
    const last = await poll(healthy)
    const { facts, failure, proxies } = await poll({ ...healthy, '/debug/syncz': answer }, last)
    expect(facts.proxies).toMatchObject({ state: 'stale', value: 2, asOf: 7, cause: { code, cluster: 'east' } })
    expect(proxies).toBe(last.proxies)
    expect([facts.remotes.state, facts.ready.state, failure]).toEqual(['known', 'known', undefined])
  })

  it('takes no page for a version', async () => {
    const { facts, failure } = await poll({ ...healthy, '/version': '<html>It works!</html>' })
    expect(facts.version).toMatchObject({ state: 'unknown', cause: { code: 'BIN-ISTIOD-ANSWER' } })
    expect(failure).toBeUndefined()
  })

  it('takes null for an empty list, as Go writes one', async () => {
    const { facts, proxies } = await poll({ ...healthy, '/debug/syncz': 'null' })
    expect([facts.proxies, proxies.size]).toEqual([known(0, 7), 0])
  })

  it('tries a port that does not answer once', async () => {
    const { asked, facts, failure } = await poll({}, await poll(healthy))
    expect(asked).toEqual(['/ready', '/version'])
    expect(Object.values(facts).map(({ state }) => state)).toEqual(Array(6).fill('stale'))
    expect(failure?.code).toBe('BIN-ISTIOD-UNREACHABLE')
  })

  it('asks the other port when only one answers', async () => {
    const { '/ready': _, ...rest } = healthy
    const { facts, failure } = await poll(rest)
    expect([facts.ready.state, lastValue(facts.version), failure?.code]).toEqual([
      'unknown',
      '1.30.1-abc-Clean',
      'BIN-ISTIOD-UNREACHABLE',
    ])
  })

  it("does not try the other port when it is the cluster's fault", async () => {
    const denied = new KubeFailure('forbidden', 'east', 'east denies us port-forward', 403)
    const { asked, facts, failure } = await poll({ ...healthy, '/ready': denied })
    expect(asked).toEqual(['/ready'])
    expect(facts.version).toEqual({ state: 'unknown', cause: failure })
    expect(failure?.message).toBe('east denies us port-forward')
  })
})
