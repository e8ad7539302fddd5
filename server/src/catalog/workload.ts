/**
 * What a workload is: a controller of pods that no other controller owns, a pod without owner, an owner of a kind we do
 * not watch, or a WorkloadGroup (reference: api.md 12).
 */
import type { Gvk } from '@binocle/api/catalog'
import type { NamespaceRef } from '@binocle/api/identity'
import type { Inventory, Kind } from '../inventory/inventory.ts'
import type { ConfigObject, Controller, Labels, Owner, Pod } from '../inventory/objects.ts'
import { isEmpty, selects, workloadSelector } from '../istioconfig/selectors.ts'
import { hasSidecar, isCaptured, isGateway, isWaypoint, isZtunnel, type LabelNames } from '../mesh/labels.ts'
import { entriesOf } from './workloadEntries.ts'

export interface Workload extends NamespaceRef {
  readonly name: string
  readonly gvk: Gvk
  readonly createdAt: string
  readonly resourceVersion: string
  /** Of the pod template. */
  readonly labels: Labels
  /** A Deployment's own, else the template's. */
  readonly annotations: Labels
  readonly templateAnnotations: Labels
  readonly app: string | undefined
  readonly version: string | undefined
  /** In order of name. */
  readonly pods: readonly Pod[]
  /** Distinct, of the pods. */
  readonly serviceAccounts: readonly string[]
  /** Images of the template's or the first pod's containers, without Istio's own. */
  readonly images: readonly string[]
  readonly desiredReplicas: number
  readonly currentReplicas: number
  readonly availableReplicas: number
  readonly sidecar: boolean
  readonly isAmbient: boolean
  readonly isGateway: boolean
  readonly isWaypoint: boolean
  readonly isZtunnel: boolean
  /** Present of a WorkloadGroup. */
  readonly group?: ConfigObject
}

export const controllerKinds = [
  'deployments.apps',
  'replicasets.apps',
  'statefulsets.apps',
  'daemonsets.apps',
  'replicationcontrollers',
  'jobs.batch',
  'cronjobs.batch',
] as const satisfies readonly Kind[]

/** All workloads of a namespace, in order of name, then kind. `excluded` holds kinds that are not shown. */
export function gatherWorkloads(
  inventory: Inventory,
  at: NamespaceRef,
  names: LabelNames,
  excluded: ReadonlySet<string>,
): readonly Workload[] {
  const tops = topsOf(inventory, at)
  const selected = selectPods(inventory.in('pods', at))
  const workloads: Workload[] = []
  for (const [key, top] of tops) {
    const kind = key.slice(0, key.indexOf('/'))
    if (!excluded.has(kind)) workloads.push(workload(at, kind, key.slice(kind.length + 1), top, selected, names))
  }
  for (const group of inventory.in('workloadgroups.networking.istio.io', at)) {
    if (!excluded.has('WorkloadGroup')) workloads.push(fromGroup(inventory, group, names))
  }
  return workloads.sort((a, b) => compare(a.name, b.name) || compare(a.gvk.Kind, b.gvk.Kind))
}

/** What no other owns, and its pods. */
function topsOf(inventory: Inventory, at: NamespaceRef): Map<string, Top> {
  const controllers = new Map<string, Controller>()
  for (const kind of controllerKinds) {
    for (const controller of inventory.in(kind, at)) controllers.set(id(controller.kind, controller.name), controller)
  }
  const tops = new Map<string, Top>()
  for (const controller of controllers.values()) {
    // A ReplicaSet of a Deployment is no workload; of an owner we do not watch it is what we know of it.
    const owner = ownerOf(controller.owners)
    if (owner === undefined) topOf(tops, id(controller.kind, controller.name)).controller = controller
    else if (!controllers.has(id(owner.kind, owner.name))) topFor(tops, owner).controller ??= controller
  }
  for (const pod of inventory.in('pods', at)) {
    const top = topOwner(controllers, ownerOf(pod.owners))
    if (top === undefined) topOf(tops, id('Pod', pod.name)).pods.push(pod)
    else topFor(tops, top).pods.push(pod)
  }
  return tops
}

interface Top {
  controller?: Controller
  owner?: Owner
  readonly pods: Pod[]
}

/** By the rarest pair of the selector, so that a namespace of many workloads is not a square of pods. */
function selectPods(pods: readonly Pod[]): Selected {
  const carriers = new Map<string, Pod[]>()
  for (const pod of pods) {
    for (const [name, value] of Object.entries(pod.labels)) {
      const same = carriers.get(`${name}=${value}`)
      if (same === undefined) carriers.set(`${name}=${value}`, [pod])
      else same.push(pod)
    }
  }
  return (selector) => {
    let fewest = pods
    for (const [name, value] of Object.entries(selector)) {
      const same = carriers.get(`${name}=${value}`) ?? []
      if (same.length < fewest.length) fewest = same
    }
    return fewest.filter(({ labels }) => selects(selector, labels))
  }
}

const id = (kind: string, name: string): string => `${kind}/${name}`

export const ownerOf = (owners: readonly Owner[]): Owner | undefined => owners.find(({ controller }) => controller)

