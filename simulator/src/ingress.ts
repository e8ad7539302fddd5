/** The ingress gateway that a mesh with a door to the outside has in each cluster. */
import type { SimCluster, SimWorkload } from './scenario.ts'

export const INGRESS = { namespace: 'istio-ingress', name: 'istio-ingressgateway' } as const

export const ingressGateway = (cluster: SimCluster): SimWorkload => ({
  ...INGRESS,
  cluster: cluster.name,
  kind: 'Deployment',
  app: INGRESS.name,
  version: '',
  image: 'docker.io/istio/proxyv2:1.30.1',
  replicas: 1,
  ready: 1,
  mode: 'none',
  gateway: 'ingress',
  labels: { istio: 'ingressgateway', 'istio.io/rev': 'default', 'istio.io/dataplane-mode': 'none' },
})
