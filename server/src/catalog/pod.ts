/** One pod by itself, and which kind of proxy it has (reference: api.md 13.1). */
import type { PodDocument } from '@binocle/api/catalog'
import type { NamespaceRef } from '@binocle/api/identity'
import type { Scope } from '../access/scope.ts'
import { BinocleError } from '../errors.ts'
import type { Pod } from '../inventory/objects.ts'
import { isZtunnel, labelNames, proxyContainers } from '../mesh/labels.ts'
import type { Mesh } from '../model.ts'
import { namespaceAt } from './visible.ts'
import { podDocument } from './workloadDetails.ts'

/** Throws when there is none that may be seen. */
export function podAt(mesh: Mesh, scope: Scope, at: NamespaceRef, name: string): Pod {
  namespaceAt(mesh, scope, at)
  const pod = mesh.inventory.get('pods', at, name)
  if (pod !== undefined) return pod
  throw new BinocleError('BIN-NOT-FOUND', `pods "${name}" not found`, { cluster: at.cluster })
}

/** GET /api/namespaces/{namespace}/pods/{pod}: what its proxy says stands only in the details of its workload. */
export const podAlone = (mesh: Mesh, pod: Pod): PodDocument => ({
  ...podDocument(mesh, pod, labelNames(mesh.config.istio)),
  protocol: '',
  proxyStatus: null,
})

/** A sidecar, whatever its name, or a proxy that is all there is of the pod: a gateway or a waypoint. */
export function proxyOf(pod: Pod): 'envoy' | 'ztunnel' | undefined {
  const { names, initNames } = proxyContainers(pod)
  const { containers, initContainers } = pod
  const isProxy = containers.some(({ name }) => names.has(name) || name === 'istio-proxy')
  const isNative = initContainers.some(({ name, restartPolicy }) => restartPolicy === 'Always' && initNames.has(name))
  if (!isProxy && !isNative) return undefined
  return isZtunnel(pod.labels) ? 'ztunnel' : 'envoy'
}
