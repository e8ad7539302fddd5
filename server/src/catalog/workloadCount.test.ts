import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { namespaceFacts } from './namespaceFacts.ts'
import { type TestObject, testMesh } from './testing.ts'
import { workloadCount } from './workloadCount.ts'

const at = { cluster: 'east', namespace: 'shop' }

const owned = (apiVersion: string, kind: string, name: string, owner: string | undefined): TestObject => {
  const [ownerKind = '', ownerName = ''] = owner?.split('/') ?? []
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      namespace: 'shop',
      ownerReferences:
        owner === undefined
          ? []
          : [{ controller: true, uid: '1', apiVersion: 'any/v1', kind: ownerKind, name: ownerName }],
    },
    spec: { selector: { matchLabels: {} }, template: { metadata: {}, spec: { containers: [] } } },
  }
}

const named = <T>(build: (name: string, owner: string | undefined) => T, prefix: string, owners: string[]) =>
  fc
    .dictionary(
      fc.constantFrom('0', '1', '2').map((each) => `${prefix}${each}`),
      fc.constantFrom(undefined, ...owners),
    )
    .map((made) => Object.entries(made).map(([name, owner]) => build(name, owner)))

const deployments = named((name, owner) => owned('apps/v1', 'Deployment', name, owner), 'd', ['App/a'])
const replicaSets = named((name, owner) => owned('apps/v1', 'ReplicaSet', name, owner), 'r', [
  'Deployment/d0',
  'Deployment/d1',
  'Rollout/x',
])
const jobs = named((name, owner) => owned('batch/v1', 'Job', name, owner), 'j', ['CronJob/c', 'Rollout/x'])
const pods = named((name, owner) => owned('v1', 'Pod', name, owner), 'p', ['ReplicaSet/r0', 'ReplicaSet/r1', 'Job/j0'])

describe('the number of workloads', () => {
  it('is that of the list, whoever owns what', () => {
    fc.assert(
      fc.property(fc.tuple(deployments, replicaSets, jobs, pods), (objects) => {
        const mesh = testMesh({ east: objects.flat() })
        expect(workloadCount(mesh, at)).toBe(namespaceFacts(mesh, at).workloads.length)
      }),
    )
  })
})
