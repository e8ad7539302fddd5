/** KIA1401: a parent gateway that is missing or not open; KIA1402: a service that is missing or not granted. */
import type { ConfigObject } from '../../inventory/objects.ts'
import { type Fields, fieldsOf, recordsOf, textOf } from '../../istioconfig/read.ts'
import type { Facts } from '../facts.ts'
import { gatewayHost, parse, str } from '../hosts.ts'
import { matchesSelector } from '../labelSelector.ts'
import { specOf } from '../parsed.ts'
import type { Check } from './check.ts'

const gatewayApi = 'gateway.networking.k8s.io'

export const missingParent: Check = ({ object, facts, report }) => {
  recordsOf(specOf(object).parentRefs).forEach((ref, index) => {
    const name = textOf(ref.name)
    const isGateway = (textOf(ref.kind) || 'Gateway') === 'Gateway' && (textOf(ref.group) || gatewayApi) === gatewayApi
    if (name === '' || !isGateway || isOpen(facts, object, name, textOf(ref.namespace) || object.namespace)) return
    report('KIA1401', `spec/parentRefs[${index}]/name/${name}`)
  })
}

function isOpen(facts: Facts, route: ConfigObject, name: string, namespace: string): boolean {
  const wanted = gatewayHost(name, namespace, facts.frame())
  const gateway = facts.config['gateways.gateway.networking.k8s.io']
    .get(`${wanted.ns}/${wanted.svc}`)
    .find((each) => str(parse(each.name, each.namespace, facts.frame())) === str(wanted))
  if (gateway === undefined) return false
  if (gateway.namespace === route.namespace) return true
  return recordsOf(specOf(gateway).listeners).some(({ allowedRoutes }) => {
    const { from, selector } = fieldsOf(fieldsOf(allowedRoutes).namespaces)
    if (from === 'All') return true
    if (from !== 'Selector' || selector === undefined || selector === null) return false
    return matchesSelector(fieldsOf(selector), facts.namespaceLabels(route.namespace))
  })
}

export const missingService: Check = ({ object, facts, report }) => {
  const spec = specOf(object)
  recordsOf(spec.parentRefs).forEach((ref, index) => {
    if (textOf(ref.kind) === 'Service' && !isGranted(facts, object, ref))
      report('KIA1402', `spec/parentRefs[${index}]/name`)
  })
  recordsOf(spec.rules).forEach(({ backendRefs }, rule) => {
    recordsOf(backendRefs).forEach((ref, index) => {
      const isService = (textOf(ref.kind) || 'Service') === 'Service'
      if (isService && !isGranted(facts, object, ref))
        report('KIA1402', `spec/rules[${rule}]/backendRefs[${index}]/name`)
    })
  })
}

/** The service exists; another namespace's needs a grant there. Groups and names of grants are not compared. */
function isGranted(facts: Facts, route: ConfigObject, ref: Fields): boolean {
  const name = textOf(ref.name)
  const namespace = textOf(ref.namespace) || route.namespace
  if (name.includes('.') || facts.service(namespace, name) === undefined) return false
  if (namespace === route.namespace) return true
  return facts.inNamespace('referencegrants.gateway.networking.k8s.io', namespace).some((grant) => {
    const { from, to } = specOf(grant)
    return (
      recordsOf(from).some((each) => each.namespace === route.namespace && each.kind === route.kind) &&
      recordsOf(to).some(({ kind }) => kind === 'Service')
    )
  })
}
