import { describe, expect, it } from 'vitest'
import { controlPlane, everything, namespace, onlySees, type TestObject, testMesh } from '../catalog/testing.ts'
import { controlPlaneDocuments } from './controlPlanes.ts'

const on = { 'istio-injection': 'enabled' }

const documents = (clusters: Record<string, TestObject[]>, scope = everything) =>
  controlPlaneDocuments(testMesh(clusters), scope, () => true)

describe('the document of a control plane', () => {
  it('tells its place, what it manages and its version', () => {
    const [plane] = documents({ east: [...controlPlane('east'), namespace('shop', on)] })
    expect(plane).toMatchObject({
      cluster: { name: 'east', isKialiHome: true },
      id: 'east',
      istiodName: 'istiod',
      istiodNamespace: 'istio-system',
      externalControlPlane: false,
      managesExternal: false,
      managedClusters: [{ name: 'east' }],
      managedNamespaces: [{ name: 'shop', cluster: 'east', revision: 'default' }],
      monitoringPort: 15014,
      revision: 'default',
      rootNamespace: 'istio-system',
      resources: {},
      status: 'Healthy',
      thresholds: { memory: 0, cpu: 0 },
      version: { name: 'Istio', version: '1.30.1', tempoConfig: {} },
    })
  })

  it('shows each source of its configuration and what they come to', () => {
    const shared = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'everybody', namespace: 'istio-system' },
      data: { mesh: 'enableTracing: true\ndefaultConfig:\n  meshId: m\n' },
    }
    const plane = controlPlane('east', {
      env: { SHARED_MESH_CONFIG: 'everybody' },
      mesh: 'trustDomain: a.example\nenableTracing: false\nrootNamespace: ""\ndefaultConfig:\n  concurrency: 2\n',
    })
    const [document] = documents({ east: [...plane, shared] })
    const outboundTrafficPolicy = { mode: 'ALLOW_ANY' }
    expect(document?.config.effectiveConfig.configMap).toEqual({
      mesh: { trustDomain: 'a.example', defaultConfig: { meshId: 'm', concurrency: 2 }, outboundTrafficPolicy },
      meshNetworks: {},
    })
    expect(document?.config.standardConfig).toEqual({
      cluster: 'east',
      name: 'istio',
      namespace: 'istio-system',
      configMap: {
        mesh: { trustDomain: 'a.example', defaultConfig: { concurrency: 2 }, outboundTrafficPolicy },
        meshNetworks: {},
      },
    })
    expect(document?.config.sharedConfig?.name).toBe('everybody')
  })

  it.each([
    ['outboundTrafficPolicy: {mode: REGISTRY_ONLY}', 'REGISTRY_ONLY'],
    ['outboundTrafficPolicy: {}', 'REGISTRY_ONLY'],
    ['{}', 'ALLOW_ANY'],
  ])('writes the mode of outbound traffic also where %j leaves it to Istio', (mesh, mode) => {
    const [document] = documents({ east: controlPlane('east', { mesh }) })
    expect(document?.config.effectiveConfig.configMap.mesh.outboundTrafficPolicy).toEqual({ mode })
  })

  it('of an external one tells the cluster whose configuration it reads', () => {
    const [plane] = documents({
      front: [namespace('shop', on)],
      hub: controlPlane('hub', { id: 'front', env: { EXTERNAL_ISTIOD: 'true' } }),
    })
    expect(plane).toMatchObject({
      cluster: { name: 'hub' },
      id: 'front',
      externalControlPlane: true,
      managedClusters: [{ name: 'front' }],
      managedNamespaces: [{ cluster: 'front', name: 'shop' }],
    })
  })

  it('says null where it manages nothing', () => {
    const [plane] = documents({ west: controlPlane('west', { id: 'Kubernetes' }) })
    expect([plane?.managedClusters, plane?.managedNamespaces]).toEqual([null, null])
  })

  it('is for those only who see its namespace, and tells them nothing of other clusters', () => {
    const clusters = () => ({ east: controlPlane('east'), west: controlPlane('west') })
    expect(documents(clusters(), onlySees('west')).map(({ cluster }) => cluster.name)).toEqual(['west'])
    expect(documents(clusters(), onlySees('east/shop'))).toEqual([])
  })
})
