/**
 * What a node of the wire is called here, and of which app it is a part. Ids are made of names, so that they survive a
 * refetch and can stand in a URL.
 */
import type { GraphEdge, GraphNode } from '@binocle/api/graph'

export type LeafKind = 'workload' | 'service' | 'serviceEntry' | 'operation' | 'unknown'

/** Wire id -> our id: one each, whatever the order of the document. */
export function nameLeaves(leaves: readonly GraphNode[]): Map<string, string> {
  const taken = new Set<string>()
  const names = new Map<string, string>()
  for (const wire of [...leaves].sort((a, b) => compare(a.id, b.id))) {
    const wanted = leafId(wire)
    const id = taken.has(wanted) ? `${wanted}~${wire.id.slice(0, 8)}` : wanted
    taken.add(id)
    names.set(wire.id, id)
  }
  return names
}

export function kindOf(wire: GraphNode): LeafKind {
  if (wire.isServiceEntry) return 'serviceEntry'
  if (wire.nodeType === 'service') return 'service'
  if (wire.nodeType === 'aggregate') return 'operation'
  return wire.nodeType === 'unknown' ? 'unknown' : 'workload'
}

/**
 * The one node for all that the viewer may not see: it has no name at all. `isInaccessible` alone does not say so: what
 * belongs to no cluster, such as callers from outside the mesh, is marked likewise, for everybody.
 */
export const isRestricted = (wire: GraphNode): boolean =>
  wire.nodeType === 'unknown' && wire.isInaccessible === true && !wire.workload && !wire.app

/** For people. */
export function leafName(wire: GraphNode): string {
  if (wire.nodeType === 'service') return wire.service ?? 'service'
  if (wire.nodeType === 'aggregate') return wire.aggregate ?? 'operation'
  if (wire.nodeType === 'unknown') return isRestricted(wire) ? 'restricted' : 'unknown source'
  return (wire.nodeType === 'workload' ? wire.workload : wire.app) ?? wire.workload ?? 'unknown'
}

/**
 * Wire ids of services, with the app they lead to: all their workloads are of one app in their own namespace.
 * Kiali boxes them only where the app has several members; here a service is always a part of its app.
 */
export function homesOfServices(leaves: readonly GraphNode[], edges: readonly GraphEdge[]): Map<string, string> {
  const byId = new Map(leaves.map((node) => [node.id, node]))
  const apps = new Map<string, Set<string>>()
  for (const edge of edges) {
    const [from, to] = [byId.get(edge.source), byId.get(edge.target)]
    if (from?.nodeType !== 'service' || !to || to.nodeType === 'service') continue
    const sameHome = from.cluster === to.cluster && from.namespace === to.namespace
    apps.set(from.id, (apps.get(from.id) ?? new Set()).add(sameHome ? (to.app ?? '') : ''))
  }
  const homes = new Map<string, string>()
  const populated = new Set(
    leaves.filter((node) => node.nodeType !== 'service' && node.app).map((n) => `${n.cluster}/${n.namespace}/${n.app}`),
  )
  for (const node of leaves) {
    if (node.nodeType !== 'service' || node.isServiceEntry) continue
    const led = [...(apps.get(node.id) ?? [])]
    const app = led.length === 0 ? node.app : led.length === 1 ? led[0] : undefined
    if (app && populated.has(`${node.cluster}/${node.namespace}/${app}`)) homes.set(node.id, app)
  }
  return homes
}

/** Telemetry's word for what it does not know is no name. */
export const known = (name: string | undefined): name is string =>
  name !== undefined && name !== '' && name !== 'unknown'

function leafId(node: GraphNode): string {
  const place = `${node.cluster}/${node.namespace}`
  switch (node.nodeType) {
    case 'service':
      return `s:${place}/${node.service ?? ''}`
    case 'aggregate':
      return `o:${place}/${node.aggregate ?? ''}/${node.app ?? node.service ?? ''}`
    case 'app':
      return `v:${place}/${node.app ?? ''}${node.version ? `@${node.version}` : ''}`
    case 'workload':
      return `w:${place}/${node.workload ?? ''}`
    default:
      return `u:${place}/${node.app ?? node.workload ?? node.service ?? 'unknown'}`
  }
}

export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
