/**
 * What a recording saw move: `answers/seen.json.gz` holds, for each answer that is not deterministic, the distinct values
 * that several samples had at each place. Places name list elements by what they are, so they are translated into the
 * comparer's.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { RecordedRequest } from './answers.ts'
import { namesOf } from './graphIds.ts'
import { at, canonical, isList, isObject, type JsonObject, parseJson } from './json.ts'
import { parametersOf } from './routeNames.ts'

/** Of one answer: place as recorded -> the distinct values seen there, or a text that counts them. */
export type Seen = JsonObject

/** The same in the comparer's places. */
export interface Moving {
  /** Places with the values seen there; `undefined` among them: it was absent. */
  readonly values: ReadonlyMap<string, readonly unknown[]>
  /** Lists seen in several orders, as paths ending in `[]`. */
  readonly unordered: ReadonlySet<string>
}

export const nothingMoves: Moving = { values: new Map(), unordered: new Set() }

/** By request number; empty when the recording has no such file. */
export async function readSeen(folder: string): Promise<ReadonlyMap<number, Seen>> {
  const bytes = await readFile(join(folder, 'answers/seen.json.gz')).catch(() => undefined)
  if (bytes === undefined) return new Map()
  const seen = at(parseJson(gunzipSync(bytes).toString('utf8')), 'seen')
  if (!isObject(seen)) throw new Error(`${folder}/answers/seen.json.gz has no places`)
  return new Map(Object.entries(seen).flatMap(([n, places]) => (isObject(places) ? [[Number(n), places]] : [])))
}

/**
 * Seven samples may agree by chance: what moved in the graph of some namespaces or of a node moves in every graph of them
 * of the same type, whatever its appenders and rates; and what a node shows of its configuration moves wherever the node
 * stands. Other requests are left as they are.
 */
export function sharedByGraphs(
  seen: ReadonlyMap<number, Seen>,
  requests: readonly RecordedRequest[],
): ReadonlyMap<number, Seen> {
  const configuration: Places = {}
  const alike = new Map<string, Places>()
  const shared = new Map<number, Seen>(seen)
  const graphs = requests.flatMap(({ n, path }) => {
    const key = graphLikeness(path)
    return key === undefined ? [] : [{ n, key }]
  })
  for (const { n, key } of graphs) {
    const places = alike.get(key) ?? {}
    alike.set(key, places)
    for (const [place, values] of Object.entries(seen.get(n) ?? {})) {
      note(fromConfiguration.test(place) ? configuration : places, place, values)
    }
  }
  for (const { n, key } of graphs) shared.set(n, { ...configuration, ...alike.get(key) })
  return shared
}

type Places = Record<string, unknown>

const fromConfiguration = /^\.elements\.nodes\[n:\w+\]\.data\.(has\w+|isGateway|isServiceEntry|labels)\b/

function note(places: Places, place: string, values: unknown): void {
  const known = places[place]
  places[place] = isList(known) && isList(values) ? [...known, ...values] : values
}

/** Equal for graphs that are made of the same calls. */
function graphLikeness(path: string): string | undefined {
  const [route = ''] = path.split('?')
  if (!/^\/api\/namespaces\/(.*\/)?graph$/.test(route)) return undefined
  const parameters = parametersOf(path)
  return ['namespaces', 'graphType', 'injectServiceNodes']
    .map((name) => parameters.get(name) ?? '')
    .concat(route)
    .join(' ')
}

/** `recorded`: the body that is compared; graph ids are named as there. */
export function movingOf(seen: Seen, recorded: unknown): Moving {
  const names = nodeNames(seen, recorded)
  const values = new Map<string, readonly unknown[]>()
  const unordered = new Set<string>()
  for (const [place, found] of Object.entries(seen)) {
    if (place.endsWith('[] order')) {
      unordered.add(place.slice(0, -' order'.length).replace(elements, '[]'))
      continue
    }
    const mine = place.replace(elements, (element) => `[${labelOf(element.slice(1, -1), names)}]`)
    values.set(mine, isList(found) ? distinctOf(found.map(valueSeen)) : [])
  }
  return { values, unordered }
}

/** An element of a list: everything up to a bracket that a place goes on after, or that ends it. */
const elements = /\[(n:|e:|\().*?\](?=\.|\[|$| order)/g

const distinctOf = (values: readonly unknown[]): readonly unknown[] => [
  ...new Map(values.map((value) => [canonical(value), value])).values(),
]

/** Objects are written as text. */
function valueSeen(value: unknown): unknown {
  if (value === '<absent>') return undefined
  return typeof value === 'string' && value.startsWith('{') ? parseJson(value) : value
}

/** Names of the recorded nodes; of those that only other samples had, from what was seen of them. */
function nodeNames(seen: Seen, recorded: unknown): ReadonlyMap<string, string> {
  const others = new Map<string, Record<string, unknown>>()
  for (const [place, found] of Object.entries(seen)) {
    const [, id, field] = /^\.elements\.nodes\[n:(\w+)\]\.data\.(\w+)$/.exec(place) ?? []
    if (id === undefined || field === undefined || !isList(found)) continue
    const node = others.get(id) ?? { id }
    others.set(id, node)
    node[field] = found.map(valueSeen).find((value) => value !== undefined)
  }
  const nodes = at(recorded, 'elements', 'nodes')
  const known = namesOf(isList(nodes) ? nodes : [])
  const rest = [...others.values()].filter(({ id }) => !known.has(String(id))).map((data) => ({ data }))
  return new Map([...namesOf(rest), ...known])
}

function labelOf(element: string, names: ReadonlyMap<string, string>): string {
  if (element.startsWith('n:')) return names.get(element.slice(2)) ?? element
  const edge = /^e:(\w+)>(\w+)\/(\w+)$/.exec(element)
  if (edge !== null) {
    const [, source = '', target = '', protocol = ''] = edge
    const ends = `${names.get(source) ?? source} > ${names.get(target) ?? target}`
    return `${ends} ${protocol === 'None' ? '' : protocol}`
  }
  return tupleLabel(element)
}

/** `('east', 'shop', 'cart', 'None')`: cluster, namespace, name, kind. */
function tupleLabel(tuple: string): string {
  const [, cluster = '', namespace = '', name = '', kind = ''] =
    /^\('([^']*)', '([^']*)', '([^']*)', ['"](.*)['"]\)$/.exec(tuple) ?? []
  const named = [cluster, namespace, name].filter((part) => part !== 'None').map(canonical)
  if (kind !== 'None') named.push(canonical(parseJson(kind.replaceAll("'", '"'))))
  return named.join(' ')
}
