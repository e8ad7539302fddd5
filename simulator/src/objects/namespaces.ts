/** Namespaces as a cluster holds them: the system namespace tells the cluster's network and who controls it. */
import type { KubernetesJson, Scenario, SimCluster, SimNamespace } from '../scenario.ts'
import { ISTIO_NAMESPACE } from '../system.ts'
import { type Birth, made } from './metadata.ts'

/** A cluster's namespaces: Kubernetes' own, Istio's, then the scenario's. */
export function namespacesOf(scenario: Scenario, cluster: string): SimNamespace[] {
  const stated = scenario.namespaces.filter((namespace) => namespace.cluster === cluster)
  const named = new Set(stated.map((namespace) => namespace.name))
  const implied = ['default', 'kube-system', 'kube-public', ISTIO_NAMESPACE].filter((name) => !named.has(name))
  return [...implied.map((name) => ({ cluster, name, labels: {} })), ...stated]
}

export const namespaceObject = (namespace: SimNamespace, cluster: SimCluster, birth: Birth): KubernetesJson =>
  made(
    birth,
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      name: namespace.name,
      labels: {
        'kubernetes.io/metadata.name': namespace.name,
        ...(namespace.name === ISTIO_NAMESPACE ? { 'topology.istio.io/network': cluster.network } : {}),
        ...namespace.labels,
      },
      ...(namespace.name === ISTIO_NAMESPACE && cluster.primary !== undefined
        ? { annotations: { 'topology.istio.io/controlPlaneClusters': cluster.primary } }
        : {}),
    },
    { spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } },
  )
