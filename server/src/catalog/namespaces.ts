/** Namespaces as Kiali's API shows them (reference: api.md 7). */
import type { NamespaceDocument } from '@binocle/api/catalog'
import type { NamespaceRef } from '@binocle/api/identity'
import type { Scope } from '../access/scope.ts'
import type { Namespace } from '../inventory/objects.ts'
import { isAmbientNamespace, type MeshFacts, meshFactsOf, namespaceRevision } from '../mesh/mesh.ts'
import type { Mesh } from '../model.ts'
import { forgetNamespaces } from './namespaceFacts.ts'
import { namespaceAt, visibleClusters, visibleNamespaces } from './visible.ts'

/** GET /api/namespaces: every namespace of every cluster that the viewer sees, in order of cluster and name. */
export function listNamespaces(mesh: Mesh, scope: Scope): NamespaceDocument[] {
  const facts = meshFactsOf(mesh.inventory)
  forgetNamespaces(mesh.inventory, exists(mesh))
  return visibleClusters(mesh, scope).flatMap((cluster) =>
    visibleNamespaces(mesh, scope, cluster).map((namespace) => namespaceDocument(facts, namespace)),
  )
}

/** GET /api/namespaces/{namespace}/info. Throws when it does not exist or may not be seen. */
export function namespaceOf(mesh: Mesh, scope: Scope, at: NamespaceRef): NamespaceDocument {
  return namespaceDocument(meshFactsOf(mesh.inventory), namespaceAt(mesh, scope, at))
}

export function namespaceDocument(facts: MeshFacts, namespace: Namespace): NamespaceDocument {
  const { cluster, name, labels, annotations, hasLabels, hasAnnotations } = namespace
  const at = { cluster, namespace: name }
  const revision = namespaceRevision(facts, at, labels)
  return {
    name,
    cluster,
    isAmbient: isAmbientNamespace(facts, at, labels),
    isControlPlane: facts.controlPlanesAt(at).length > 0,
    labels: hasLabels ? labels : null,
    annotations: hasAnnotations ? annotations : null,
    ...(revision === undefined || revision === '' ? {} : { revision }),
  }
}

const exists =
  ({ inventory }: Mesh) =>
  ({ cluster, namespace }: NamespaceRef): boolean =>
    inventory.get('namespaces', { cluster, namespace: '' }, namespace) !== undefined
