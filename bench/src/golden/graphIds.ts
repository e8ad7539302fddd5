/**
 * Graph ids are compared by what they stand for: every node's id is replaced by its name in words, and `parent`,
 * `source`, `target` and the ids of edges with it.
 */
import { at, isList, isObject, type JsonObject } from './json.ts'

/** The document with readable ids; any other document as it is. */
export function withNamedIds(document: unknown): unknown {
  const nodes = at(document, 'elements', 'nodes')
  const edges = at(document, 'elements', 'edges')
  if (!isObject(document) || !isObject(document.elements) || !isList(nodes) || !isList(edges)) return document
  const names = namesOf(nodes)
  return {
    ...document,
    elements: {
      ...document.elements,
      nodes: nodes.map((node) => renamed(node, (data) => renameNode(data, names))),
      edges: edges.map((edge) => renamed(edge, (data) => renameEdge(data, names))),
    },
  }
}

/** What a node stands for; `infraType` and `infraName` are the mesh graph's. */
const identity = [
  'nodeType',
  'isBox',
  'cluster',
  'namespace',
  'workload',
  'app',
  'version',
  'service',
  'aggregate',
  'aggregateValue',
  'infraType',
  'infraName',
]

/** Ids -> names in words. */
export function namesOf(nodes: readonly unknown[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  const times = new Map<string, number>()
  for (const node of nodes) {
    const data = at(node, 'data')
    if (!isObject(data) || typeof data.id !== 'string') continue
    const name = identity.map((key) => data[key] ?? '').join('|')
    const seen = times.get(name) ?? 0
    times.set(name, seen + 1)
    names.set(data.id, seen === 0 ? name : `${name}#${seen}`)
  }
  return names
}

const renamed = (element: unknown, rename: (data: JsonObject) => JsonObject): unknown =>
  isObject(element) && isObject(element.data) ? { ...element, data: rename(element.data) } : element

const nameOf = (id: unknown, names: ReadonlyMap<string, string>): unknown =>
  typeof id === 'string' ? (names.get(id) ?? `nobody:${id}`) : id

const renameNode = (data: JsonObject, names: ReadonlyMap<string, string>): JsonObject => ({
  ...data,
  id: nameOf(data.id, names),
  ...('parent' in data ? { parent: nameOf(data.parent, names) } : {}),
})

function renameEdge(data: JsonObject, names: ReadonlyMap<string, string>): JsonObject {
  const source = nameOf(data.source, names)
  const target = nameOf(data.target, names)
  const waypoint = data.waypoint
  const from = at(waypoint, 'fromEdge')
  return {
    ...data,
    id: `${source} > ${target} ${at(data, 'traffic', 'protocol') ?? ''}`,
    source,
    target,
    ...(isObject(waypoint) && isObject(from) ? { waypoint: { ...waypoint, fromEdge: renameEdge(from, names) } } : {}),
  }
}