function topOf(tops: Map<string, Top>, key: string): Top {
  let top = tops.get(key)
  if (top === undefined) {
    top = { pods: [] }
    tops.set(key, top)
  }
  return top
}

function topFor(tops: Map<string, Top>, owner: Owner): Top {
  const top = topOf(tops, id(owner.kind, owner.name))
  top.owner ??= owner
  return top
}

/** Climbs from owner to owner as far as we know them. Owners cannot form a ring in Kubernetes; a bound is cheap. */
function topOwner(controllers: ReadonlyMap<string, Controller>, owner: Owner | undefined): Owner | undefined {
  let top = owner
  for (let step = 0; top !== undefined && step < 5; step++) {
    const next = ownerOf(controllers.get(id(top.kind, top.name))?.owners ?? [])
    if (next === undefined) return top
    top = next
  }
  return top
}

type Selected = (selector: Labels) => readonly Pod[]

const none: Labels = Object.freeze({})

/** Of other kinds Kiali shows the template's. */
const keepsOwnAnnotations: ReadonlySet<string> = new Set(['DaemonSet', 'Deployment'])

function workload(
  at: NamespaceRef,
  kind: string,
  name: string,
  top: Top,
  selected: Selected,
  names: LabelNames,
): Workload {
  const { controller } = top
  // Kiali gives a controller all pods that its selector matches, also those that another one made.
  const pods = controller === undefined || isEmpty(controller.selector) ? top.pods : selected(controller.selector)
  const [first] = pods
  const template = controller?.template
  const own = controller?.kind === kind ? controller : undefined
  const labels = template?.labels ?? first?.labels ?? none
  const templateAnnotations = template?.annotations ?? first?.annotations ?? none
  return {
    cluster: at.cluster,
    namespace: at.namespace,
    name,
    gvk: gvkOf(kind, own?.apiVersion ?? top.owner?.apiVersion ?? 'v1'),
    createdAt: (own ?? controller ?? first)?.createdAt ?? '',
    resourceVersion: (own ?? controller)?.resourceVersion ?? '',
    labels,
    annotations: own !== undefined && keepsOwnAnnotations.has(kind) ? own.annotations : templateAnnotations,
    templateAnnotations: template === undefined ? none : templateAnnotations,
    app: names.appOf(labels),
    version: names.versionOf(labels),
    pods,
    serviceAccounts: [...new Set(pods.map(({ serviceAccount }) => serviceAccount))].filter((account) => account !== ''),
    images: imagesOf(controller, first),
    desiredReplicas: controller?.desiredReplicas ?? pods.length,
    currentReplicas: controller?.currentReplicas ?? pods.length,
    availableReplicas: controller?.availableReplicas ?? pods.filter(({ ready }) => ready).length,
    ...modes(kind, pods, labels, templateAnnotations),
  }
}

function imagesOf(controller: Controller | undefined, pod: Pod | undefined): readonly string[] {
  const images = (controller?.template.containers ?? pod?.containers ?? [])
    .filter(({ name }) => name !== 'istio-proxy')
    .map(({ image }) => image)
  return [...new Set(images)].sort()
}

type Modes = Pick<Workload, 'isAmbient' | 'isGateway' | 'isWaypoint' | 'isZtunnel' | 'sidecar'>

/** Of a Deployment Kiali looks at one pod, of other kinds at all. */
function modes(kind: string, pods: readonly Pod[], labels: Labels, templateAnnotations: Labels): Modes {
  const looked = kind === 'Deployment' ? pods.slice(0, 1) : pods
  const waypoint = isWaypoint(labels)
  const ztunnel = isZtunnel(labels)
  return {
    sidecar: looked.every(hasSidecar),
    isAmbient: waypoint || ztunnel || looked.some(isCaptured),
    isGateway: isGateway(labels, templateAnnotations),
    isWaypoint: waypoint,
    isZtunnel: ztunnel,
  }
}

function fromGroup(inventory: Inventory, group: ConfigObject, names: LabelNames): Workload {
  const labels = workloadSelector(group)
  const entries = entriesOf(inventory, group).length
  return {
    cluster: group.cluster,
    namespace: group.namespace,
    name: group.name,
    gvk: { Group: group.group, Version: group.version, Kind: group.kind },
    createdAt: group.createdAt,
    resourceVersion: group.resourceVersion,
    labels,
    annotations: none,
    templateAnnotations: none,
    app: names.appOf(labels),
    version: names.versionOf(labels),
    pods: [],
    serviceAccounts: [],
    images: [],
    desiredReplicas: entries,
    currentReplicas: entries,
    availableReplicas: entries,
    sidecar: false,
    isAmbient: false,
    isGateway: isGateway(labels, none),
    isWaypoint: false,
    isZtunnel: false,
    group,
  }
}

function gvkOf(kind: string, apiVersion: string): Gvk {
  const slash = apiVersion.indexOf('/')
  return { Group: slash < 0 ? '' : apiVersion.slice(0, slash), Version: apiVersion.slice(slash + 1), Kind: kind }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
