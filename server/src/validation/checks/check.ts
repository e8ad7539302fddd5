/** What a check is: a function of one object and what may be asked about its cluster, that reports what it finds. */
import type { ConfigObject } from '../../inventory/objects.ts'
import type { Facts } from '../facts.ts'
import type { Referred, Report } from '../verdict.ts'
import type { Viewers } from '../viewers.ts'

export interface Subject {
  readonly object: ConfigObject
  readonly facts: Facts
  /** Namespaces from which it is judged; never nobody. */
  readonly viewers: Viewers
  readonly report: Report
}

export type Check = (subject: Subject) => void

/** Kiali's versions are constants, whatever an object is stored as. */
const versions: Readonly<Record<string, string>> = {
  EnvoyFilter: 'v1alpha3',
  WasmPlugin: 'v1alpha1',
  TrafficExtension: 'v1alpha1',
  ReferenceGrant: 'v1beta1',
}

export const gvkOf = ({ group, kind }: ConfigObject): { Group: string; Version: string; Kind: string } => ({
  Group: group,
  Version: versions[kind] ?? 'v1',
  Kind: kind,
})

export const referred = (object: ConfigObject): Referred => ({
  gvk: gvkOf(object),
  namespace: object.namespace,
  name: object.name,
  cluster: object.cluster,
})
