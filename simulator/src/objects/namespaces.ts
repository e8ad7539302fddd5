/** Namespaces as a cluster holds them: the system namespace tells the cluster's network and who controls it. */
import type { KubernetesJson, Scenario, SimCluster, SimNamespace } from '../scenario.ts'
import { istiodsOf, namespaceOfIstiod, systemNamespaceOf } from '../system.ts'
import { type Birth, made } from './metadata.ts'

/** A cluster's namespaces: Kubernetes' own, Istio's, then the scenario's. */
export function namespacesOf(scenario: Scenario, cluster: string): SimNamespace[] {
  const stated = scenario.namespaces.filter((namespace) => namespace.cluster === cluster)
  const named = new Set(stated.map((namespace) => namespace.name))
  const at = scenario.clusters.find(({ name }) => name === cluster)
  const implied = new Set(['default', 'kube-system', 'kube-public', ...(at ? systemNamespaces(at) : [])])
  return [...[...implied].filter((name) => !named.has(name)).map((name) => ({ cluster, name, labels: {} })), ...stated]
}

const systemNamespaces = (cluster: SimCluster): string[] =>
  cluster.outside
    ? []
    : [systemNamespaceOf(cluster), ...istiodsOf(cluster).map((istiod) => namespaceOfIstiod(cluster, istiod))]

export const namespaceObject = (namespace: SimNamespace, cluster: SimCluster, birth: Birth): KubernetesJson =>
  made(
    birth,
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      name: namespace.name,
      labels: {
        'kubernetes.io/metadata.name': namespace.name,
        ...(namespace.name === systemNamespaceOf(cluster) && cluster.network !== ''
          ? { 'topology.istio.io/network': cluster.network }
          : {}),
        ...namespace.labels,
      },
      ...(namespace.name === systemNamespaceOf(cluster) && cluster.primary !== undefined
        ? { annotations: { 'topology.istio.io/controlPlaneClusters': cluster.primary } }
        : {}),
    },
    { spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } },
  )
