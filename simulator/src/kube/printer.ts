/** The columns that `kubectl get` shows, as the server prints them. */
import type { StoredObject } from './collection.ts'
import { at, type Fields, fieldsAt, listAt, numberAt, textAt } from './json.ts'
import { type ResourceType, resourceName } from './resources.ts'

interface Column {
  readonly name: string
  readonly cell: (fields: Fields, nowMs: number) => string | number
  /** Shown with `-o wide` only. */
  readonly wide?: true
}

/** `columnDefinitions` of the table of a resource. */
export const columnsOf = (type: ResourceType): readonly Fields[] =>
  printed(type).map(({ name, wide }) => ({
    name,
    type: 'string',
    format: name === 'Name' ? 'name' : '',
    description: '',
    priority: wide ? 1 : 0,
  }))

/** The cells of one object. */
export const rowOf = ({ type, fields }: StoredObject, nowMs: number): readonly (string | number)[] =>
  printed(type).map(({ cell }) => cell(fields, nowMs))

const printed = (type: ResourceType): readonly Column[] => columns[resourceName(type)] ?? plain

const text =
  (...path: string[]) =>
  (fields: Fields) =>
    textAt(fields, ...path)
const count =
  (...path: string[]) =>
  (fields: Fields) =>
    numberAt(fields, ...path)
const texts =
  (...path: string[]) =>
  (fields: Fields) =>
    JSON.stringify(listAt(fields, ...path))

const name: Column = { name: 'Name', cell: text('metadata', 'name') }
const age: Column = {
  name: 'Age',
  cell: (fields, nowMs) => duration(nowMs - Date.parse(textAt(fields, 'metadata', 'creationTimestamp'))),
}
const plain = [name, age]

const replicas = (...path: string[]): Column['cell'] => {
  return (fields) => `${numberAt(fields, 'status', 'readyReplicas')}/${numberAt(fields, ...path)}`
}

const columns: Readonly<Record<string, readonly Column[]>> = {
  namespaces: [name, { name: 'Status', cell: text('status', 'phase') }, age],
  pods: [
    name,
    { name: 'Ready', cell: (pod) => `${readyContainers(pod)}/${podContainers(pod).length}` },
    { name: 'Status', cell: podStatus },
    { name: 'Restarts', cell: restarts },
    age,
    { name: 'IP', cell: text('status', 'podIP'), wide: true },
    { name: 'Node', cell: text('spec', 'nodeName'), wide: true },
  ],
  services: [
    name,
    { name: 'Type', cell: text('spec', 'type') },
    { name: 'Cluster-IP', cell: text('spec', 'clusterIP') },
    { name: 'External-IP', cell: externalIp },
    { name: 'Port(s)', cell: ports },
    age,
  ],
  nodes: [
    name,
    { name: 'Status', cell: (node) => (condition(node, 'Ready') === 'True' ? 'Ready' : 'NotReady') },
    { name: 'Roles', cell: () => '<none>' },
    age,
    { name: 'Version', cell: text('status', 'nodeInfo', 'kubeletVersion') },
  ],
  configmaps: [name, { name: 'Data', cell: (map) => Object.keys(fieldsAt(map, 'data')).length }, age],
  secrets: [
    name,
    { name: 'Type', cell: text('type') },
    { name: 'Data', cell: (secret) => Object.keys(fieldsAt(secret, 'data')).length },
    age,
  ],
  events: [
    { name: 'Last Seen', cell: (event, nowMs) => duration(nowMs - Date.parse(textAt(event, 'lastTimestamp'))) },
    { name: 'Type', cell: text('type') },
    { name: 'Reason', cell: text('reason') },
    { name: 'Object', cell: involved },
    { name: 'Message', cell: text('message') },
  ],
  'deployments.apps': [
    name,
    { name: 'Ready', cell: replicas('spec', 'replicas') },
    { name: 'Up-to-date', cell: count('status', 'updatedReplicas') },
    { name: 'Available', cell: count('status', 'availableReplicas') },
    age,
  ],
  'replicasets.apps': [
    name,
    { name: 'Desired', cell: count('spec', 'replicas') },
    { name: 'Current', cell: count('status', 'replicas') },
    { name: 'Ready', cell: count('status', 'readyReplicas') },
    age,
  ],
  'statefulsets.apps': [name, { name: 'Ready', cell: replicas('spec', 'replicas') }, age],
  'daemonsets.apps': [
    name,
    { name: 'Desired', cell: count('status', 'desiredNumberScheduled') },
    { name: 'Current', cell: count('status', 'currentNumberScheduled') },
    { name: 'Ready', cell: count('status', 'numberReady') },
    age,
  ],
  'virtualservices.networking.istio.io': [
    name,
    { name: 'Gateways', cell: texts('spec', 'gateways') },
    { name: 'Hosts', cell: texts('spec', 'hosts') },
    age,
  ],
  'destinationrules.networking.istio.io': [name, { name: 'Host', cell: text('spec', 'host') }, age],
  'serviceentries.networking.istio.io': [
    name,
    { name: 'Hosts', cell: texts('spec', 'hosts') },
    { name: 'Location', cell: text('spec', 'location') },
    { name: 'Resolution', cell: text('spec', 'resolution') },
    age,
  ],
  'peerauthentications.security.istio.io': [name, { name: 'Mode', cell: text('spec', 'mtls', 'mode') }, age],
  'authorizationpolicies.security.istio.io': [name, { name: 'Action', cell: text('spec', 'action') }, age],
}

