/** KIA1501 to KIA1504 and GWAPI: gateways of the Gateway API. */
import type { ConfigObject } from '../../inventory/objects.ts'
import { type Fields, fieldsOf, recordsOf, textOf } from '../../istioconfig/read.ts'
import type { Facts } from '../facts.ts'
import { addressKeys, listenerKey, listeners } from '../gatewayKeys.ts'
import { specOf } from '../parsed.ts'
import { type Check, referred } from './check.ts'

/** Gateways of the same name in two namespaces are not compared, as Kiali does. */
const others = (facts: Facts, object: ConfigObject, key: string): readonly ConfigObject[] =>
  facts.config['gateways.gateway.networking.k8s.io'].get(key).filter(({ name }) => name !== object.name)

export const sameAddress: Check = ({ object, facts, report }) => {
  for (const key of addressKeys(object)) {
    const same = others(facts, object, key)
    if (same.length > 0) report('KIA1502', 'spec/addresses/value', { references: same.map(referred) })
  }
}

export const sameListener: Check = ({ object, facts, report }) => {
  listeners(object).forEach((listener, index) => {
    const key = listenerKey(listener)
    const same = key === undefined ? [] : others(facts, object, key)
    if (same.length > 0) report('KIA1501', `spec/listeners[${index}]/hostname`, { references: same.map(referred) })
  })
}

export const repeatedListener: Check = ({ object, report }) => {
  const own = listeners(object)
  own.forEach((listener, index) => {
    const key = listenerKey(listener)
    const twin = own.some((other) => other.name !== listener.name && key !== undefined && listenerKey(other) === key)
    if (twin) report('KIA1503', `spec/listeners[${index}]/name`)
  })
}

/** `configured`: class names of the configuration; empty = those found in the cluster that Istio implements. */
export const unknownClass =
  (configured: readonly string[]): Check =>
  ({ object, facts, report }) => {
    const known = configured.length > 0 ? configured : classesOf(facts)
    if (!known.includes(textOf(specOf(object).gatewayClassName))) report('KIA1504', 'spec/gatewayClassName')
  }

function classesOf(facts: Facts): readonly string[] {
  const found = facts.config['gatewayclasses.gateway.networking.k8s.io']
    .all()
    .filter((each) => textOf(specOf(each).controllerName).startsWith('istio.io'))
    .map(({ name }) => name)
  if (found.length > 0) return found
  const { clusterCount, ambientAnywhere } = facts.frame()
  return [
    'istio',
    'istio-remote',
    ...(clusterCount > 1 ? ['istio-east-west'] : []),
    ...(ambientAnywhere ? ['istio-waypoint'] : []),
  ]
}

const conditionsOfGateway = new Map([
  ['Accepted', 'False'],
  ['Programmed', 'False'],
  ['Ready', 'False'],
  ['Scheduled', 'False'],
])
const conditionsOfListener = new Map([
  ['Accepted', 'False'],
  ['Programmed', 'False'],
  ['Ready', 'False'],
  ['ResolvedRefs', 'False'],
  ['Conflicted', 'True'],
  ['Detached', 'True'],
])

/** What the controller says of it. */
export const badStatus: Check = ({ object, report }) => {
  const status = fieldsOf(object.resource.status)
  recordsOf(status.conditions).forEach((condition, index) => {
    if (isBad(condition, conditionsOfGateway)) {
      report('GWAPI', `status/conditions[${index}]/reason/${textOf(condition.reason)}`, said(condition))
    }
  })
  recordsOf(status.listeners).forEach((listener, index) => {
    for (const condition of recordsOf(listener.conditions)) {
      if (!isBad(condition, conditionsOfListener)) continue
      report('GWAPI', `status/conditions[${index}]/type/${textOf(condition.reason)}`, said(condition))
    }
  })
}

const said = ({ message }: Fields) => ({ message: `${textOf(message)}: the specification must be corrected` })

const waiting = new Set(['ListenerSetsNotValid', 'ListenersNotValid', 'Pending'])

function isBad({ type, status, reason, message }: Fields, bad: ReadonlyMap<string, string>): boolean {
  if (bad.get(textOf(type)) !== status) return false
  if (status !== 'False') return true
  const pending = textOf(message).toLowerCase().includes('address pending')
  return !waiting.has(textOf(reason)) && !(reason === 'AddressNotAssigned' && pending)
}
