/** What gateways, routes and inference pools of the Gateway API are about (reference: validations.md 6). */
import type { Inventory } from '../../inventory/inventory.ts'
import type { ConfigObject } from '../../inventory/objects.ts'
import { type Fields, fieldsOf, recordsOf, textOf } from '../../istioconfig/read.ts'
import { selects, workloadSelector } from '../../istioconfig/selectors.ts'
import { gatewayName } from '../../mesh/labels.ts'
import type { Facts } from '../facts.ts'
import { resolve } from '../hosts.ts'
import { specOf } from '../parsed.ts'
import type { References } from './builder.ts'

const group = 'gateway.networking.k8s.io'
const gatewayGvk = { Group: group, Version: 'v1', Kind: 'Gateway' }

export function ofGateway(gateway: ConfigObject, facts: Facts, to: References): void {
  for (const route of facts.config['httproutes.gateway.networking.k8s.io'].all()) {
    const named = parents(route).some(
      (ref) => ref.name === gateway.name && namespaceOf(ref, route) === gateway.namespace,
    )
    if (named) to.object(route)
  }
  // The namespace is not compared, as Kiali does.
  for (const route of facts.config['grpcroutes.gateway.networking.k8s.io'].all()) {
    if (parents(route).some(({ name }) => name === gateway.name)) to.object(route)
  }
  for (const workload of facts.workloadsIn(gateway.namespace)) {
    if (workload.labels[gatewayName] === gateway.name) to.workload(workload)
  }
}

export function ofRoute(route: ConfigObject, facts: Facts, to: References, inventory: Inventory): void {
  for (const ref of parents(route)) to.named(gatewayGvk, namespaceOf(ref, route), textOf(ref.name))
  for (const grant of facts.config['referencegrants.gateway.networking.k8s.io'].all()) {
    const [from] = recordsOf(specOf(grant).from)
    if (from?.namespace === route.namespace && from.kind === route.kind) to.object(grant)
  }
  for (const ref of backends(route)) {
    const kind = textOf(ref.kind) || 'Service'
    const name = textOf(ref.name)
    const namespace = namespaceOf(ref, route)
    if (kind === 'Service') {
      const { ns, svc } = resolve(name, namespace, facts.frame())
      to.service(ns, svc)
    } else if (kind === 'InferencePool' && route.kind === 'HTTPRoute') {
      const pool = inventory.get('inferencepools.inference.networking.k8s.io', { ...route, namespace }, name)
      if (pool !== undefined) to.object(pool)
    }
  }
}

export function ofInferencePool(pool: ConfigObject, facts: Facts, to: References): void {
  for (const route of facts.config['httproutes.gateway.networking.k8s.io'].all()) {
    const uses = backends(route).some(
      (ref) => ref.kind === 'InferencePool' && ref.name === pool.name && namespaceOf(ref, route) === pool.namespace,
    )
    if (uses) to.object(route)
  }
  const picker = textOf(fieldsOf(specOf(pool).endpointPickerRef).name)
  if (picker !== '' && facts.service(pool.namespace, picker) !== undefined) to.service(pool.namespace, picker)
  const selector = workloadSelector(pool)
  for (const workload of facts.workloadsIn(pool.namespace))
    if (selects(selector, workload.labels)) to.workload(workload)
}

const parents = (route: ConfigObject): readonly Fields[] =>
  recordsOf(specOf(route).parentRefs).filter(
    ({ name, kind, group: written }) =>
      textOf(name) !== '' && (textOf(kind) || 'Gateway') === 'Gateway' && (textOf(written) || group) === group,
  )

const backends = (route: ConfigObject): readonly Fields[] =>
  recordsOf(specOf(route).rules).flatMap(({ backendRefs }) => recordsOf(backendRefs))

const namespaceOf = (ref: Fields, { namespace }: ConfigObject): string => textOf(ref.namespace) || namespace
