/**
 * The frame in which a cluster's objects are judged: its namespaces, which control plane manages each, and what the
 * control planes say (reference: validations.md 2.3, 2.4, 2.6). It changes rarely; when it does, the whole cluster is
 * judged anew.
 */
import type { ClusterName } from '@binocle/api/identity'
import type { Config } from '../config/config.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { Labels, Namespace } from '../inventory/objects.ts'
import { fieldsOf, recordsOf, textOf, textsOf } from '../istioconfig/read.ts'
import type { ControlPlane } from '../mesh/controlPlanes.ts'
import { controlPlaneOf, identityDomain, isAmbientNamespace, type MeshFacts } from '../mesh/mesh.ts'
import type { HostRules } from './hosts.ts'
import { matchesSelector } from './labelSelector.ts'

/** What a control plane decides for the namespaces it manages. */
export interface Plane {
  readonly autoMtls: boolean
  /** Hosts outside the registry may be called: their absence is a warning only. */
  readonly allowAny: boolean
  readonly root: string
  /** Gateways select workloads of their own namespace only. */
  readonly scopeGateways: boolean
  /** Default export lists by kind. */
  readonly exports: Readonly<Record<Exported, readonly string[]>>
}

export type Exported = 'DestinationRule' | 'Service' | 'VirtualService'

export interface Frame extends HostRules {
  readonly cluster: ClusterName
  /** Managed namespaces, in order: from each of them the configuration is looked at. */
  readonly viewers: readonly string[]
  readonly planes: ReadonlyMap<string, Plane>
  readonly ambient: ReadonlySet<string>
  /** Namespaces of istiods of this cluster. */
  readonly controlPlanes: ReadonlySet<string>
  /** The trust domain by which workloads of this cluster are called, and its aliases. */
  readonly trustDomains: readonly string[]
  readonly knownTrustDomains: ReadonlySet<string>
  /** Namespaces of istiods of any cluster. */
  readonly istiodNamespaces: ReadonlySet<string>
  readonly clusterCount: number
  readonly ambientAnywhere: boolean
  /** Equal signatures: nothing that a check could see differs. */
  readonly signature: string
}

/** Namespaces that the console does not show take no part. */
export function frameOf(
  inventory: Inventory,
  facts: MeshFacts,
  istio: Config['istio'],
  cluster: ClusterName,
  isShown: (namespace: Namespace) => boolean,
): Frame {
  const namespaces = inventory.in('namespaces', { cluster, namespace: '' }).filter(isShown)
  const planeByControlPlane = new Map<ControlPlane, Plane>()
  const planes = new Map<string, Plane>()
  const ambient = new Set<string>()
  for (const { name, labels } of namespaces) {
    const at = { cluster, namespace: name }
    if (isAmbientNamespace(facts, at, labels)) ambient.add(name)
    const controlPlane = controlPlaneOf(facts, at, labels)
    if (controlPlane === undefined || !discovers(controlPlane, at.namespace, labels)) continue
    const plane = planeByControlPlane.get(controlPlane) ?? planeOf(controlPlane)
    planeByControlPlane.set(controlPlane, plane)
    planes.set(name, plane)
  }
  const clusters = inventory.clusters()
  const frame = {
    cluster,
    domain: identityDomain(facts, cluster, istio),
    names: new Set(namespaces.map(({ name }) => name)),
    viewers: namespaces.map(({ name }) => name).filter((name) => planes.has(name)),
    planes,
    ambient,
    controlPlanes: new Set(facts.controlPlanesIn(cluster).map(({ namespace }) => namespace)),
    trustDomains: trustDomainsOf(facts, cluster, istio),
    knownTrustDomains: new Set(clusters.flatMap((each) => trustDomainsOf(facts, each, istio))),
    istiodNamespaces: new Set(facts.controlPlanes.map(({ namespace }) => namespace)),
    clusterCount: clusters.length,
    ambientAnywhere: clusters.some((each) => facts.isAmbient(each)),
  }
  return { ...frame, signature: signatureOf(frame) }
}

function planeOf({ config, rootNamespace, deployment }: ControlPlane): Plane {
  const { document } = config
  const outbound = fieldsOf(document.outboundTrafficPolicy).mode
  return {
    autoMtls: config.enableAutoMtls,
    allowAny: outbound === undefined || outbound === 'ALLOW_ANY',
    root: rootNamespace,
    scopeGateways: deployment.template.containers[0]?.env.PILOT_SCOPE_GATEWAY_TO_NAMESPACE === 'true',
    exports: {
      DestinationRule: textsOf(document.defaultDestinationRuleExportTo),
      Service: textsOf(document.defaultServiceExportTo),
      VirtualService: textsOf(document.defaultVirtualServiceExportTo),
    },
  }
}

/** Its own namespaces are always discovered; of the others those that some selector matches. */
function discovers({ config, namespace, rootNamespace }: ControlPlane, name: string, labels: Labels): boolean {
  const selectors = recordsOf(config.document.discoverySelectors)
  return (
    selectors.length === 0 ||
    name === namespace ||
    name === rootNamespace ||
    selectors.some((selector) => matchesSelector(selector, labels))
  )
}

/** As of the control plane that runs in the cluster; a remote falls back to the default, as Kiali does. */
function trustDomainsOf(facts: MeshFacts, cluster: ClusterName, istio: Config['istio']): readonly string[] {
  const own = facts.controlPlanesIn(cluster)[0]
  const domain = identityDomain(facts, cluster, istio).replace(/^svc\./, '')
  return [domain, ...textsOf(own?.config.document.trustDomainAliases).map(textOf)]
}

function signatureOf(frame: Omit<Frame, 'signature'>): string {
  return JSON.stringify(Object.values(frame), (_, value: unknown) => {
    if (value instanceof Set) return [...value]
    return value instanceof Map ? [...value] : value
  })
}
