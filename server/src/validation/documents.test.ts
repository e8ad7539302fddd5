import { describe, expect, it } from 'vitest'
import { controlPlane, everything, istio, namespace, onlySees, testMesh } from '../catalog/testing.ts'
import { istioConfigDetails } from '../istioconfig/details.ts'
import { listIstioConfig } from '../istioconfig/list.ts'
import { parseSelector } from '../istioconfig/selectorText.ts'
import { validationDocuments } from './documents.ts'
import { startEngine } from './engine.ts'

const injected = { 'istio-injection': 'enabled' }

function meshOfTwo() {
  const mesh = testMesh({
    east: [
      ...controlPlane('east'),
      namespace('pay', injected),
      namespace('shop', injected),
      istio('ServiceEntry', 'pay', 'partner', { hosts: ['api.example'], ports: [{ number: 443, protocol: 'TLS' }] }),
      istio('ServiceEntry', 'shop', 'partner', { hosts: ['api.example'], ports: [{ number: 443, protocol: 'TLS' }] }),
      istio('DestinationRule', 'shop', 'ghost', { host: 'ghost' }),
    ],
  })
  const engine = startEngine({
    inventory: mesh.inventory,
    config: mesh.config,
    defer: () => {},
    nowMs: () => 0,
  })
  return { ...mesh, validations: validationDocuments(engine, mesh.inventory) }
}

const entries = 'networking.istio.io/v1, Kind=ServiceEntry'
const query = { cluster: 'east', objects: [], validate: true, labels: parseSelector('') ?? (() => true) }

describe('validations for a viewer', () => {
  it('name what is involved', () => {
    const { validations } = meshOfTwo()
    expect(validations.one(everything, { cluster: 'east', namespace: 'shop' }, entries, 'partner')).toMatchObject({
      cluster: 'east',
      namespace: 'shop',
      valid: true,
      checks: [{ code: 'KIA1211', severity: 'warning', path: 'spec/ports[0]' }],
      references: [{ name: 'partner', namespace: 'pay', cluster: 'east' }],
    })
  })

  it('do not name what may not be seen', () => {
    const { validations } = meshOfTwo()
    const scope = onlySees('east/shop')
    expect(validations.one(scope, { cluster: 'east', namespace: 'shop' }, entries, 'partner')?.references).toBeNull()
    expect(validations.one(scope, { cluster: 'east', namespace: 'pay' }, entries, 'partner')).toBeUndefined()
    expect(Object.keys(validations.of(scope, 'east')[entries] ?? {})).toEqual(['partner.shop'])
  })

  it('are summed up without workloads', () => {
    const { validations } = meshOfTwo()
    expect(validations.summary(everything, { cluster: 'east', namespace: 'shop' })).toEqual({
      errors: 0,
      warnings: 2,
      objectCount: 2,
      namespace: 'shop',
      cluster: 'east',
    })
  })
})

describe('lists of configuration', () => {
  it('hold all types, and objects of the types asked for', () => {
    const list = listIstioConfig(meshOfTwo(), everything, { ...query, objects: [entries] })
    expect(Object.keys(list.resources)).toHaveLength(22)
    expect(list.resources[entries]).toHaveLength(2)
    expect(list.resources['networking.istio.io/v1, Kind=DestinationRule']).toEqual([])
    expect(Object.keys(list.validations)).toEqual([entries])
  })

  it('leave out what names services when they are about a workload', () => {
    const list = listIstioConfig(meshOfTwo(), everything, { ...query, workload: { app: 'web' } })
    expect(list.resources[entries]).toEqual([])
  })

  it('are empty of a namespace that may not be seen', () => {
    const list = listIstioConfig(meshOfTwo(), onlySees('east/shop'), { ...query, namespace: 'pay' })
    expect(list.resources[entries]).toEqual([])
    expect(list.validations).toEqual({})
  })
})

describe('an object of configuration', () => {
  const at = { cluster: 'east', namespace: 'shop' }
  const ghost = { type: 'networking.istio.io/v1, Kind=DestinationRule', name: 'ghost', help: true, validate: true }

  it('comes with what is found, what it is about, and help', async () => {
    const details = await istioConfigDetails(meshOfTwo(), { scope: everything }, at, ghost)
    expect(details.validation?.checks.map(({ code }) => code)).toEqual(['KIA0202'])
    expect(details.references).toEqual({ objectReferences: null, serviceReferences: [], workloadReferences: [] })
    expect(details.help?.map(({ objectField }) => objectField)).toContain('spec.host')
  })

  it.each([
    ['of an unknown type', { ...ghost, type: 'nogroup/v1, Kind=DestinationRule' }, 'BIN-QUERY-TYPE'],
    ['that does not exist', { ...ghost, name: 'nosuch' }, 'BIN-NOT-FOUND'],
  ])('%s is refused', async (_what, asked, code) => {
    await expect(istioConfigDetails(meshOfTwo(), { scope: everything }, at, asked)).rejects.toMatchObject({ code })
  })

  it('that may not be seen does not exist', async () => {
    await expect(istioConfigDetails(meshOfTwo(), { scope: onlySees('east/pay') }, at, ghost)).rejects.toMatchObject({
      code: 'BIN-NOT-FOUND',
    })
  })
})
