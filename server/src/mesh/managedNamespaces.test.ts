import { describe, expect, it } from 'vitest'
import { controlPlane, namespace, type TestObject, testMesh } from '../catalog/testing.ts'
import { meshFactsOf } from './mesh.ts'

const tag = (name: string, revision: string): TestObject => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'MutatingWebhookConfiguration',
  metadata: { name: `istio-revision-tag-${name}`, labels: { 'istio.io/tag': name, 'istio.io/rev': revision } },
})

const rev = (revision: string) => ({ 'istio.io/rev': revision })

/** `revision: cluster/namespace ...` of each control plane. */
const managed = (clusters: Record<string, TestObject[]>) => {
  const facts = meshFactsOf(testMesh(clusters).inventory)
  return facts.controlPlanes.map((plane) =>
    [`${plane.revision}:`, ...facts.namespacesOf(plane).map(({ cluster, name }) => `${cluster}/${name}`)].join(' '),
  )
}

describe('a namespace follows', () => {
  it.each<[string, TestObject[], string[]]>([
    ['nobody without a label', [namespace('a')], ['default:']],
    ['the default when injection is on', [namespace('a', { 'istio-injection': 'enabled' })], ['default: east/a']],
    ['the default when it is ambient', [namespace('a', { 'istio.io/dataplane-mode': 'ambient' })], ['default: east/a']],
    ['nobody when it asks for a revision that does not exist', [namespace('a', rev('gone'))], ['default:']],
    [
      'the revision it names, or a tag of it',
      [
        ...controlPlane('east', { revision: 'canary' }),
        tag('prod', 'canary'),
        namespace('a', rev('canary')),
        namespace('b', rev('prod')),
        namespace('c', rev('default')),
      ],
      ['default: east/c', 'canary: east/a east/b'],
    ],
    [
      'several tags of one revision',
      [tag('prod', 'default'), tag('stage', 'default'), namespace('a', rev('prod')), namespace('b', rev('stage'))],
      ['default: east/a east/b'],
    ],
  ])('%s', (_what, objects, expected) => {
    expect(managed({ east: [...controlPlane('east'), ...objects] })).toEqual(expected)
  })

  it('the primary of its remote cluster', () => {
    const system: TestObject = {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'istio-system', annotations: { 'topology.istio.io/controlPlaneClusters': 'west, east' } },
    }
    const on = namespace('shop', { 'istio-injection': 'enabled' })
    expect(
      managed({
        east: [...controlPlane('east', { env: { EXTERNAL_ISTIOD: 'true' } }), on],
        south: [system, on],
      }),
    ).toEqual(['default: east/shop south/shop'])
  })

  it('only what the discovery selectors of the control plane let it see', () => {
    const mesh = 'discoverySelectors:\n- matchLabels: {team: a}\n'
    expect(
      managed({
        east: [
          ...controlPlane('east', { mesh }),
          namespace('a', { 'istio-injection': 'enabled', team: 'a' }),
          namespace('b', { 'istio-injection': 'enabled', team: 'b' }),
        ],
      }),
    ).toEqual(['default: east/a'])
  })
})
