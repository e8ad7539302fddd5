/**
 * How many workloads a namespace has: as many as `gatherWorkloads` gives, at a fraction of its cost. Of a cluster that
 * is just being read, all facts would be put together again and again only to be counted.
 */
import type { NamespaceRef } from '@binocle/api/identity'
import type { Config } from '../config/config.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { Controller, Owner } from '../inventory/objects.ts'
import { controllerKinds, ownerOf } from './workload.ts'

interface Count {
  readonly at: NamespaceRef
  readonly version: number
  readonly workloads: number
}

const kept = new WeakMap<Inventory, Map<string, Count>>()

export function workloadCount(
  { inventory, config }: { readonly inventory: Inventory; readonly config: Config },
  at: NamespaceRef,
): number {
  const place = `${at.cluster}/${at.namespace}`
  const version = inventory.version(at)
  const byPlace = kept.get(inventory) ?? new Map<string, Count>()
  kept.set(inventory, byPlace)
  const last = byPlace.get(place)
  if (last?.version === version) return last.workloads
  const workloads = count(inventory, at, new Set(config.kubernetes.excludeWorkloads))
  byPlace.set(place, { at, version, workloads })
  return workloads
}

/** Drops what is kept of namespaces that are gone. */
export function forgetCounts(inventory: Inventory, exists: (at: NamespaceRef) => boolean): void {
  const byPlace = kept.get(inventory)
  for (const [place, { at }] of byPlace ?? []) if (!exists(at)) byPlace?.delete(place)
}

function count(inventory: Inventory, at: NamespaceRef, excluded: ReadonlySet<string>): number {
  let workloads = excluded.has('WorkloadGroup') ? 0 : inventory.in('workloadgroups.networking.istio.io', at).length
  /** Owners that we do not watch. */
  const strangers = new Set<string>()
  const owned = (owner: Owner): void => {
    if (!excluded.has(owner.kind) && controllerAt(inventory, at, owner) === undefined)
      strangers.add(`${owner.kind}/${owner.name}`)
  }
  for (const kind of controllerKinds) {
    for (const controller of inventory.in(kind, at)) {
      const owner = ownerOf(controller.owners)
      if (owner !== undefined) owned(owner)
      else if (!excluded.has(controller.kind)) workloads++
    }
  }
  // Siblings share their owners, and mostly stand side by side.
  let siblings: readonly Owner[] | undefined
  for (const { owners } of inventory.in('pods', at)) {
    if (owners === siblings) continue
    const owner = ownerOf(owners)
    if (owner === undefined) {
      if (!excluded.has('Pod')) workloads++
      continue
    }
    siblings = owners
    owned(owner)
  }
  return workloads + strangers.size
}

function controllerAt(inventory: Inventory, at: NamespaceRef, { kind, name }: Owner): Controller | undefined {
  const found = controllerKinds.find((each) => plainKind[each] === kind)
  return found === undefined ? undefined : inventory.get(found, at, name)
}

const plainKind = {
  'deployments.apps': 'Deployment',
  'replicasets.apps': 'ReplicaSet',
  'statefulsets.apps': 'StatefulSet',
  'daemonsets.apps': 'DaemonSet',
  replicationcontrollers: 'ReplicationController',
  'jobs.batch': 'Job',
  'cronjobs.batch': 'CronJob',
} as const
