/** Which object stands behind a workload that is to be changed. */
import type { NamespaceRef } from '@binocle/api/identity'
import { BinocleError } from '../errors.ts'
import type { Kind } from '../inventory/inventory.ts'
import { resources } from '../inventory/kinds.ts'
import type { Mesh } from '../model.ts'

const kinds = [
  'deployments.apps',
  'statefulsets.apps',
  'daemonsets.apps',
  'replicasets.apps',
  'replicationcontrollers',
  'jobs.batch',
  'cronjobs.batch',
  'pods',
  'workloadgroups.networking.istio.io',
] as const satisfies readonly Kind[]

/**
 * `gvk`: e.g. `apps/v1, Kind=Deployment`; what is not of that form names nothing, as for Kiali. Kiali changes every kind
 * that has the name then: here it must be the only one. Throws BIN-NOT-FOUND and BIN-QUERY-PARAM.
 */
export function workloadKind({ inventory }: Mesh, at: NamespaceRef, name: string, gvk: string): Kind {
  const wanted = /, Kind=(.+)$/.exec(gvk)?.[1]
  const found = kinds.filter((kind) => inventory.get(kind, at, name) !== undefined)
  const fitting = wanted === undefined ? found : found.filter((kind) => resources[kind].kubernetesKind === wanted)
  const [kind, another] = fitting
  if (kind === undefined) {
    throw new BinocleError('BIN-NOT-FOUND', `Workload.Kiali "${name}" not found`, {
      cluster: at.cluster,
    })
  }
  if (another === undefined) return kind
  const names = fitting.map((each) => resources[each].kubernetesKind).join(', ')
  throw new BinocleError('BIN-QUERY-PARAM', `"${name}" is the name of several workloads: ${names}`, {
    remedy: 'Say which one with `gvk`, for example `gvk=apps/v1, Kind=Deployment`.',
  })
}
