/** What an object is about: other objects, services and workloads of its cluster (reference: validations.md 6). */
import type { IstioReferences } from '@binocle/api/istioConfig'
import type { Scope } from '../../access/scope.ts'
import type { Inventory } from '../../inventory/inventory.ts'
import type { ConfigObject } from '../../inventory/objects.ts'
import { labelsOf } from '../../istioconfig/read.ts'
import { selects, workloadSelector } from '../../istioconfig/selectors.ts'
import type { Facts } from '../facts.ts'
import { specOf } from '../parsed.ts'
import { createReferences, type References } from './builder.ts'
import { ofGateway as ofGatewayApiGateway, ofInferencePool, ofRoute } from './gatewayApi.ts'
import { ofAuthorizationPolicy, ofPeerAuthentication } from './policies.ts'
import { ofDestinationRule, ofGateway, ofServiceEntry, ofSidecar, ofVirtualService } from './routing.ts'

type Gather = (object: ConfigObject, facts: Facts, to: References, inventory: Inventory) => void

const byKind: Readonly<Record<string, Gather>> = {
  'networking.istio.io/DestinationRule': ofDestinationRule,
  'networking.istio.io/Gateway': ofGateway,
  'networking.istio.io/ServiceEntry': ofServiceEntry,
  'networking.istio.io/Sidecar': ofSidecar,
  'networking.istio.io/VirtualService': ofVirtualService,
  'networking.istio.io/WorkloadEntry': ofWorkloadEntry,
  'networking.istio.io/WorkloadGroup': ofWorkloadGroup,
  'security.istio.io/AuthorizationPolicy': ofAuthorizationPolicy,
  'security.istio.io/PeerAuthentication': ofPeerAuthentication,
  'gateway.networking.k8s.io/Gateway': ofGatewayApiGateway,
  'gateway.networking.k8s.io/GRPCRoute': ofRoute,
  'gateway.networking.k8s.io/HTTPRoute': ofRoute,
  'inference.networking.k8s.io/InferencePool': ofInferencePool,
}

/** null: objects of this kind refer to nothing. What the viewer may not see is left out. */
export function referencesOf(
  object: ConfigObject,
  facts: Facts,
  inventory: Inventory,
  scope: Scope,
): IstioReferences | null {
  const gather = byKind[`${object.group}/${object.kind}`]
  if (gather === undefined) return null
  const references = createReferences()
  gather(object, facts, references, inventory)
  return references.done((namespace) => scope.sees({ cluster: object.cluster, namespace }) === 'yes')
}

function ofWorkloadEntry(entry: ConfigObject, facts: Facts, to: References): void {
  const labels = labelsOf(specOf(entry).labels)
  for (const group of facts.inNamespace('workloadgroups.networking.istio.io', entry.namespace)) {
    if (selects(workloadSelector(group), labels)) to.object(group)
  }
}

function ofWorkloadGroup(group: ConfigObject, facts: Facts, to: References, inventory: Inventory): void {
  for (const entry of inventory.in('workloadentries.networking.istio.io', group)) {
    if (selects(workloadSelector(group), labelsOf(specOf(entry).labels))) to.object(entry)
  }
  const same = facts.workloadsIn(group.namespace).find(({ name }) => name === group.name)
  if (same !== undefined) to.workload(same)
}
