/**
 * The workloads, pods and services of one namespace of one cluster, put together once and kept until something in that
 * namespace changes: lists, details, health and graph of everybody read from here.
 */
import type { NamespaceRef } from '@binocle/api/identity'
import type { Config } from '../config/config.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { Labels, Pod, Service } from '../inventory/objects.ts'
import { isEmpty, selects } from '../istioconfig/selectors.ts'
import { hasSidecar, isCaptured, type LabelNames, labelNames } from '../mesh/labels.ts'
import { gatherWorkloads, type Workload } from './workload.ts'
import { forgetCounts } from './workloadCount.ts'

export interface NamespaceFacts {
  readonly at: NamespaceRef
  readonly version: number
  readonly labelNames: LabelNames
  /** In order of name. */
  readonly workloads: readonly Workload[]
  readonly services: readonly Service[]
  workload(name: string): Workload | undefined
  /** Pods that a selector matches; the empty selector matches all (as Kiali: a Service without selector takes all). */
  podsOf(selector: Labels): readonly Pod[]
  /** Workloads whose template labels a non-empty selector matches. */
  workloadsOf(selector: Labels): readonly Workload[]
  /** Services with a selector that matches the labels of a workload's template. */
  servicesOf(workload: Workload): readonly Service[]
  /** Some selected pod has a proxy, some is captured by ztunnel. */
  modeOf(service: Service): { readonly sidecar: boolean; readonly ambient: boolean }
  /** Workloads by app, without waypoints and ztunnels, in order of name. */
  readonly apps: ReadonlyMap<string, readonly Workload[]>
}

const kept = new WeakMap<Inventory, Map<string, NamespaceFacts>>()

export function namespaceFacts(
  { inventory, config }: { readonly inventory: Inventory; readonly config: Config },
  at: NamespaceRef,
): NamespaceFacts {
  let byPlace = kept.get(inventory)
  if (byPlace === undefined) {
    byPlace = new Map()
    kept.set(inventory, byPlace)
  }
  const place = `${at.cluster}/${at.namespace}`
  const version = inventory.version(at)
  const last = byPlace.get(place)
  if (last?.version === version) return last
  const facts = gather(inventory, config, at, version)
  byPlace.set(place, facts)
  return facts
}

/** Drops what is kept of namespaces that are gone; called when the list of namespaces is made. */
export function forgetNamespaces(inventory: Inventory, exists: (at: NamespaceRef) => boolean): void {
  const byPlace = kept.get(inventory)
  for (const [place, { at }] of byPlace ?? []) if (!exists(at)) byPlace?.delete(place)
  forgetCounts(inventory, exists)
}

function gather(inventory: Inventory, config: Config, at: NamespaceRef, version: number): NamespaceFacts {
  const names = labelNames(config.istio)
  const pods = inventory.in('pods', at)
  const services = inventory.in('services', at)
  const workloads = gatherWorkloads(inventory, at, names, new Set(config.kubernetes.excludeWorkloads))
  const byName = once(() => firstByName(workloads))
  const podIndex = once(() => labelIndex(pods, ({ labels }) => labels))
  const workloadIndex = once(() => labelIndex(workloads, ({ labels }) => labels))
  const serviceIndex = once(() => selectorIndex(services))
  const modes = new Map<Service, { sidecar: boolean; ambient: boolean }>()
  const podsOf = (selector: Labels): readonly Pod[] =>
    isEmpty(selector) ? pods : matching(selector, pods, podIndex(), ({ labels }) => labels)
  return {
    at,
    version,
    labelNames: names,
    workloads,
    services,
    workload: (name) => byName().get(name),
    podsOf,
    workloadsOf: (selector) =>
      isEmpty(selector) ? [] : matching(selector, workloads, workloadIndex(), ({ labels }) => labels),
    servicesOf: ({ labels }) => {
      const found: Service[] = []
      for (const [name, value] of Object.entries(labels)) {
        for (const service of serviceIndex().get(`${name}=${value}`) ?? []) {
          if (selects(service.selector, labels)) found.push(service)
        }
      }
      return found.length < 2 ? found : found.sort((a, b) => (a.name < b.name ? -1 : 1))
    },
    modeOf(service) {
      let mode = modes.get(service)
      if (mode === undefined) {
        const selected = podsOf(service.selector)
        mode = { sidecar: selected.some(hasSidecar), ambient: selected.some(isCaptured) }
        modes.set(service, mode)
      }
      return mode
    },
    apps: appsOf(workloads),
  }
}

function appsOf(workloads: readonly Workload[]): ReadonlyMap<string, readonly Workload[]> {
  const apps = new Map<string, Workload[]>()
  for (const workload of workloads) {
    if (workload.app === undefined || workload.isWaypoint || workload.isZtunnel) continue
    const members = apps.get(workload.app)
    if (members === undefined) apps.set(workload.app, [workload])
    else members.push(workload)
  }
  return new Map([...apps].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

function firstByName(workloads: readonly Workload[]): ReadonlyMap<string, Workload> {
  const named = new Map<string, Workload>()
  for (const workload of workloads) if (!named.has(workload.name)) named.set(workload.name, workload)
  return named
}

/** `label=value` -> those that carry it. */
function labelIndex<T>(all: readonly T[], labelsOf: (one: T) => Labels): ReadonlyMap<string, readonly T[]> {
  const index = new Map<string, T[]>()
  for (const one of all) {
    for (const [name, value] of Object.entries(labelsOf(one))) {
      const same = index.get(`${name}=${value}`)
      if (same === undefined) index.set(`${name}=${value}`, [one])
      else same.push(one)
    }
  }
  return index
}

/** A service stands under one pair of its selector only: whatever it selects carries that pair. */
function selectorIndex(services: readonly Service[]): ReadonlyMap<string, readonly Service[]> {
  const index = new Map<string, Service[]>()
  for (const service of services) {
    const [pair] = Object.entries(service.selector)
    if (pair === undefined) continue
    const at = `${pair[0]}=${pair[1]}`
    const same = index.get(at)
    if (same === undefined) index.set(at, [service])
    else same.push(service)
  }
  return index
}

/** Looks only at those that carry the rarest pair of the selector. */
function matching<T>(
  selector: Labels,
  all: readonly T[],
  index: ReadonlyMap<string, readonly T[]>,
  labelsOf: (one: T) => Labels,
): readonly T[] {
  let fewest = all
  for (const [name, value] of Object.entries(selector)) {
    const carriers = index.get(`${name}=${value}`) ?? []
    if (carriers.length < fewest.length) fewest = carriers
  }
  return fewest.filter((one) => selects(selector, labelsOf(one)))
}
