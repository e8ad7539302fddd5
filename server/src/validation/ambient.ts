/** What the ambient mesh makes of objects: who is in it, who is enrolled with a waypoint, which settings are L7 (5.17). */
import type { ConfigObject, Labels } from '../inventory/objects.ts'
import { type Fields, fieldsOf, listOf, recordsOf, textOf, textsOf } from '../istioconfig/read.ts'
import { dataplaneMode, useWaypoint } from '../mesh/labels.ts'
import type { Facts } from './facts.ts'
import { destinationRule, isThere, specOf, virtualService } from './parsed.ts'

export function isAmbient(facts: Facts, namespace: string): boolean {
  const mode = facts.namespaceLabels(namespace)[dataplaneMode]
  if (mode !== undefined) return mode === 'ambient'
  const frame = facts.frame()
  return frame.ambient.has(namespace) && !frame.controlPlanes.has(namespace)
}

/** By its own label, else by its namespace's. A waypoint that is only deployed enrols nobody. */
export function isEnrolled(facts: Facts, labels: Labels, namespace: string): boolean {
  const name = labels[useWaypoint] ?? facts.namespaceLabels(namespace)[useWaypoint] ?? ''
  return name !== '' && name !== 'none'
}

const requestKeys = [
  'request.headers',
  'request.auth.claims',
  'request.auth.principal',
  'request.auth.audiences',
  'request.auth.presenter',
]
const requestFields = ['methods', 'notMethods', 'paths', 'notPaths', 'hosts', 'notHosts']

/** Only a waypoint or a sidecar can enforce it. */
export const isL7: Readonly<Record<string, (object: ConfigObject) => boolean>> = {
  AuthorizationPolicy: (object) => recordsOf(specOf(object).rules).some(isL7Rule),
  RequestAuthentication: () => true,
  WasmPlugin: () => true,
  Telemetry: (object) => {
    const { tracing, accessLogging, metrics } = specOf(object)
    return (
      listOf(tracing).length > 0 ||
      listOf(accessLogging).length > 0 ||
      recordsOf(metrics).some(({ overrides }) => listOf(overrides).length > 0)
    )
  },
  DestinationRule: (object) => {
    const { policy, subsets } = destinationRule(object)
    return [policy, ...subsets.map((subset) => subset.policy)].some(isL7Policy)
  },
  VirtualService: (object) => {
    const { gateways, routes } = virtualService(object)
    const inMesh = gateways.length === 0 || gateways.includes('mesh')
    return inMesh && routes.some(({ protocol }) => protocol !== 'tcp')
  },
}

function isL7Rule(rule: Fields): boolean {
  const some = (fields: Fields, names: readonly string[]) => names.some((name) => textsOf(fields[name]).length > 0)
  return (
    recordsOf(rule.when).some(({ key }) => requestKeys.some((prefix) => textOf(key).startsWith(prefix))) ||
    recordsOf(rule.to).some(({ operation }) => some(fieldsOf(operation), requestFields)) ||
    recordsOf(rule.from).some(({ source }) => some(fieldsOf(source), ['requestPrincipals', 'notRequestPrincipals']))
  )
}

function isL7Policy(policy: Fields): boolean {
  const hash = fieldsOf(fieldsOf(policy.loadBalancer).consistentHash)
  return (
    textOf(hash.httpHeaderName) !== '' ||
    isThere(hash.httpCookie) ||
    isThere(fieldsOf(policy.connectionPool).http) ||
    isThere(policy.outlierDetection)
  )
}