/** Containers that stay up: the plain ones, and init containers that restart always (native sidecars). */
function podContainers(pod: Fields): readonly unknown[] {
  const sidecars = listAt(pod, 'spec', 'initContainers').filter((one) => textAt(one, 'restartPolicy') === 'Always')
  return [...listAt(pod, 'spec', 'containers'), ...sidecars]
}

function podStatuses(pod: Fields): readonly unknown[] {
  const names = new Set(podContainers(pod).map((container) => textAt(container, 'name')))
  return [...listAt(pod, 'status', 'containerStatuses'), ...listAt(pod, 'status', 'initContainerStatuses')].filter(
    (status) => names.has(textAt(status, 'name')),
  )
}

const readyContainers = (pod: Fields): number =>
  podStatuses(pod).filter((status) => at(status, 'ready') === true).length

function restarts(pod: Fields): number {
  return podStatuses(pod).reduce<number>((sum, status) => sum + numberAt(status, 'restartCount'), 0)
}

function podStatus(pod: Fields): string {
  if (textAt(pod, 'metadata', 'deletionTimestamp') !== '') return 'Terminating'
  const waiting = podStatuses(pod)
    .map((status) => textAt(status, 'state', 'waiting', 'reason'))
    .find((reason) => reason !== '')
  return waiting ?? (textAt(pod, 'status', 'reason') || textAt(pod, 'status', 'phase'))
}

function externalIp(service: Fields): string {
  if (textAt(service, 'spec', 'type') === 'ExternalName') return textAt(service, 'spec', 'externalName')
  const addresses = listAt(service, 'status', 'loadBalancer', 'ingress').map(
    (one) => textAt(one, 'ip') || textAt(one, 'hostname'),
  )
  return addresses.join(',') || '<none>'
}

function ports(service: Fields): string {
  const listed = listAt(service, 'spec', 'ports')
  return listed.map((port) => `${numberAt(port, 'port')}/${textAt(port, 'protocol') || 'TCP'}`).join(',') || '<none>'
}

const condition = (object: Fields, type: string): string =>
  textAt(
    listAt(object, 'status', 'conditions').find((one) => textAt(one, 'type') === type),
    'status',
  )

function involved(event: Fields): string {
  const object = fieldsAt(event, 'involvedObject')
  return `${textAt(object, 'kind').toLowerCase()}/${textAt(object, 'name')}`
}

/** `4s`, `3m`, `5h`, `12d`: the largest unit that is not zero. */
function duration(ms: number): string {
  if (Number.isNaN(ms)) return '<unknown>'
  const s = Math.max(0, Math.floor(ms / 1000))
  if (s < 120) return `${s}s`
  if (s < 7200) return `${Math.floor(s / 60)}m`
  if (s < 172_800) return `${Math.floor(s / 3600)}h`
  return `${Math.floor(s / 86_400)}d`
}
