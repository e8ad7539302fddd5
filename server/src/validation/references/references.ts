/** What an object is about: other objects, services and workloads of its cluster (reference: validations.md 6). */
import type { IstioReferences } from '@binocle/api/istioConfig'
import type { Scope } from '../../access/scope.ts'
import type { Inventory } from '../../inventory/inventory.ts'
import type { ConfigObject, Labels } from '../../inventory/objects.ts'
import { labelsOf } from '../../istioconfig/read.ts'
import { isEmpty, selects, workloadSelector } from '../../istioconfig/selectors.ts'
import type { Facts } from '../facts.ts'
import { specOf } from '../parsed.ts'
import { createReferences, type References } from './builder.ts'
import { ofGateway as ofGatewayApiGateway, ofInferencePool, ofRoute } from './gatewayApi.ts'
import { ofAuthorizationPolicy, ofPeerAuthentication } from './policies.ts'
import { ofDestinationRule, ofGateway, ofServiceEntry, ofSidecar, ofVirtualService } from './routing.ts'

type Gather = (object: ConfigObject, facts: Facts, to: References, inventory: Inventory) => void

type Lists = readonly (keyof IstioReferences)[]

const objects: Lists = ['objectReferences']
const objectsAndServices: Lists = ['objectReferences', 'serviceReferences']
const objectsAndWorkloads: Lists = ['objectReferences', 'workloadReferences']

/** With the lists that Kiali fills: an empty list of another kind is null. */
const byKind: Readonly<Record<string, readonly [Gather, Lists]>> = {
  'networking.istio.io/DestinationRule': [ofDestinationRule, ['serviceReferences', 'workloadReferences']],
  'networking.istio.io/Gateway': [ofGateway, objectsAndWorkloads],
  'networking.istio.io/ServiceEntry': [ofServiceEntry, []],
  'networking.istio.io/Sidecar': [ofSidecar, []],
  'networking.istio.io/VirtualService': [ofVirtualService, objectsAndServices],
  'networking.istio.io/WorkloadEntry': [ofWorkloadEntry, objects],
  'networking.istio.io/WorkloadGroup': [ofWorkloadGroup, objects],
  'security.istio.io/AuthorizationPolicy': [ofAuthorizationPolicy, []],
  'security.istio.io/PeerAuthentication': [ofPeerAuthentication, objectsAndWorkloads],
  'gateway.networking.k8s.io/Gateway': [ofGatewayApiGateway, objectsAndWorkloads],
  'gateway.networking.k8s.io/GRPCRoute': [ofRoute, objectsAndServices],
  'gateway.networking.k8s.io/HTTPRoute': [ofRoute, objectsAndServices],
  'inference.networking.k8s.io/InferencePool': [ofInferencePool, []],
}

/** null: objects of this kind refer to nothing. What the viewer may not see is left out. */
export function referencesOf(
  object: ConfigObject,
  facts: Facts,
  inventory: Inventory,
  scope: Scope,
): IstioReferences | null {
  const known = byKind[`${object.group}/${object.kind}`]
  if (known === undefined) return null
  const [gather, filled] = known
  const references = createReferences()
  gather(object, facts, references, inventory)
  return references.done((namespace) => scope.sees({ cluster: object.cluster, namespace }) === 'yes', filled)
}

function ofWorkloadEntry(entry: ConfigObject, facts: Facts, to: References): void {
  const labels = labelsOf(specOf(entry).labels)
  for (const group of facts.inNamespace('workloadgroups.networking.istio.io', entry.namespace)) {
    if (hasMember(group, labels)) to.object(group)
  }
}

function ofWorkloadGroup(group: ConfigObject, facts: Facts, to: References, inventory: Inventory): void {
  for (const entry of inventory.in('workloadentries.networking.istio.io', group)) {
    if (hasMember(group, labelsOf(specOf(entry).labels))) to.object(entry)
  }
  const same = facts.workloadsIn(group.namespace).find(({ name }) => name === group.name)
  if (same !== undefined) to.workload(same)
}

/** Unlike a policy, a group that names no labels has no entries. */
function hasMember(group: ConfigObject, labels: Labels): boolean {
  const wanted = workloadSelector(group)
  return !isEmpty(wanted) && selects(wanted, labels)
}
