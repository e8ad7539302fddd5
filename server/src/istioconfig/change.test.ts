import { describe, expect, it } from 'vitest'
import { testMesh } from '../catalog/testing.ts'
import type { Kind } from '../inventory/inventory.ts'
import { creation, deletion, patch, patchOf } from './change.ts'
import { requiredType } from './managed.ts'

const mesh = testMesh({ west: [] })
const at = { cluster: 'west', namespace: 'shop' }
const type = requiredType('networking.istio.io/v1, Kind=VirtualService')
const collection = '/apis/networking.istio.io/v1/namespaces/shop/virtualservices'
const spec = { hosts: ['web'] }

describe('an object that is made', () => {
  it('goes to the cluster and the namespace of the path, with the head that it leaves out', () => {
    const { body, ...where } = creation(mesh, at, type, JSON.stringify({ metadata: { name: 'web' }, spec }))
    expect(where).toEqual({ cluster: 'west', method: 'POST', path: collection })
    expect(body).toEqual({
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: 'web', namespace: 'shop' },
      spec,
    })
  })

  it.each<[string, object]>([
    ['kind', { kind: 'Secret' }],
    ['kind that is no text', { kind: ['VirtualService'] }],
    ['group', { apiVersion: 'v1' }],
    ['group that only begins alike', { apiVersion: 'networking.istio.io.evil/v1' }],
    ['namespace', { metadata: { name: 'web', namespace: 'vault' } }],
  ])('AUTH-152: of another %s than the path says is refused', (_what, object) => {
    expect(() => creation(mesh, at, type, JSON.stringify(object))).toThrow(/does not match|is no VirtualService/)
  })

  it.each(['', 'not json', 'null', '5', '"text"', '[]', '{"a":'])('is refused where the body is %j', (text) => {
    expect(() => creation(mesh, at, type, text)).toThrow(/the body is no JSON/)
  })

  it.each([
    '{"metadata":{"name":"web"},"__proto__":{"kind":"Secret"}}',
    '{"metadata":{"name":"web","\\u005f_proto__":{}}}',
    '{"spec":{"http":[{"__proto__":1}]}}',
  ])('AUTH-T55: is refused where it would be read as a part of all objects: %s', (text) => {
    expect(() => creation(mesh, at, type, text)).toThrow('the body has a field `__proto__`')
  })

  it('is refused where it is nested deeper than anything that is defined', () => {
    const nested = (depth: number) => `{"spec":${'['.repeat(depth)}${']'.repeat(depth)}}`
    expect(() => creation(mesh, at, type, nested(199))).not.toThrow()
    for (const depth of [201, 100_000])
      expect(() => creation(mesh, at, type, nested(depth))).toThrow('deeper than 200 levels')
  })
})

describe('an object that is changed', () => {
  it('is patched where the path says', () => {
    expect(patchOf(mesh, at, type, 'web', '{"spec":{"hosts":null}}')).toEqual({
      cluster: 'west',
      method: 'PATCH',
      path: `${collection}/web`,
      body: { spec: { hosts: null } },
      contentType: 'application/merge-patch+json',
    })
  })

  it.each<[string, object]>([
    ['name', { metadata: { name: 'other' } }],
    ['namespace', { metadata: { namespace: 'vault' } }],
    ['kind', { kind: 'Gateway' }],
  ])('AUTH-T72: is not where the patch speaks of another %s', (_what, body) => {
    expect(() => patchOf(mesh, at, type, 'web', JSON.stringify(body))).toThrow(/does not match|is no VirtualService/)
  })

  it.each<[string, Kind, string, object]>([
    ['name of a service', 'services', 'shop', { metadata: { name: 'other' } }],
    ['namespace of a service', 'services', 'shop', { metadata: { namespace: 'vault' } }],
    ['kind of a workload', 'deployments.apps', 'shop', { kind: 'DaemonSet' }],
    ['group of a workload', 'deployments.apps', 'shop', { apiVersion: 'v1' }],
    ['name of a namespace', 'namespaces', '', { metadata: { name: 'vault' } }],
  ])('AUTH-T72: is not where the patch speaks of another %s', (_what, kind, namespace, body) => {
    for (const form of ['merge', 'strategic', 'apply'])
      expect(() => patch(mesh, { cluster: 'west', namespace }, kind, 'web', JSON.stringify(body), form)).toThrow(
        /does not match|is no Deployment/,
      )
  })

  it('is spoken of in the version that the cluster serves', () => {
    const body = { apiVersion: 'networking.istio.io/v1beta1', kind: 'VirtualService', spec }
    expect(patchOf(mesh, at, type, 'web', JSON.stringify(body)).body).toEqual({
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      spec,
    })
  })

  it('may say of itself what the path says', () => {
    const head = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'shop' } }
    expect(patch(mesh, at, 'deployments.apps', 'web', JSON.stringify(head), 'merge').body).toEqual(head)
  })

  it('has its name encoded: it leads nowhere else', () => {
    expect(deletion(mesh, at, type, '../../secrets/x').path).toBe(`${collection}/..%2F..%2Fsecrets%2Fx`)
    expect(deletion(mesh, { cluster: 'west', namespace: 'a/b' }, type, 'x').path).toContain('/namespaces/a%2Fb/')
  })

  it.each([
    ['merge', '{}', 'application/merge-patch+json', ''],
    ['anything', '{}', 'application/merge-patch+json', ''],
    ['json', '[]', 'application/json-patch+json', ''],
    ['strategic', '{}', 'application/strategic-merge-patch+json', ''],
    ['apply', '{}', 'application/apply-patch+yaml', '?fieldManager=binocle&force=true'],
  ])('is patched in the form %s', (form, text, contentType, query) => {
    const sent = patch(mesh, at, 'services', 'web', text, form)
    expect(sent).toMatchObject({ contentType, path: `/api/v1/namespaces/shop/services/web${query}` })
  })

  it('wants a list for the form json, and an object for the others', () => {
    expect(() => patch(mesh, at, 'services', 'web', '{}', 'json')).toThrow('the body is no list of operations')
    expect(() => patch(mesh, at, 'services', 'web', '[]', 'merge')).toThrow('the body is no JSON object')
  })

  it('is of the whole cluster where it lies in no namespace', () => {
    const { path } = patch(mesh, { cluster: 'west', namespace: '' }, 'namespaces', 'shop', '{}', 'merge')
    expect(path).toBe('/api/v1/namespaces/shop')
  })
})
