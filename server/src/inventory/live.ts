/**
 * The inventory itself: stores of all kinds, their states, versions that tell a reader whether its projection is still
 * good, and listeners. A change that only moves `resourceVersion` (a heartbeat, a status nobody shows) is stored
 * silently: cost follows visible change.
 */

import { isDeepStrictEqual } from 'node:util'
import type { ClusterName, NamespaceRef } from '@binocle/api/identity'
import type { Change, Inventory, InventoryWriter, Kind, KindState, Kinds, Resync } from './inventory.ts'
import { isRecord, type Json } from './json.ts'
import { allKinds } from './kinds.ts'
import type { Meta } from './objects.ts'
import { createStore, type Store } from './store.ts'

/** `report` hears what a listener throws. */
export function createInventory(report: (error: unknown) => void = () => {}): Inventory & InventoryWriter {
  const stores = createStores()
  const states = new Map<ClusterName, Map<Kind, KindState>>()
  const versions = new Map<ClusterName, Map<string, number>>()
  const listeners = new Set<(change: Change) => void>()
  let generation = 0
  /** When a cluster was last forgotten: its versions are, and must not begin anew below what a reader has kept. */
  let forgottenAt = 0

  function tell(kind: Kind, of: Meta, type: Change['type']): void {
    generation++
    const cluster = of.cluster
    const ofCluster = versions.get(cluster) ?? new Map<string, number>()
    versions.set(cluster, ofCluster)
    ofCluster.set(namespaceKey(of.namespace), generation)
    ofCluster.set(kind, generation)
    if (listeners.size === 0) return
    const change: Change = { kind, cluster, namespace: of.namespace, name: of.name, type }
    for (const listener of listeners) {
      try {
        listener(change)
      } catch (error) {
        report(error)
      }
    }
  }

  function put<K extends Kind>(kind: K, object: Kinds[K]): void {
    const before = storeOf(stores, kind).put(object)
    if (before === undefined) tell(kind, object, 'added')
    else if (!looksEqual(before, object)) tell(kind, object, 'updated')
  }

  function remove(kind: Kind, at: NamespaceRef, name: string): void {
    const before = stores[kind].remove(at, name)
    if (before !== undefined) tell(kind, before, 'deleted')
  }

  /** What is not put again until `done` is gone: precise differences without a second copy of everything. */
  function resync<K extends Kind>(kind: K, cluster: ClusterName, only?: string): Resync<K> {
    const missing = new Map<string, { namespace: string; name: string }>()
    const there = only === undefined ? stores[kind].all(cluster) : stores[kind].in({ cluster, namespace: only })
    for (const { namespace, name } of there) missing.set(`${namespace}/${name}`, { namespace, name })
    return {
      put: (object) => {
        if (missing.size > 0) missing.delete(`${object.namespace}/${object.name}`)
        put(kind, object)
      },
      done: () => {
        for (const { namespace, name } of missing.values()) remove(kind, { cluster, namespace }, name)
      },
    }
  }

  return {
    get generation() {
      return generation
    },
    clusters: () => [...states.keys()].sort(),
    all: (kind, cluster) => storeOf(stores, kind).all(cluster),
    in: (kind, at) => storeOf(stores, kind).in(at),
    get: (kind, at, name) => storeOf(stores, kind).get(at, name),
    count: (kind, cluster) => stores[kind].count(cluster),
    state: (kind, cluster) => states.get(cluster)?.get(kind) ?? { state: 'syncing' },
    version: ({ cluster, namespace }) => versions.get(cluster)?.get(namespaceKey(namespace)) ?? forgottenAt,
    kindVersion: (kind, cluster) => versions.get(cluster)?.get(kind) ?? forgottenAt,
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    put,
    remove,
    resync,
    replace: (kind, cluster, objects) => {
      const sync = resync(kind, cluster)
      for (const object of objects) sync.put(object)
      sync.done()
    },
    setState: (kind, cluster, state) => {
      const ofCluster = states.get(cluster) ?? new Map<Kind, KindState>()
      states.set(cluster, ofCluster)
      ofCluster.set(kind, state)
    },
    dropCluster: (cluster) => {
      for (const kind of allKinds) {
        for (const object of [...stores[kind].all(cluster)]) {
          stores[kind].remove(object, object.name)
          tell(kind, object, 'deleted')
        }
        stores[kind].dropCluster(cluster)
      }
      states.delete(cluster)
      versions.delete(cluster)
      forgottenAt = ++generation
    },
  }
}

