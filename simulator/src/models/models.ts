/** Every deployment model that Istio's documentation knows, and meshes of three and six clusters. */

import { externalControlPlane, externalOutOfReach } from './external.ts'
import { clusterOf, istiod, library } from './library.ts'
import { catalogVersions } from './libraryConfig.ts'
import { type Model, plane } from './model.ts'

/** With its own istiod and a gateway to other networks. */
const primary = (name: string, network = `network-${name}`) =>
  clusterOf(name, { network, istiod: istiod(), eastWestGateway: true })

const remote = (name: string, of: string, network = `network-${name}`) =>
  clusterOf(name, { network, primary: of, eastWestGateway: true })

const single: Model = {
  name: 'single',
  summary: 'one cluster, one control plane; nothing is named',
  scenario: library({
    name: 'single',
    meshId: '',
    clusters: [clusterOf('Kubernetes', { network: '', istiod: istiod() })],
  }),
  expected: {
    controlPlanes: [plane('Kubernetes', { network: '', meshId: 'cluster.local' })],
    clusters: { Kubernetes: { role: 'primary', network: '' } },
  },
}

const canary: Model = {
  name: 'canary',
  summary: 'one cluster, two revisions of the control plane, the newer one under the tag next',
  scenario: library({
    name: 'canary',
    clusters: [
      clusterOf('main', {
        network: '',
        istiod: istiod({ version: '1.29.4' }),
        furtherIstiods: [istiod({ revision: '1-30-1', tags: ['next'] })],
      }),
    ],
    injection: { loans: { 'istio.io/rev': 'next' } },
  }),
  expected: {
    controlPlanes: [
      plane('main', { network: '' }),
      plane('main', { network: '', name: 'istiod-1-30-1', revision: '1-30-1', tag: 'next' }),
    ],
    clusters: { main: { role: 'primary', network: '' } },
  },
}

const multiPrimary: Model = {
  name: 'multi-primary',
  summary: 'two clusters on one network, each with its own control plane',
  scenario: library({
    name: 'multi-primary',
    clusters: ['east', 'west'].map((name) => clusterOf(name, { network: 'network-1', istiod: istiod() })),
  }),
  expected: {
    controlPlanes: [plane('east', { network: 'network-1' }), plane('west', { network: 'network-1' })],
    clusters: { east: { role: 'primary', network: 'network-1' }, west: { role: 'primary', network: 'network-1' } },
  },
}

const multiPrimaryMultiNetwork: Model = {
  name: 'multi-primary-multi-network',
  summary: 'two clusters on two networks with gateways between them, each with its own control plane',
  scenario: library({ name: 'multi-primary-multi-network', clusters: [primary('east'), primary('west')] }),
  expected: {
    controlPlanes: [plane('east', { network: 'network-east' }), plane('west', { network: 'network-west' })],
    clusters: {
      east: { role: 'primary', network: 'network-east' },
      west: { role: 'primary', network: 'network-west' },
    },
  },
}

const primaryRemote: Model = {
  name: 'primary-remote',
  summary: "west has no control plane: east's serves it; west's own Istio objects have no effect",
  scenario: library({
    name: 'primary-remote',
    clusters: [primary('east'), remote('west', 'east')],
    extraConfig: [{ cluster: 'west', object: catalogVersions() }],
  }),
  expected: {
    controlPlanes: [
      plane('east', { network: 'network-east', managesExternal: true, managedClusters: ['east', 'west'] }),
    ],
    clusters: {
      east: { role: 'primary', network: 'network-east' },
      west: { role: 'remote', network: 'network-west' },
    },
  },
}

const severalPrimaries: Model = {
  name: 'several-primaries',
  summary: 'two primaries, and a remote that either of them serves',
  scenario: library({
    name: 'several-primaries',
    clusters: [primary('east'), remote('south', 'east,west'), primary('west')],
  }),
  expected: {
    controlPlanes: [
      plane('east', { network: 'network-east', managesExternal: true, managedClusters: ['east', 'south'] }),
      plane('west', { network: 'network-west', managesExternal: true, managedClusters: ['west', 'south'] }),
    ],
    clusters: {
      east: { role: 'primary', network: 'network-east' },
      south: { role: 'remote', network: 'network-south' },
      west: { role: 'primary', network: 'network-west' },
    },
  },
}

