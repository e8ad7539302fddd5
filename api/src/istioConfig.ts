/** What an object of Istio's configuration is about, in Kiali's wire form; all of the object's cluster. */
import type { Gvk } from './catalog.ts'

/** null: never filled. */
export interface IstioReferences {
  objectReferences: ObjectReference[] | null
  serviceReferences: ServiceReference[] | null
  workloadReferences: WorkloadReference[] | null
}

export interface ObjectReference {
  objectGVK: Gvk
  name: string
  namespace: string
}

export interface ServiceReference {
  name: string
  /** '' for an external host. */
  namespace: string
  isServiceEntry?: true
}

export interface WorkloadReference {
  name: string
  namespace: string
}
