/** An istiod Deployment and what its pods said, as the Clusters page shows it. */
import { lastValue } from '@binocle/api/known'
import type { ClusterControlPlane, IstiodPod } from '@binocle/api/multicluster'
import type { Scope } from '../access/scope.ts'
import type { IstiodFacts } from '../istiod/facts.ts'
import { istioVersion, planeVersion } from '../istiod/version.ts'
import type { ControlPlane } from '../mesh/controlPlanes.ts'
import type { Mesh } from '../model.ts'
import { seesWhole } from './visible.ts'

export function clusterControlPlane(mesh: Mesh, scope: Scope, plane: ControlPlane): ClusterControlPlane {
  const { deployment, id, managedClusters, name, namespace, revision, rootNamespace, tags } = plane
  const pods = (mesh.istiodFacts?.ofRevision(plane, revision) ?? []).map(({ facts, pod }) =>
    istiodPod(scope, pod, facts),
  )
  const version = planeVersion(mesh.istiodFacts, plane)?.version
  return {
    name,
    namespace,
    revision: revision || 'default',
    ...(version === undefined ? {} : { version }),
    status: statusOf(plane, pods),
    tags: [...new Set(tags.filter((tag) => seesWhole(mesh, scope, tag.cluster)).map((tag) => tag.name))],
    id,
    manages: managedClusters.filter((cluster) => scope.seesCluster(cluster) !== 'no'),
    rootNamespace,
    replicas: { desired: deployment.desiredReplicas, available: deployment.availableReplicas },
    pods,
  }
}

/** Of Kubernetes, unless its pods themselves are known not to answer. */
function statusOf({ deployment }: ControlPlane, pods: readonly IstiodPod[]): string {
  const { availableReplicas, desiredReplicas } = deployment
  if (availableReplicas === 0) return 'NotReady'
  if (pods.length > 0 && pods.every(({ cause, ready }) => ready === false || cause !== undefined)) return 'Unreachable'
  return availableReplicas < desiredReplicas ? 'Unhealthy' : 'Healthy'
}

function istiodPod(scope: Scope, name: string, facts: IstiodFacts): IstiodPod {
  const ready = lastValue(facts.ready)
  const version = lastValue(facts.version)
  const proxies = lastValue(facts.proxies)
  const registry = lastValue(facts.registry)
  const config = lastValue(facts.config)
  const remotes = lastValue(facts.remotes)?.filter(({ id }) => scope.seesCluster(id) !== 'no')
  const cause = facts.ready.state === 'known' ? undefined : facts.ready.cause
  const asOf = facts.ready.state === 'unknown' ? undefined : facts.ready.asOf
  return {
    name,
    ...(ready === undefined ? {} : { ready }),
    ...(version === undefined ? {} : { version: istioVersion(version).version }),
    ...(proxies === undefined ? {} : { proxies }),
    ...(registry === undefined
      ? {}
      : {
          registry: {
            services: registry.services,
            byCluster: Object.fromEntries(
              Object.entries(registry.byCluster).filter(([cluster]) => scope.seesCluster(cluster) !== 'no'),
            ),
          },
        }),
    ...(config === undefined ? {} : { configObjects: config.objects }),
    ...(remotes === undefined
      ? {}
      : {
          remotes: remotes.map(({ id, secretName, syncStatus }) => ({
            cluster: id,
            syncStatus,
            ...(secretName === '' ? {} : { secret: secretName }),
          })),
        }),
    ...(cause === undefined ? {} : { cause }),
    ...(asOf === undefined ? {} : { asOf }),
  }
}
