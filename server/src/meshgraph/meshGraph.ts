/**
 * GET /api/mesh/graph: the infrastructure of the mesh, not its traffic. A projection of the control planes that the viewer
 * sees and of what they manage (reference: graph.md 6).
 */
import type { MeshGraph } from '@binocle/api/mesh'
import type { Scope } from '../access/scope.ts'
import { planeVersion } from '../istiod/version.ts'
import type { ControlPlane } from '../mesh/controlPlanes.ts'
import type { Mesh } from '../model.ts'
import { type IstiodAnswers, istiodStatus } from '../status/istiodStatus.ts'
import { boxed, byBoxAndPlace, byEnds } from './boxes.ts'
import { addConsoles, type ConsoleFacts } from './consoles.ts'
import { clusterDocument, controlPlaneDocument, managedNamespaces, toldTag, visiblePlanes } from './controlPlanes.ts'
import { addDataPlaneProxies } from './dataPlaneProxies.ts'
import { type Elements, startElements } from './nodes.ts'
import type { MeshGraphOptions } from './options.ts'

export interface MeshGraphContext extends ConsoleFacts {
  readonly istiodAnswers: IstiodAnswers
}

export function meshGraph(mesh: Mesh, scope: Scope, options: MeshGraphOptions, context: MeshGraphContext): MeshGraph {
  const planes = visiblePlanes(mesh, scope)
  const elements = startElements()
  addClusters(mesh, scope, planes, elements)
  const istiods = new Map(planes.map((plane) => [plane, addIstiod(mesh, scope, plane, elements, context)]))
  for (const [plane, istiod] of istiods) addDataPlanes(mesh, scope, plane, istiod, elements)
  addDataPlaneProxies(mesh, scope, istiods, options, elements)
  addConsoles(mesh, scope, istiods, elements, context)
  const nodes = boxed(elements).sort(byBoxAndPlace)
  const meshNames = [...new Set(planes.map(({ config }) => config.meshId))].filter((name) => name !== '')
  return {
    elements: {
      nodes: nodes.map((data) => ({ data })),
      edges: [...elements.edges.values()].sort(byEnds).map((data) => ({ data })),
    },
    meshNames: meshNames.length > 0 ? meshNames : null,
    timestamp: options.queryTime ?? Math.floor(mesh.clock() / 1000),
  }
}

/** Where control planes run, with the version of Kubernetes; what they manage, without. */
function addClusters(mesh: Mesh, scope: Scope, planes: readonly ControlPlane[], elements: Elements): void {
  const hosts = new Set(planes.map(({ cluster }) => cluster))
  const managed = new Set(planes.flatMap(({ managedClusters }) => managedClusters))
  for (const name of [...hosts, ...managed].filter((each, i, all) => all.indexOf(each) === i)) {
    if (scope.seesCluster(name) === 'no') continue
    const version = hosts.has(name) ? (mesh.clusters.get(name)?.kubernetesVersion ?? 'Unknown') : ''
    elements.node({ cluster: name, namespace: '', infraName: name, version }, 'cluster', {
      infraData: clusterDocument(mesh, scope, name),
    })
  }
}

function addIstiod(
  mesh: Mesh,
  scope: Scope,
  plane: ControlPlane,
  elements: Elements,
  { istiodAnswers }: MeshGraphContext,
): string {
  const { ambient, cluster, name, namespace } = plane
  const version = planeVersion(mesh.istiodFacts, plane)?.version ?? 'Unknown'
  const shown = mesh.config.istio.componentStatusEnabled !== false
  return elements.node({ cluster, namespace, infraName: name, version }, 'istiod', {
    healthData: shown ? istiodStatus(mesh, plane, istiodAnswers) : 'Healthy',
    infraData: controlPlaneDocument(mesh, scope, plane, istiodAnswers),
    ...(ambient ? { isAmbient: true } : {}),
  })
}

/** One for each cluster in which namespaces follow the control plane. */
function addDataPlanes(mesh: Mesh, scope: Scope, plane: ControlPlane, istiod: string, elements: Elements): void {
  const namespaces = managedNamespaces(mesh, scope, plane)
  for (const cluster of plane.managedClusters) {
    const here = namespaces.filter((namespace) => namespace.cluster === cluster)
    if (here.length === 0) continue
    const version = toldTag(mesh, scope, plane)?.name ?? plane.revision
    const key = { cluster, namespace: '', infraName: 'Data Plane', version }
    elements.edge(istiod, elements.node(key, 'dataplane', { infraData: here }))
  }
}
