import { describe, expect, it } from 'vitest'
import { namespaceFacts } from './namespaceFacts.ts'
import { deployment, istio, pod, type TestObject, testMesh } from './testing.ts'
import { workloadCount } from './workloadCount.ts'

const at = { cluster: 'east', namespace: 'shop' }
const workloadsOf = (...objects: TestObject[]) => namespaceFacts(testMesh({ east: objects }), at).workloads

const replicaSet = (name: string, owner?: { kind: string; name: string; apiVersion: string }): TestObject => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: {
    name,
    namespace: 'shop',
    ownerReferences: owner === undefined ? [] : [{ controller: true, uid: '1', ...owner }],
  },
  spec: {
    replicas: 1,
    selector: { matchLabels: { set: name } },
    template: { metadata: { labels: { app: 'cart', set: name } }, spec: { containers: [] } },
  },
  status: { replicas: 1, availableReplicas: 1 },
})

describe('a workload is', () => {
  it.each<[string, TestObject[], string[]]>([
    [
      'a Deployment, not the ReplicaSet it made',
      [deployment('shop', 'cart'), replicaSet('cart-1', { kind: 'Deployment', name: 'cart', apiVersion: 'apps/v1' })],
      ['Deployment/cart'],
    ],
    ['a ReplicaSet that nobody owns', [replicaSet('old')], ['ReplicaSet/old']],
    [
      'an owner of a kind we do not watch',
      [replicaSet('cart-1', { kind: 'Rollout', name: 'cart', apiVersion: 'argoproj.io/v1alpha1' })],
      ['Rollout/cart'],
    ],
    ['a pod without owner', [pod('shop', 'prober', { app: 'prober' })], ['Pod/prober']],
    [
      'not a pod of a Job: Jobs are left out',
      [pod('shop', 'once-1', {}, { owner: { kind: 'Job', name: 'once' } })],
      [],
    ],
    [
      'a WorkloadGroup',
      [istio('WorkloadGroup', 'shop', 'vm', { metadata: { labels: { app: 'vm' } }, template: {} })],
      ['WorkloadGroup/vm'],
    ],
  ])('%s', (_what, objects, expected) => {
    expect(workloadsOf(...objects).map(({ gvk, name }) => `${gvk.Kind}/${name}`)).toEqual(expected)
    expect(workloadCount(testMesh({ east: objects }), at)).toBe(expected.length)
  })
})

describe('a workload', () => {
  it('has a sidecar when its first pod has one, and when it has no pod', () => {
    const labels = { app: 'cart' }
    const [bare] = workloadsOf(deployment('shop', 'cart'), pod('shop', 'cart-1', labels, { sidecar: false }))
    const [injected] = workloadsOf(deployment('shop', 'cart'), pod('shop', 'cart-1', labels))
    const [empty] = workloadsOf(deployment('shop', 'cart'))
    expect([bare?.sidecar, injected?.sidecar, empty?.sidecar]).toEqual([false, true, true])
  })

  it('is ambient when ztunnel redirects its pod', () => {
    const captured = { sidecar: false, annotations: { 'ambient.istio.io/redirection': 'enabled' } }
    const [workload] = workloadsOf(deployment('shop', 'cart'), pod('shop', 'cart-1', { app: 'cart' }, captured))
    expect(workload?.isAmbient).toBe(true)
  })

  it('of a WorkloadGroup counts the entries with all its labels', () => {
    const entry = (name: string, app: string) => istio('WorkloadEntry', 'shop', name, { labels: { app } })
    const group = istio('WorkloadGroup', 'shop', 'vm', { metadata: { labels: { app: 'vm' } } })
    const [workload] = workloadsOf(group, entry('one', 'vm'), entry('two', 'vm'), entry('three', 'other'))
    expect(workload?.desiredReplicas).toBe(2)
  })
})
