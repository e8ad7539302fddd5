import { describe, expect, it } from 'vitest'
import { listNamespaces, namespaceOf } from './namespaces.ts'
import { controlPlane, everything, namespace, onlySees, testMesh } from './testing.ts'

const istiods = [...controlPlane('east'), ...controlPlane('east', { revision: 'canary' })]

describe('the revision of a namespace', () => {
  it.each([
    ['enabled', { 'istio-injection': 'enabled' }, 'default'],
    [
      'disabled, whatever the revision label says',
      { 'istio-injection': 'disabled', 'istio.io/rev': 'canary' },
      undefined,
    ],
    ['a revision or tag', { 'istio.io/rev': 'prod' }, 'prod'],
    ['nothing', {}, undefined],
  ])('says %s', (_what, labels, expected) => {
    const mesh = testMesh({ east: [namespace('shop', labels), ...istiods] })
    expect(namespaceOf(mesh, everything, { cluster: 'east', namespace: 'shop' }).revision).toBe(expected)
  })

  it('of a control plane names all that live there', () => {
    const mesh = testMesh({ east: istiods })
    const system = namespaceOf(mesh, everything, { cluster: 'east', namespace: 'istio-system' })
    expect(system).toMatchObject({ revision: 'canary,default', isControlPlane: true })
  })
})

describe('namespaces', () => {
  const mesh = testMesh({
    east: [namespace('shop'), namespace('kube-system'), namespace('pay')],
    west: [namespace('shop', { 'istio.io/dataplane-mode': 'ambient' })],
  })

  it('are listed for each cluster, without those of the system', () => {
    expect(listNamespaces(mesh, everything).map(({ cluster, name }) => `${cluster}/${name}`)).toEqual([
      'east/pay',
      'east/shop',
      'west/shop',
    ])
  })

  it('know ambient by their label', () => {
    expect(listNamespaces(mesh, everything).map(({ isAmbient }) => isAmbient)).toEqual([false, false, true])
  })

  it('that may not be seen look like those that do not exist', () => {
    const scope = onlySees('east/shop')
    expect(listNamespaces(mesh, scope).map(({ name }) => name)).toEqual(['shop'])
    const answers = ['pay', 'nosuch'].map((name) => {
      try {
        return namespaceOf(mesh, scope, { cluster: 'east', namespace: name })
      } catch (error) {
        return String(error).replace(name, '?')
      }
    })
    expect(answers[0]).toBe(answers[1])
  })
})
