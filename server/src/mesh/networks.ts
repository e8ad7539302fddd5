/**
 * Networks: which one a cluster is on, and through which gateways others come into it (reference: multicluster.md 18.2).
 * Without a gateway endpoints stay in the proxies' configuration all the same: callers run into time-outs.
 */
import type { ClusterName } from '@binocle/api/identity'
import type { NetworkGateway } from '@binocle/api/multicluster'
import type { Inventory } from '../inventory/inventory.ts'
import type { ConfigObject, Namespace, Service } from '../inventory/objects.ts'
import { type Fields, fieldsOf, numberOf, recordsOf, textOf } from '../istioconfig/read.ts'
import type { ControlPlane } from './controlPlanes.ts'
import type { MeshFacts } from './mesh.ts'

const networkLabel = 'topology.istio.io/network'
const passthroughPort = 15443
const hbonePort = 15008

/**
 * Of its own control plane, else the label of its system namespace, else what its managers' `meshNetworks` say. '' =
 * nothing states one: all such clusters share a network.
 */
export function networkOf(inventory: Inventory, facts: MeshFacts, cluster: ClusterName): string {
  const own = facts.controlPlanesIn(cluster).find(({ network, id }) => id === cluster && network !== '')
  if (own !== undefined) return own.network
  const managers = facts.managersOf(cluster)
  const named = (namespace: string) => labelOf(inventory.get('namespaces', { cluster, namespace: '' }, namespace))
  for (const namespace of new Set([...managers.map((plane) => plane.namespace), 'istio-system'])) {
    if (named(namespace) !== '') return named(namespace)
  }
  // Of a control plane out of our reach the system namespace may have any name: only it carries the label.
  if (managers.length === 0) {
    for (const namespace of inventory.all('namespaces', cluster))
      if (labelOf(namespace) !== '') return labelOf(namespace)
  }
  return managers.map((plane) => registryNetwork(plane, cluster)).find((network) => network !== '') ?? ''
}

const labelOf = (namespace: Namespace | undefined): string => namespace?.labels[networkLabel] ?? ''

/** `meshNetworks` may say that all endpoints of a cluster's registry are on a network. */
function registryNetwork({ config }: ControlPlane, cluster: ClusterName): string {
  const found = Object.entries(config.networks).find(([, network]) =>
    recordsOf(fieldsOf(network).endpoints).some((endpoint) => textOf(endpoint.fromRegistry) === cluster),
  )
  return found?.[0] ?? ''
}

interface Found {
  readonly version: string
  readonly gateways: readonly NetworkGateway[]
}

const kept = new WeakMap<Inventory, Map<ClusterName, Found>>()

/** Services and Gateways of the cluster that carry a network's label, in order of namespace and name. */
export function gatewaysIn(inventory: Inventory, cluster: ClusterName): readonly NetworkGateway[] {
  const ofInventory = kept.get(inventory) ?? new Map<ClusterName, Found>()
  kept.set(inventory, ofInventory)
  const version = `${inventory.kindVersion('services', cluster)} ${inventory.kindVersion(gatewayKind, cluster)}`
  const last = ofInventory.get(cluster)
  if (last?.version === version) return last.gateways
  const gateways = findGateways(inventory, cluster)
  ofInventory.set(cluster, { version, gateways })
  return gateways
}

/** What the control planes of a cluster know of a network beside what is labelled: key `gateways` of `meshNetworks`. */
export function statedGateways(planes: readonly ControlPlane[], network: string): readonly NetworkGateway[] {
  return planes.flatMap(({ config, namespace }) =>
    recordsOf(fieldsOf(config.networks[network]).gateways).map((gateway): NetworkGateway => {
      const address = textOf(gateway.address) || textOf(gateway.registryServiceName)
      const port = numberOf(gateway.port)
      return {
        kind: 'meshNetworks',
        namespace,
        name: address,
        network,
        addresses: address === '' ? [] : [address],
        ...(port === undefined ? {} : { port }),
      }
    }),
  )
}

const gatewayKind = 'gateways.gateway.networking.k8s.io'

function findGateways(inventory: Inventory, cluster: ClusterName): readonly NetworkGateway[] {
  const found: NetworkGateway[] = []
  for (const service of inventory.all('services', cluster)) {
    const network = service.labels[networkLabel]
    if (network !== undefined) found.push(...serviceGateway(service, network))
  }
  for (const gateway of inventory.all(gatewayKind, cluster)) {
    const network = gateway.labels[networkLabel]
    if (network !== undefined) found.push(...gatewayGateway(gateway, network))
  }
  return found.sort((a, b) => compare(a.namespace, b.namespace) || compare(a.name, b.name))
}

/** A Service that exposes neither port is no way in. */
function serviceGateway({ labels, loadBalancer, name, namespace, ports }: Service, network: string): NetworkGateway[] {
  const wanted = Number(labels['networking.istio.io/gatewayPort'] ?? passthroughPort)
  return entrance(
    { kind: 'Service', namespace, name, network, addresses: [...loadBalancer] },
    ports.find(({ port }) => port === wanted)?.port,
    ports.find(({ port }) => port === hbonePort)?.port,
  )
}

/** Istio takes addresses from `spec`, not from `status`; the Service that it makes of its own class counts beside. */
function gatewayGateway({ labels, name, namespace, resource }: ConfigObject, network: string): NetworkGateway[] {
  const spec = fieldsOf(resource.spec)
  const listeners = recordsOf(spec.listeners)
  const wanted = Number(labels['networking.istio.io/gatewayPort'] ?? passthroughPort)
  return entrance(
    {
      kind: 'Gateway',
      namespace,
      name,
      network,
      addresses: recordsOf(spec.addresses)
        .map(({ value }) => textOf(value))
        .filter((address) => address !== ''),
    },
    numberOf(listeners.find((listener) => isPassthrough(listener, wanted))?.port),
    numberOf(listeners.find(({ protocol }) => protocol === 'HBONE')?.port),
  )
}

const isPassthrough = ({ port, tls }: Fields, wanted: number): boolean =>
  tls !== undefined &&
  (port === wanted || fieldsOf(fieldsOf(tls).options)['gateway.istio.io/listener-protocol'] === 'auto-passthrough')

const entrance = (gateway: NetworkGateway, port: number | undefined, hbone: number | undefined): NetworkGateway[] =>
  port === undefined && hbone === undefined
    ? []
    : [{ ...gateway, ...(port === undefined ? {} : { port }), ...(hbone === undefined ? {} : { hbonePort: hbone }) }]

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
