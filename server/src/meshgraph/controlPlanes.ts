/** GET /api/mesh/controlplanes: one document for each istiod Deployment (reference: api.md 17.2, multicluster.md 9). */
import type { KubeCluster } from '@binocle/api/config'
import type { ClusterName } from '@binocle/api/identity'
import type { Certificate, ControlPlaneDocument } from '@binocle/api/mesh'
import type { ExternalService } from '@binocle/api/status'
import type { Scope } from '../access/scope.ts'
import { namespaceDocument } from '../catalog/namespaces.ts'
import { seesWhole } from '../catalog/visible.ts'
import type { ConfigMap } from '../inventory/objects.ts'
import { fieldsOf } from '../istioconfig/read.ts'
import { type IstioVersion, planeVersion } from '../istiod/version.ts'
import { rootsOf } from '../mesh/certificates.ts'
import type { ControlPlane } from '../mesh/controlPlanes.ts'
import { meshFactsOf } from '../mesh/mesh.ts'
import type { Mesh } from '../model.ts'
import { type IstiodAnswers, istiodStatus } from '../status/istiodStatus.ts'
import { kubeCluster } from '../status/kubeCluster.ts'
import { configSource, effectiveConfig } from './configSource.ts'
import { quantity } from './quantity.ts'

/** Those in namespaces that the viewer may see, in order of cluster (home first), namespace and name. */
export function controlPlaneDocuments(mesh: Mesh, scope: Scope, answers: IstiodAnswers): ControlPlaneDocument[] {
  return visiblePlanes(mesh, scope).map((plane) => controlPlaneDocument(mesh, scope, plane, answers))
}

export function visiblePlanes(mesh: Mesh, scope: Scope): readonly ControlPlane[] {
  const facts = meshFactsOf(mesh.inventory)
  return mesh.clusters
    .list()
    .flatMap(({ home, name }) => (home && mesh.config.kubernetes.ignoreHomeCluster ? [] : facts.controlPlanesIn(name)))
    .filter((plane) => scope.sees(plane) === 'yes')
}

export function controlPlaneDocument(
  mesh: Mesh,
  scope: Scope,
  plane: ControlPlane,
  answers: IstiodAnswers,
): ControlPlaneDocument {
  const { deployment, sources } = plane
  const tag = toldTag(mesh, scope, plane)
  const managedClusters = plane.managedClusters.filter((name) => scope.seesCluster(name) !== 'no')
  const namespaces = managedNamespaces(mesh, scope, plane)
  const version = planeVersion(mesh.istiodFacts, plane)
  const container = deployment.template.containers[0]
  return {
    cluster: clusterDocument(mesh, scope, plane.cluster),
    config: {
      ...(plane.roots === undefined ? {} : { certificates: [certificate(plane.roots)] }),
      effectiveConfig: effectiveConfig(plane.config),
      ...(plane.network === '' ? {} : { network: plane.network }),
      ...(sources.shared === undefined ? {} : { sharedConfig: configSource(sources.shared) }),
      ...(sources.standard === undefined ? {} : { standardConfig: configSource(sources.standard) }),
    },
    externalControlPlane: plane.external,
    id: plane.id,
    istiodName: plane.name,
    istiodNamespace: plane.namespace,
    managedClusters: orNull(managedClusters.map((name) => clusterDocument(mesh, scope, name))),
    managesExternal: plane.managesExternal,
    managedNamespaces: orNull(namespaces),
    monitoringPort: plane.monitoringPort,
    resources: container?.resources ?? {},
    revision: plane.revision,
    rootNamespace: plane.rootNamespace,
    status: istiodStatus(mesh, plane, answers),
    ...(tag === undefined ? {} : { tag: { ...tag } }),
    ...(container === undefined ? {} : { thresholds: thresholds(container.resources) }),
    ...(version === undefined ? {} : { version: service(version) }),
  }
}

/** Of the revision tag, which is of no namespace, those hear who look after its cluster. */
export const toldTag = (mesh: Mesh, scope: Scope, { tag }: ControlPlane): ControlPlane['tag'] =>
  tag !== undefined && seesWhole(mesh, scope, tag.cluster) ? tag : undefined

/** As namespaces of Kiali's API, of what the viewer sees. */
export function managedNamespaces(mesh: Mesh, scope: Scope, plane: ControlPlane) {
  const facts = meshFactsOf(mesh.inventory)
  return facts
    .namespacesOf(plane)
    .filter(({ cluster, name }) => scope.sees({ cluster, namespace: name }) === 'yes')
    .map((namespace) => namespaceDocument(facts, namespace))
}

const service = ({ name, version }: IstioVersion): ExternalService => ({ name, version, tempoConfig: {} })

/** A cluster that we have no connection for is only a name. */
export function clusterDocument(mesh: Mesh, scope: Scope, name: ClusterName): KubeCluster {
  const cluster = mesh.clusters.get(name)
  return cluster === undefined
    ? { accessible: false, apiEndpoint: '', isKialiHome: false, kialiInstances: null, name, secretName: '' }
    : kubeCluster(mesh.inventory, scope, cluster, mesh.config.kubernetes.kialiUrls)
}

/** The first of its roots, as Kiali. */
function certificate(configMap: ConfigMap): Certificate {
  const [root] = rootsOf(configMap)
  return {
    dnsNames: root?.dnsNames ? [...root.dnsNames] : null,
    configMapName: configMap.name,
    issuer: root?.issuer ?? '',
    notBefore: rfc3339(root?.notBefore),
    notAfter: rfc3339(root?.notAfter),
    error: root?.error ?? '',
    accessible: true,
    cluster: '',
  }
}

/** Of an unknown time Go prints its year 1. */
const rfc3339 = (timeMs: number | undefined): string =>
  timeMs ? new Date(timeMs).toISOString().replace('.000Z', 'Z') : '0001-01-01T00:00:00Z'

function thresholds(resources: unknown): { memory: number; cpu: number } {
  const { cpu, memory } = fieldsOf(fieldsOf(resources).limits)
  return { memory: quantity(memory) / 1e6, cpu: quantity(cpu) }
}

const orNull = <T>(list: T[]): T[] | null => (list.length > 0 ? list : null)
