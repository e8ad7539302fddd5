/** Which namespaces of its cluster see a ServiceEntry (reference: graph.md 4.1). */

import type { NamespaceRef } from '@binocle/api/identity'
import type { Inventory } from '../../inventory/inventory.ts'
import type { ConfigObject } from '../../inventory/objects.ts'
import { fieldsOf, textsOf } from '../../istioconfig/read.ts'
import { controlPlaneOf, type MeshFacts } from '../../mesh/mesh.ts'

/** Is `entry` exported to this namespace of its cluster? Without `exportTo` the mesh's default decides. */
export function isExportedTo(entry: ConfigObject, at: NamespaceRef, inventory: Inventory, facts: MeshFacts): boolean {
  const stated = exportTo(entry)
  const names = stated.length > 0 ? stated : meshDefault(at, inventory, facts)
  if (names.length === 0) return true
  return names.some(
    (name) => name === '*' || name === at.namespace || (name === '.' && entry.namespace === at.namespace),
  )
}

/** Those that say nothing, or `*`, are tried after the more specific ones. */
export const isForEveryone = (entry: ConfigObject): boolean => {
  const names = exportTo(entry)
  return names.length === 0 || names.includes('*')
}

const exportTo = (entry: ConfigObject) => textsOf(fieldsOf(entry.resource.spec).exportTo)

function meshDefault(at: NamespaceRef, inventory: Inventory, facts: MeshFacts): readonly string[] {
  const labels = inventory.get('namespaces', { cluster: at.cluster, namespace: '' }, at.namespace)?.labels ?? {}
  return textsOf(controlPlaneOf(facts, at, labels)?.config.document.defaultServiceExportTo)
}
