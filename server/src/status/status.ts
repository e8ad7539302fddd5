/** GET /api/status: what runs where. */
import type { ExternalService, StatusInfo } from '@binocle/api/status'
import type { Scope } from '../access/scope.ts'
import type { Mesh } from '../model.ts'

/** The version of Kiali's API that we speak: clients compare it, e.g. Backstage wants 1.86.0 or newer. */
export const kialiVersion = 'v2.31.0'

/** `containerVersion` and `commit`: of our own build. `prometheusVersion`: undefined while it does not answer. */
export function statusInfo(
  mesh: Mesh,
  scope: Scope,
  build: { readonly containerVersion: string; readonly commit: string },
  prometheusVersion: string | undefined,
): StatusInfo {
  const disabled = mesh.config.featureFlags.disabled_features
  return {
    status: {
      'Disabled features': Array.isArray(disabled) ? disabled.join(',') : '',
      'Kiali commit hash': build.commit,
      'Kiali container version': build.containerVersion,
      'Kiali state': 'running',
      'Kiali version': kialiVersion,
    },
    externalServices: [...clusters(mesh, scope), ...prometheus(mesh, prometheusVersion)],
    warningMessages: [],
    istioEnvironment: { istioAPIEnabled: mesh.config.istio.apiEnabled ?? true },
  }
}

/** A cluster that does not answer is left out. */
function clusters(mesh: Mesh, scope: Scope): ExternalService[] {
  return mesh.clusters
    .list()
    .filter(({ name, kubernetesVersion }) => kubernetesVersion !== undefined && scope.seesCluster(name) === 'yes')
    .filter(({ state }) => state !== 'unreachable' && state !== 'unauthorized')
    .map(({ name, kubernetesVersion }) => ({
      name: `Kubernetes-${name}`,
      ...(kubernetesVersion ? { version: kubernetesVersion } : {}),
      tempoConfig: {},
    }))
}

function prometheus(mesh: Mesh, version: string | undefined): ExternalService[] {
  if (!mesh.config.prometheus.enabled) return []
  return [{ name: 'Prometheus', ...(version ? { version } : {}), tempoConfig: {} }]
}
