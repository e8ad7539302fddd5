/** How a control plane is: what Kubernetes says of its pods, and whether one of them answers (multicluster.md 10.3, 12.1). */
import type { NamespaceRef } from '@binocle/api/identity'
import type { ComponentStatus } from '@binocle/api/status'
import type { ControlPlane } from '../mesh/controlPlanes.ts'
import type { Mesh } from '../model.ts'

/** Whether an istiod answers; undefined = it was not asked yet. */
export type IstiodAnswers = (at: NamespaceRef, revision: string) => boolean | undefined

/**
 * Without a pod it is not ready; while nobody asked, it is taken to answer. Where istiods are not to be asked, the
 * availability of its pods decides.
 */
export function istiodStatus(
  { config }: Pick<Mesh, 'config'>,
  plane: ControlPlane,
  answers: IstiodAnswers,
): ComponentStatus['status'] {
  const { availableReplicas, desiredReplicas } = plane.deployment
  if (availableReplicas === 0) return 'NotReady'
  if (config.istio.apiEnabled === false) return availableReplicas < desiredReplicas ? 'Unhealthy' : 'Healthy'
  return answers(plane, plane.revision) === false ? 'Unreachable' : 'Healthy'
}
