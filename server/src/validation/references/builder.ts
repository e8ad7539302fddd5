/** Gathers references without repeating any; what was never filled is null on the wire. */
import type { Gvk } from '@binocle/api/catalog'
import type { IstioReferences, ObjectReference, ServiceReference, WorkloadReference } from '@binocle/api/istioConfig'
import type { ConfigObject } from '../../inventory/objects.ts'
import { gvkOf } from '../checks/check.ts'

export interface References {
  object(object: ConfigObject): void
  /** An object that may not exist. */
  named(gvk: Gvk, namespace: string, name: string): void
  service(namespace: string, name: string, isServiceEntry?: true): void
  workload(workload: { readonly namespace: string; readonly name: string }): void
  /** `filled`: the lists that are there even when nothing is in them. */
  done(sees: (namespace: string) => boolean, filled: readonly (keyof IstioReferences)[]): IstioReferences
}

export function createReferences(): References {
  const objects = new Map<string, ObjectReference>()
  const services = new Map<string, ServiceReference>()
  const workloads = new Map<string, WorkloadReference>()
  const named: References['named'] = (objectGVK, namespace, name) => {
    const key = `${objectGVK.Group}/${objectGVK.Kind} ${namespace}/${name}`
    if (!objects.has(key)) objects.set(key, { objectGVK, name, namespace })
  }
  return {
    named,
    object: (object) => named(gvkOf(object), object.namespace, object.name),
    service: (namespace, name, isServiceEntry) => {
      const key = `${namespace}/${name}`
      if (!services.has(key)) services.set(key, { name, namespace, ...(isServiceEntry ? { isServiceEntry } : {}) })
    },
    workload: ({ namespace, name }) => {
      workloads.set(`${namespace}/${name}`, { name, namespace })
    },
    done: (sees, filled) => {
      const seen = <T extends { readonly namespace: string }>(
        list: keyof IstioReferences,
        all: Iterable<T>,
      ): T[] | null => {
        const kept = [...all].filter(({ namespace }) => namespace === '' || sees(namespace))
        return kept.length === 0 && !filled.includes(list) ? null : kept
      }
      return {
        objectReferences: seen('objectReferences', objects.values()),
        serviceReferences: seen('serviceReferences', services.values()),
        workloadReferences: seen('workloadReferences', workloads.values()),
      }
    },
  }
}
