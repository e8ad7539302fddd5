/** A scenario as the Kubernetes objects of one of its clusters: what its API server is started with. */
import type { KubernetesJson, Scenario, SimCluster } from '../scenario.ts'
import { idOfIstiod, istiodsOf, nameOfIstiod, namespaceOfIstiod, servesOthers, servingIstiod } from '../system.ts'
import { grouped, type Topology, topologyOf } from '../topology.ts'
import { controlPlaneObjects } from './controlPlane.ts'
import { type Birth, made, timestamp } from './metadata.ts'
import { namespaceObject, namespacesOf } from './namespaces.ts'
import { nodeObject } from './nodes.ts'
import { serviceAccountOf } from './pods.ts'
import type { MeshFacts } from './proxy.ts'
import { serviceObjects } from './services.ts'
import { workloadObjects } from './workloads.ts'

export interface ObjectOptions {
  /** When the mesh was set up, Unix ms. Objects are that old. */
  readonly createdMs: number
  /** PEM of the mesh's root certificate. */
  readonly rootCertificate: string
}

/** All objects of one cluster, namespaces first. */
export function objectsOf(topology: Topology, cluster: string, options: ObjectOptions): KubernetesJson[] {
  const { scenario } = topology
  const at = topology.cluster(cluster)
  if (!at) return []
  const birth: Birth = { cluster, createdAt: timestamp(options.createdMs) }
  const facts = meshFacts(scenario, at)
  const nodes = topology.nodes(cluster)
  const nodeIps = new Map(nodes.map((node) => [node.name, node.ip]))
  const workloads = topology.workloads.filter((w) => w.cluster === cluster)
  return [
    ...namespacesOf(scenario, cluster).map((namespace) => namespaceObject(namespace, at, birth)),
    ...nodes.map((node) => nodeObject(node, at, birth)),
    ...serviceAccounts(workloads, scenario, cluster, birth),
    ...controlPlaneObjects(scenario, at, options.rootCertificate, birth),
    ...topology.services.filter((s) => s.cluster === cluster).flatMap((s) => serviceObjects(s, topology, birth)),
    ...workloads.flatMap((w) => workloadObjects(w, topology.pods(w), (node) => nodeIps.get(node) ?? '', facts, birth)),
    ...scenario.config.filter((c) => c.cluster === cluster).map((c) => withBirth(c.object, birth)),
  ]
}

/** The same for every cluster of the scenario. */
export function objectsByCluster(scenario: Scenario, options: ObjectOptions): Map<string, KubernetesJson[]> {
  const topology = topologyOf(scenario)
  return new Map(scenario.clusters.map(({ name }) => [name, objectsOf(topology, name, options)]))
}

/** What the cluster's proxies know: a remote is served by its primary's control plane. */
export function meshFacts(scenario: Scenario, cluster: SimCluster): MeshFacts {
  const istiod = servingIstiod(scenario, cluster)?.istiod
  return {
    meshId: istiod?.meshId ?? scenario.meshId,
    trustDomain: scenario.trustDomain,
    cluster,
    version: istiod?.version ?? '1.30.1',
    revision: istiod?.revision ?? 'default',
    istiods: istiodsOf(cluster).map((one) => ({
      namespace: namespaceOfIstiod(cluster, one),
      name: nameOfIstiod(one),
      revision: one.revision,
      id: idOfIstiod(cluster, one),
      servesOthers: servesOthers(scenario, cluster, one),
      external: idOfIstiod(cluster, one) !== cluster.name,
    })),
  }
}

function serviceAccounts(
  workloads: Topology['workloads'],
  scenario: Scenario,
  cluster: string,
  birth: Birth,
): KubernetesJson[] {
  const byNamespace = grouped(workloads, (w) => w.namespace)
  return namespacesOf(scenario, cluster).flatMap(({ name: namespace }) => {
    const names = new Set(['default', ...(byNamespace.get(namespace) ?? []).map(serviceAccountOf)])
    return [...names].map((name) => made(birth, { apiVersion: 'v1', kind: 'ServiceAccount', namespace, name }))
  })
}

/** Istio's objects are written by people: only what the API server adds is missing. */
function withBirth(object: KubernetesJson, birth: Birth): KubernetesJson {
  const { name, namespace } = object.metadata
  const base = made(birth, {
    apiVersion: object.apiVersion,
    kind: object.kind,
    name,
    ...(namespace === undefined ? {} : { namespace }),
  })
  return { ...object, metadata: { ...base.metadata, ...object.metadata } }
}
