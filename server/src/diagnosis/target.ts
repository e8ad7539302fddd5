/** What of a running console a diagnosis of one of its clusters needs. */
import type { ClusterName } from '@binocle/api/identity'
import type { ClusterConnections } from '../clusters/start.ts'
import type { Mesh } from '../model.ts'
import type { DiagnosisTarget } from './diagnose.ts'
import { telemetrySeen } from './telemetrySeen.ts'

/** undefined: there is no such cluster, or nobody declares how to reach it. */
export function diagnosisTarget(
  mesh: Mesh,
  clusters: ClusterConnections,
  name: ClusterName,
): DiagnosisTarget | undefined {
  const spec = clusters.spec(name)
  if (spec === undefined || 'only' in spec) return undefined
  const { auth, deployment, istio, prometheus } = mesh.config
  return {
    spec,
    // One that only metrics name may be this very cluster under another name.
    clusters: clusters.list().flatMap((each) => (each.state === 'telemetry-only' ? [] : [each.name])),
    // With other strategies what is written is written with the viewer's own rights.
    edit: !deployment.viewOnlyMode && auth.strategy === 'anonymous' && auth.anonymous.allowWrites,
    impersonate: auth.impersonation.enabled || auth.openshift.impersonation.enabled,
    rootNamespace: istio.rootNamespace,
    ...(prometheus.enabled ? { telemetry: () => Promise.resolve(telemetrySeen(mesh)) } : {}),
  }
}
