/** Levels of detail: which boxes are open, from the whole mesh in a few tiles down to every workload. */
import { ancestors, type MeshGraph } from './meshGraph.ts'

/** Coarse to fine. */
export const levels = ['clusters', 'namespaces', 'apps', 'workloads'] as const
export type Level = (typeof levels)[number]

const openKinds: Record<Level, readonly string[]> = {
  clusters: [],
  namespaces: ['cluster'],
  apps: ['cluster', 'namespace'],
  workloads: ['cluster', 'namespace', 'app'],
}

/** The boxes that are open at `level`. */
export function openAt(graph: MeshGraph, level: Level): Set<string> {
  const open = new Set<string>()
  for (const node of graph.nodes.values()) if (node.openable && openKinds[level].includes(node.kind)) open.add(node.id)
  return open
}

/** `open` with exactly the boxes around `targets` added, so that each of them is visible. */
export function reveal(graph: MeshGraph, open: ReadonlySet<string>, targets: Iterable<string>): Set<string> {
  const revealed = new Set(open)
  for (const target of targets) for (const box of ancestors(graph, target)) revealed.add(box)
  return revealed
}

/** What the user opened and closed by hand, relative to a level; this is what stands in the URL. */
export interface Toggles {
  readonly opened: readonly string[]
  readonly closed: readonly string[]
}

export function applyToggles(base: ReadonlySet<string>, toggles: Toggles): Set<string> {
  const open = new Set(base)
  for (const id of toggles.opened) open.add(id)
  for (const id of toggles.closed) open.delete(id)
  return open
}

/** The toggles that lead from `base` to `open`. */
export function togglesBetween(base: ReadonlySet<string>, open: ReadonlySet<string>): Toggles {
  return {
    opened: [...open].filter((id) => !base.has(id)).sort(),
    closed: [...base].filter((id) => !open.has(id)).sort(),
  }
}
