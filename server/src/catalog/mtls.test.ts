import { describe, expect, it } from 'vitest'
import { meshMtls, meshStatus, namespaceMtls } from './mtls.ts'
import { controlPlane, everything, istio, namespace, testMesh } from './testing.ts'

describe('the mTLS status of the mesh', () => {
  it.each<[string, string, boolean, string]>([
    ['', '', true, 'MTLS_NOT_ENABLED'],
    ['', 'ISTIO_MUTUAL', true, 'MTLS_ENABLED'],
    ['', 'ISTIO_MUTUAL', false, 'MTLS_PARTIALLY_ENABLED'],
    ['', 'DISABLE', true, 'MTLS_DISABLED'],
    ['', 'SIMPLE', true, 'MTLS_PARTIALLY_ENABLED'],
    ['STRICT', '', true, 'MTLS_ENABLED'],
    ['STRICT', '', false, 'MTLS_PARTIALLY_ENABLED'],
    ['STRICT', 'MUTUAL', false, 'MTLS_ENABLED'],
    ['STRICT', 'DISABLE', true, 'MTLS_PARTIALLY_ENABLED'],
    ['PERMISSIVE', '', true, 'MTLS_PARTIALLY_ENABLED'],
    ['DISABLE', '', false, 'MTLS_DISABLED'],
    ['DISABLE', 'MUTUAL', true, 'MTLS_PARTIALLY_ENABLED'],
  ])('policy %j, rule %j, auto mTLS %s: %s', (policy, rule, auto, expected) => {
    expect(meshStatus(policy, rule, auto)).toBe(expected)
  })
})

describe('the mTLS status of a namespace', () => {
  const strict = (at: string) => istio('PeerAuthentication', at, 'default', { mtls: { mode: 'STRICT' } })
  const shop = { cluster: 'east', namespace: 'shop' }
  const enabled = namespace('shop', { 'istio-injection': 'enabled' })

  it('is inherited from a strict mesh', () => {
    const mesh = testMesh({ east: [...controlPlane('east'), strict('istio-system'), enabled] })
    expect(namespaceMtls(mesh, everything, shop).status).toBe('UNSET_INHERITED_STRICT')
  })

  it("is its own policy's", () => {
    const mesh = testMesh({ east: [...controlPlane('east'), strict('shop'), enabled] })
    expect(namespaceMtls(mesh, everything, shop).status).toBe('MTLS_ENABLED')
  })

  it('is not set by a policy for some workloads only', () => {
    const some = istio('PeerAuthentication', 'shop', 'some', {
      selector: { matchLabels: { app: 'cart' } },
      mtls: { mode: 'STRICT' },
    })
    const mesh = testMesh({ east: [...controlPlane('east'), some, enabled] })
    expect(namespaceMtls(mesh, everything, shop).status).toBe('UNSET')
  })
})

describe('the mTLS status of a remote cluster', () => {
  it('is that of the control plane that manages it', () => {
    const system = {
      ...namespace('istio-system'),
      metadata: { name: 'istio-system', annotations: { 'topology.istio.io/controlPlaneClusters': 'east' } },
    }
    const mesh = testMesh({ east: controlPlane('east', { env: { EXTERNAL_ISTIOD: 'true' } }), south: [system] })
    expect(meshMtls(mesh, everything, 'south').status).toBe('MTLS_NOT_ENABLED')
  })

  it('is unknown, with a message, when nobody manages it', () => {
    const mesh = testMesh({ east: controlPlane('east'), south: [namespace('shop')] })
    expect(() => meshMtls(mesh, everything, 'south')).toThrow('revision [default] not found on cluster [south]')
  })

  it('is that of the only revision there is, where none is asked for', () => {
    const strict = istio('PeerAuthentication', 'istio-system', 'default', { mtls: { mode: 'STRICT' } })
    const mesh = testMesh({ west: [...controlPlane('west', { revision: '1-29-4' }), strict] })
    expect(meshMtls(mesh, everything, 'west').status).toBe('MTLS_ENABLED')
    expect(() => meshMtls(mesh, everything, 'west', 'default')).toThrow('revision [default] not found')
  })

  it('of an external control plane is configured in the cluster whose configuration it reads', () => {
    const strict = istio('PeerAuthentication', 'istio-system', 'default', { mtls: { mode: 'STRICT' } })
    const mesh = testMesh({ front: [strict], hub: controlPlane('hub', { id: 'front' }) })
    expect(meshMtls(mesh, everything, 'front').status).toBe('MTLS_ENABLED')
  })
})