type Stores = { readonly [K in Kind]: Store<Kinds[K]> }

/** The one place where a kind's name and the type of its objects meet. */
const storeOf = <K extends Kind>(stores: Stores, kind: K): Stores[K] => stores[kind]

/** Kinds are never called `/...`, so that both live in one map. */
const namespaceKey = (namespace: string): string => `/${namespace}`

/** Equal but for the resource version. Parts are mostly shared, so that identity decides quickly. */
function looksEqual(before: Meta, after: Meta): boolean {
  if (before.resourceVersion === after.resourceVersion && before.uid === after.uid && before.resourceVersion !== '')
    return true
  if ('resource' in after) return false
  return isRecord(before) && isRecord(after) && fieldsEqual(before, after)
}

function fieldsEqual(before: Json, after: Json): boolean {
  const fields = Object.keys(after)
  if (Object.keys(before).length !== fields.length) return false
  for (const field of fields) {
    const [old, now] = [before[field], after[field]]
    if (old === now || field === 'resourceVersion') continue
    if (typeof now !== 'object' || !isDeepStrictEqual(old, now)) return false
  }
  return true
}

function createStores(): Stores {
  return {
    namespaces: createStore(),
    nodes: createStore(),
    pods: createStore(),
    services: createStore(),
    configmaps: createStore(),
    'deployments.apps': createStore(),
    'replicasets.apps': createStore(),
    'statefulsets.apps': createStore(),
    'daemonsets.apps': createStore(),
    'jobs.batch': createStore(),
    'cronjobs.batch': createStore(),
    replicationcontrollers: createStore(),
    'mutatingwebhookconfigurations.admissionregistration.k8s.io': createStore(),
    'destinationrules.networking.istio.io': createStore(),
    'envoyfilters.networking.istio.io': createStore(),
    'gateways.networking.istio.io': createStore(),
    'proxyconfigs.networking.istio.io': createStore(),
    'serviceentries.networking.istio.io': createStore(),
    'sidecars.networking.istio.io': createStore(),
    'virtualservices.networking.istio.io': createStore(),
    'workloadentries.networking.istio.io': createStore(),
    'workloadgroups.networking.istio.io': createStore(),
    'telemetries.telemetry.istio.io': createStore(),
    'trafficextensions.extensions.istio.io': createStore(),
    'wasmplugins.extensions.istio.io': createStore(),
    'authorizationpolicies.security.istio.io': createStore(),
    'peerauthentications.security.istio.io': createStore(),
    'requestauthentications.security.istio.io': createStore(),
    'gatewayclasses.gateway.networking.k8s.io': createStore(),
    'gateways.gateway.networking.k8s.io': createStore(),
    'grpcroutes.gateway.networking.k8s.io': createStore(),
    'httproutes.gateway.networking.k8s.io': createStore(),
    'referencegrants.gateway.networking.k8s.io': createStore(),
    'tcproutes.gateway.networking.k8s.io': createStore(),
    'tlsroutes.gateway.networking.k8s.io': createStore(),
    'udproutes.gateway.networking.k8s.io': createStore(),
    'inferencepools.inference.networking.k8s.io': createStore(),
    'serviceexports.multicluster.x-k8s.io': createStore(),
    'serviceimports.multicluster.x-k8s.io': createStore(),
  }
}
