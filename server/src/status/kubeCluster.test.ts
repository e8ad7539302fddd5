import { describe, expect, it } from 'vitest'
import { everything, testMesh } from '../catalog/testing.ts'
import type { Cluster } from '../clusters/clusters.ts'
import { kubeCluster } from './kubeCluster.ts'

const kiali = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'kiali', namespace: 'ops', labels: { 'app.kubernetes.io/part-of': 'kiali' } },
}
const east: Cluster = {
  name: 'east',
  home: true,
  accessible: true,
  apiEndpoint: '',
  secretName: '',
  state: 'reachable',
  since: 0,
}
const url = (cluster: string, instanceName: string, address: string) => ({
  cluster,
  instanceName,
  namespace: 'ops',
  url: address,
})
const consoles = (...urls: ReturnType<typeof url>[]) =>
  kubeCluster(testMesh({ east: [kiali] }).inventory, everything, east, urls).kialiInstances?.map(
    (instance) => `${instance.serviceName} ${instance.url}`,
  )

describe('consoles of a cluster', () => {
  it('are the Services that are part of Kiali', () => {
    expect(consoles()).toEqual(['kiali '])
  })

  it('have the address that the configuration gives them', () => {
    expect(consoles(url('east', 'kiali', 'https://k'), url('west', 'kiali', 'https://w'))).toEqual(['kiali https://k'])
  })

  it('may be known by configuration alone', () => {
    expect(consoles(url('east', 'other', 'https://o'))).toEqual(['kiali ', 'other https://o'])
  })
})