const mixed: Model = {
  name: 'mixed',
  summary: 'two primaries, a remote on the network of one of them, and a cluster without Istio',
  scenario: library({
    name: 'mixed',
    clusters: [
      primary('east'),
      clusterOf('north', { network: '', outside: true }),
      clusterOf('south', { network: 'network-east', primary: 'east' }),
      clusterOf('west', { istiod: istiod({ version: '1.29.4', revision: '1-29-4' }), eastWestGateway: true }),
    ],
    inhabited: ['east', 'south', 'west'],
  }),
  expected: {
    controlPlanes: [
      plane('east', { network: 'network-east', managesExternal: true, managedClusters: ['east', 'south'] }),
      plane('west', { network: 'network-west', name: 'istiod-1-29-4', revision: '1-29-4' }),
    ],
    clusters: {
      east: { role: 'primary', network: 'network-east' },
      north: { role: 'unmanaged', network: '' },
      south: { role: 'remote', network: 'network-east' },
      west: { role: 'primary', network: 'network-west' },
    },
  },
}

const ambient: Model = {
  name: 'ambient',
  summary: 'two ambient clusters on two networks, with waypoints and HBONE gateways',
  scenario: library({
    name: 'ambient',
    mode: 'ambient',
    clusters: ['east', 'west'].map((name) =>
      clusterOf(name, { istiod: istiod(), eastWestGateway: true, ambient: true }),
    ),
  }),
  expected: {
    controlPlanes: [
      plane('east', { network: 'network-east', ambient: true }),
      plane('west', { network: 'network-west', ambient: true }),
    ],
    clusters: {
      east: { role: 'primary', network: 'network-east' },
      west: { role: 'primary', network: 'network-west' },
    },
  },
}

const THREE = ['east', 'south', 'west']

const three: Model = {
  name: 'three',
  summary: 'three primaries on three networks',
  scenario: library({ name: 'three', clusters: THREE.map((name) => primary(name)) }),
  expected: {
    controlPlanes: [
      plane('east', { network: 'network-east' }),
      plane('south', { network: 'network-south' }),
      plane('west', { network: 'network-west' }),
    ],
    clusters: {
      east: { role: 'primary', network: 'network-east' },
      south: { role: 'primary', network: 'network-south' },
      west: { role: 'primary', network: 'network-west' },
    },
  },
}

const six: Model = {
  name: 'six',
  summary: 'three primaries, each with a remote on its own network',
  scenario: library({
    name: 'six',
    clusters: ['africa', 'asia', 'europe'].flatMap((name) => [
      primary(`${name}-1`, name),
      remote(`${name}-2`, `${name}-1`, name),
    ]),
  }),
  expected: {
    controlPlanes: [
      plane('africa-1', { network: 'africa', managesExternal: true, managedClusters: ['africa-1', 'africa-2'] }),
      plane('asia-1', { network: 'asia', managesExternal: true, managedClusters: ['asia-1', 'asia-2'] }),
      plane('europe-1', { network: 'europe', managesExternal: true, managedClusters: ['europe-1', 'europe-2'] }),
    ],
    clusters: {
      'africa-1': { role: 'primary', network: 'africa' },
      'africa-2': { role: 'remote', network: 'africa' },
      'asia-1': { role: 'primary', network: 'asia' },
      'asia-2': { role: 'remote', network: 'asia' },
      'europe-1': { role: 'primary', network: 'europe' },
      'europe-2': { role: 'remote', network: 'europe' },
    },
  },
}

const misnamed: Model = {
  name: 'misnamed',
  summary: "west's control plane calls its cluster by another name than the console does",
  scenario: library({
    name: 'misnamed',
    clusters: [
      primary('east'),
      clusterOf('west', { istiod: istiod({ clusterId: 'Kubernetes' }), eastWestGateway: true }),
    ],
  }),
  expected: {
    controlPlanes: [
      plane('east', { network: 'network-east' }),
      plane('west', { network: 'network-west', id: 'Kubernetes', external: true, managedClusters: [] }),
    ],
    clusters: {
      east: { role: 'primary', network: 'network-east' },
      west: { role: 'unmanaged', network: 'network-west' },
    },
  },
}

const twoMeshes: Model = {
  name: 'two-meshes',
  summary: 'two clusters that are each a mesh of their own',
  scenario: library({
    name: 'two-meshes',
    meshId: 'mesh-east',
    clusters: [primary('east'), clusterOf('west', { istiod: istiod({ meshId: 'mesh-west' }) })],
    crossing: false,
  }),
  expected: {
    controlPlanes: [
      plane('east', { network: 'network-east', meshId: 'mesh-east' }),
      plane('west', { network: 'network-west', meshId: 'mesh-west' }),
    ],
    clusters: {
      east: { role: 'primary', network: 'network-east' },
      west: { role: 'primary', network: 'network-west' },
    },
  },
}

export const MODELS: readonly Model[] = [
  single,
  canary,
  multiPrimary,
  multiPrimaryMultiNetwork,
  primaryRemote,
  severalPrimaries,
  externalControlPlane,
  externalOutOfReach,
  mixed,
  ambient,
  three,
  six,
  misnamed,
  twoMeshes,
]

/** Undefined: there is no such model. */
export const modelNamed = (name: string): Model | undefined => MODELS.find((model) => model.name === name)
