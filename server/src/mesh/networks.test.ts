import { describe, expect, it } from 'vitest'
import { controlPlane, namespace, type TestObject, testMesh } from '../catalog/testing.ts'
import { meshFactsOf } from './mesh.ts'
import { gatewaysIn, networkOf, statedGateways } from './networks.ts'

const injector = (network: string): TestObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'istio-sidecar-injector', namespace: 'istio-system' },
  data: { values: JSON.stringify({ global: { network } }) },
})

const system = (labels: Record<string, string>, annotations: Record<string, string> = {}): TestObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'istio-system', labels, annotations },
})

const label = (network: string) => ({ 'topology.istio.io/network': network })
const remoteOf = (primary: string) => ({ 'topology.istio.io/controlPlaneClusters': primary })
const primary = (mesh?: string) =>
  controlPlane('east', { env: { EXTERNAL_ISTIOD: 'true' }, ...(mesh === undefined ? {} : { mesh }) })

describe('the network of a cluster', () => {
  it.each<[string, Record<string, TestObject[]>, string, string]>([
    ['is what its injector says', { east: [...primary(), injector('net-1'), system(label('net-2'))] }, 'east', 'net-1'],
    ['else the label of its system namespace', { east: [...primary(), system(label('net-2'))] }, 'east', 'net-2'],
    [
      'is its own also for a remote',
      { east: [...primary(), injector('net-1')], south: [system(label('net-s'), remoteOf('east'))] },
      'south',
      'net-s',
    ],
    [
      'is not that of its primary',
      { east: [...primary(), injector('net-1')], south: [system({}, remoteOf('east'))] },
      'south',
      '',
    ],
    ['is found without a control plane too', { lone: [namespace('elsewhere', label('net-x'))] }, 'lone', 'net-x'],
  ])('%s', (_what, clusters, cluster, expected) => {
    const { inventory } = testMesh(clusters)
    expect(networkOf(inventory, meshFactsOf(inventory), cluster)).toBe(expected)
  })

  it('may be stated by registry in meshNetworks, with its gateways', () => {
    const networks = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'istio', namespace: 'istio-system' },
      data: {
        mesh: 'trustDomain: a\n',
        meshNetworks:
          'networks:\n  net-m:\n    endpoints: [{fromRegistry: south}]\n    gateways: [{address: 192.0.2.7, port: 15443}]\n',
      },
    }
    const planes = primary().filter(({ kind }) => kind === 'Deployment')
    const { inventory } = testMesh({ east: [...planes, networks], south: [system({}, remoteOf('east'))] })
    const facts = meshFactsOf(inventory)
    expect(networkOf(inventory, facts, 'south')).toBe('net-m')
    expect(statedGateways(facts.managersOf('south'), 'net-m')).toEqual([
      {
        kind: 'meshNetworks',
        namespace: 'istio-system',
        name: '192.0.2.7',
        network: 'net-m',
        addresses: ['192.0.2.7'],
        port: 15443,
      },
    ])
  })
})

const gatewayService = (
  name: string,
  ports: number[],
  labels: Record<string, string> = {},
  ip?: string,
): TestObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'istio-system', labels: { ...label('net-1'), ...labels } },
  spec: { type: 'LoadBalancer', ports: ports.map((port) => ({ name: `p${port}`, port })) },
  status: { loadBalancer: ip === undefined ? {} : { ingress: [{ ip }] } },
})

const gateway = (name: string, listeners: object[]): TestObject => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'Gateway',
  metadata: { name, namespace: 'istio-system', labels: label('net-1') },
  spec: { addresses: [{ type: 'IPAddress', value: '192.0.2.9' }], listeners },
})

describe('gateways of networks', () => {
  it.each<[string, TestObject, object[]]>([
    [
      'a Service with the port for sidecars',
      gatewayService('eastwest', [15021, 15443], {}, '192.0.2.1'),
      [{ kind: 'Service', name: 'eastwest', addresses: ['192.0.2.1'], port: 15443 }],
    ],
    [
      'a Service still without address',
      gatewayService('eastwest', [15443, 15008]),
      [{ kind: 'Service', name: 'eastwest', addresses: [], port: 15443, hbonePort: 15008 }],
    ],
    [
      'a Service with a port of its own',
      gatewayService('eastwest', [443], { 'networking.istio.io/gatewayPort': '443' }),
      [{ kind: 'Service', name: 'eastwest', addresses: [], port: 443 }],
    ],
    ['no Service that exposes neither port', gatewayService('eastwest', [443]), []],
    [
      'a Gateway that passes TLS through',
      gateway('cross', [
        { port: 15021, protocol: 'TCP' },
        { port: 15443, protocol: 'TLS', tls: { mode: 'Passthrough' } },
      ]),
      [{ kind: 'Gateway', name: 'cross', addresses: ['192.0.2.9'], port: 15443 }],
    ],
    [
      'a Gateway for HBONE',
      gateway('cross', [{ port: 15008, protocol: 'HBONE' }]),
      [{ kind: 'Gateway', name: 'cross', addresses: ['192.0.2.9'], hbonePort: 15008 }],
    ],
  ])('%s', (_what, object, expected) => {
    const { inventory } = testMesh({ east: [object] })
    expect(gatewaysIn(inventory, 'east')).toEqual(
      expected.map((one) => ({ namespace: 'istio-system', network: 'net-1', ...one })),
    )
  })
})
