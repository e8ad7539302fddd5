/** Label and field selectors: their text to a predicate. */
import type { StoredObject } from './collection.ts'
import { at, fieldsAt, textAt } from './json.ts'
import { type ResourceType, resourceName } from './resources.ts'
import { badRequest } from './status.ts'

export type Matches = (object: StoredObject) => boolean

/** Both selectors of a request; undefined when neither asks for anything. Throws a 400 when one cannot be parsed. */
export function selectorOf(type: ResourceType, labelSelector: string, fieldSelector: string): Matches | undefined {
  const all = [...labelRequirements(labelSelector), ...fieldRequirements(type, fieldSelector)]
  return all.length === 0 ? undefined : (object) => all.every((matches) => matches(object))
}

type LabelTest = (labels: Readonly<Record<string, unknown>>) => boolean

function labelRequirements(selector: string): Matches[] {
  return splitOutsideParentheses(selector)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(labelRequirement)
    .map((test) => (object) => test(fieldsAt(object.fields, 'metadata', 'labels')))
}

const key = `([A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?)`
const value = `([A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?|)`
const equality = new RegExp(`^${key}\\s*(==?|!=)\\s*${value}$`)
const membership = new RegExp(`^${key}\\s+(in|notin)\\s*\\(([^()]*)\\)$`)
const presence = new RegExp(`^(!?)\\s*${key}$`)

function labelRequirement(part: string): LabelTest {
  const equal = equality.exec(part)
  if (equal) {
    const [, name = '', operator, wanted = ''] = equal
    return operator === '!=' ? (labels) => labels[name] !== wanted : (labels) => labels[name] === wanted
  }
  const among = membership.exec(part)
  if (among) {
    const [, name = '', operator, list = ''] = among
    const wanted = new Set<unknown>(list.split(',').map((one) => one.trim()))
    return operator === 'in' ? (labels) => wanted.has(labels[name]) : (labels) => !wanted.has(labels[name])
  }
  const present = presence.exec(part)
  if (present) {
    const [, not, name = ''] = present
    return (labels) => (labels[name] === undefined) === (not === '!')
  }
  throw badRequest(`unable to parse requirement: ${JSON.stringify(part)} is not a label requirement`)
}

function splitOutsideParentheses(text: string): string[] {
  return text.split(/,(?![^(]*\))/)
}

/** Fields that any resource can be selected by, then those of some. */
const anyField = ['metadata.name', 'metadata.namespace']
const fieldsByResource: Readonly<Record<string, readonly string[]>> = {
  pods: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  nodes: ['spec.unschedulable'],
  namespaces: ['status.phase'],
  secrets: ['type'],
  services: ['spec.clusterIP', 'spec.type'],
  'replicasets.apps': ['status.replicas'],
  'jobs.batch': ['status.successful'],
  events: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
}

function fieldRequirements(type: ResourceType, selector: string): Matches[] {
  return selector
    .split(',')
    .filter((part) => part !== '')
    .map((part) => {
      const found = /^([^=!]+)(==?|!=)(.*)$/.exec(part)
      if (!found) throw badRequest(`invalid selector: '${selector}'; can't understand '${part}'`)
      const [, field = '', operator, wanted = ''] = found
      if (!anyField.includes(field) && !fieldsByResource[resourceName(type)]?.includes(field)) {
        throw unknownField(type, field)
      }
      return (object) => (fieldValue(object, field) === wanted) === (operator !== '!=')
    })
}

const unknownField = (type: ResourceType, field: string) =>
  badRequest(
    fieldsByResource[resourceName(type)]
      ? `field label not supported: ${field}`
      : `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`,
  )

function fieldValue({ fields, namespace, name }: StoredObject, field: string): string {
  if (field === 'metadata.name') return name
  if (field === 'metadata.namespace') return namespace
  const path = field.split('.')
  const found = at(fields, ...path)
  return typeof found === 'boolean' || typeof found === 'number'
    ? String(found)
    : textAt(fields, ...path) || absent(field)
}

/** What a field reads as when it is not set. */
const absent = (field: string): string => (/unschedulable|hostNetwork/.test(field) ? 'false' : '')
