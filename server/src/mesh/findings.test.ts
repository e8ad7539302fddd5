import { describe, expect, it } from 'vitest'
import { controlPlane, testMesh } from '../catalog/testing.ts'
import { findingsOf, type Place } from './findings.ts'
import { meshFactsOf } from './mesh.ts'

const nowMs = Date.UTC(2026, 0, 1)
const dayMs = 86_400_000

const root = (fingerprint: string, days = 1000) => ({
  fingerprint,
  issuer: 'CN=Root',
  notBefore: 0,
  notAfter: nowMs + days * dayMs,
  dnsNames: null,
  error: '',
})

const gateway = (network: string, ...addresses: string[]) => ({
  kind: 'Service' as const,
  namespace: 'istio-system',
  name: 'eastwest',
  network,
  addresses,
})

/** The control planes of a cluster, of a console that sees this one alone. */
const planesOf = (cluster: string, more?: Parameters<typeof controlPlane>[1]) =>
  meshFactsOf(testMesh({ [cluster]: controlPlane(cluster, more) }).inventory).controlPlanes

const place = (cluster: string, more: Partial<Place> = {}): Place => ({
  cluster,
  role: 'primary',
  network: '',
  gateways: [],
  planes: planesOf(cluster),
  managers: planesOf(cluster),
  asksForMesh: false,
  roots: [],
  istioObjects: 0,
  unread: [],
  ...more,
})

const texts = (...places: [Place, ...Place[]]) =>
  findingsOf(places[0], places, nowMs).map(({ code, message }) => `${code} ${message}`)

describe('a cluster', () => {
  it('that is well has no findings', () => {
    const east = place('east', { network: 'net-1', roots: [root('AA')], istioObjects: 7 })
    const west = place('west', { network: 'net-1', roots: [root('AA')] })
    expect(texts(east, west)).toEqual([])
  })

  it.each<[string, [Place, ...Place[]], string]>([
    [
      'whose istiod calls it otherwise',
      [place('west', { planes: planesOf('west', { id: 'Kubernetes' }), managers: [], role: 'unmanaged' })],
      'BIN-CLUSTER-NAME istiod in istio-system calls its cluster Kubernetes, but it runs in west.',
    ],
    [
      'that nobody manages although it asks for it',
      [place('north', { planes: [], managers: [], role: 'unmanaged', asksForMesh: true })],
      'BIN-MESH-CONTROL-PLANE north has no istiod, and no control plane that we can see manages it.',
    ],
    [
      'that an istiod cannot read',
      [place('east', { unread: [{ by: 'istiod-1 of west', syncStatus: 'timeout' }] })],
      'BIN-MESH-UNREAD istiod-1 of west does not read east: timeout.',
    ],
    [
      'whose Istio objects nobody reads',
      [place('south', { role: 'remote', planes: [], managers: planesOf('east'), istioObjects: 1 })],
      "BIN-MESH-CONFIG-IGNORED 1 Istio object in south has no effect: a remote cluster's configuration is that of east.",
    ],
    [
      'on a network without gateway',
      [place('east', { network: 'net-1' }), place('west', { network: 'net-2' })],
      'BIN-MESH-NETWORK Network net-1 of east has no gateway: calls from other networks to it run into time-outs.',
    ],
    [
      'on a network whose gateway has no address',
      [place('east', { network: 'net-1', gateways: [gateway('net-1')] }), place('west', { network: 'net-2' })],
      'BIN-MESH-NETWORK The gateway eastwest in istio-system of network net-1 has no external address: calls from other networks to east run into time-outs.',
    ],
    [
      'that shares no root with another',
      [place('east', { roots: [root('AA')] }), place('west', { roots: [root('BB'), root('CC')] }), place('south')],
      'BIN-MESH-TRUST east shares no root certificate with west: calls between them fail their TLS handshake.',
    ],
    [
      'whose root expires soon',
      [place('east', { roots: [root('AA', 10)] })],
      'BIN-MESH-CERTIFICATE The root certificate CN=Root of east expires on 2026-01-11.',
    ],
    [
      'whose root expired',
      [place('east', { roots: [root('AA', -1)] })],
      'BIN-MESH-CERTIFICATE The root certificate CN=Root of east expired on 2025-12-31: no call is trusted any more.',
    ],
  ])('%s is told so', (_what, places, expected) => {
    expect(texts(...places)).toEqual([expected])
  })

  it.each<[string, [Place, ...Place[]]]>([
    [
      'whose network has a gateway with an address, be it in another cluster',
      [
        place('east', { network: 'net-1' }),
        place('east-2', { network: 'net-1', gateways: [gateway('net-1', '192.0.2.1')] }),
        place('west', { network: 'net-2' }),
      ],
    ],
    [
      'of another mesh than the one with another root',
      [
        place('east', { roots: [root('AA')] }),
        place('west', { roots: [root('BB')], managers: planesOf('west', { mesh: 'trustDomain: other.example\n' }) }),
      ],
    ],
    [
      'that shares one of two roots while they are rotated',
      [place('east', { roots: [root('AA')] }), place('west', { roots: [root('BB'), root('AA')] })],
    ],
    ['without Istio', [place('north', { planes: [], managers: [], role: 'unmanaged' }), place('east')]],
    [
      'alone on its network in its own mesh',
      [
        place('east', { network: 'net-1' }),
        place('west', { network: 'net-2', managers: planesOf('west', { mesh: 'trustDomain: other.example\n' }) }),
      ],
    ],
    ['whose roots are unknown', [place('east'), place('west', { roots: [root('BB')] })]],
    [
      'that hosts an external control plane',
      [place('hub', { role: 'external', planes: planesOf('hub', { id: 'front', env: { EXTERNAL_ISTIOD: 'true' } }) })],
    ],
  ])('%s is well', (_what, places) => {
    expect(texts(...places)).toEqual([])
  })
})
