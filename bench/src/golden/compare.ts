/**
 * Compares a recorded answer with ours and names every place where they differ. Pure: what may differ comes in as a
 * `Leniency`, and what differs although documented is decided elsewhere (`listed.ts`).
 */
import type { Answer } from './answers.ts'
import { withNamedIds } from './graphIds.ts'
import { at, canonical, isList, isObject, type JsonObject } from './json.ts'
import { isUnordered, type Leniency } from './leniency.ts'

/** `path` is in the form of the recording's marks, `[]` for every list; `(status)` and `(type)` are the answer's own. */
export interface Difference {
  readonly path: string
  /** As `path`, with the place in each list, for people. */
  readonly place: string
  readonly recorded: unknown
  readonly ours: unknown
}

/** Every difference, the first ones first. When the status differs, bodies are not compared. */
export function compareAnswers(recorded: Answer, ours: Answer, leniency: Leniency): Difference[] {
  if (recorded.status !== ours.status) return [whole('(status)', recorded.status, ours.status)]
  const found: Difference[] = []
  const [typeRecorded, typeOurs] = [mediaType(recorded.contentType), mediaType(ours.contentType)]
  if (typeRecorded !== typeOurs) found.push(whole('(type)', typeRecorded, typeOurs))
  compareValues(withNamedIds(recorded.body), withNamedIds(ours.body), '', '', leniency, found)
  return found
}

const whole = (path: string, recorded: unknown, ours: unknown): Difference => ({ path, place: path, recorded, ours })

const mediaType = (contentType: string): string => contentType.split(';')[0]?.trim() ?? ''

/** Made anew by every API server and every run, so that only their type is compared. */
const perRun = /\.(uid|resourceVersion|apiEndpoint)$/

function compareValues(
  recorded: unknown,
  ours: unknown,
  path: string,
  place: string,
  leniency: Leniency,
  found: Difference[],
): void {
  if (recorded === ours) return
  const isFree = leniency.free.has(path) || leniency.free.has(place)
  if (isFree && (recorded === undefined || ours === undefined)) return
  if ((isFree || perRun.test(path)) && sameType(recorded, ours)) return
  const { values } = leniency.moving
  if (isMoving(ours, values.get(place))) return
  if (recorded === undefined && comesAndGoes(ours, place, values)) return
  if (ours === undefined && comesAndGoes(recorded, place, values)) return
  if (isList(recorded) && isList(ours)) compareLists(recorded, ours, `${path}[]`, place, leniency, found)
  else if (isObject(recorded) && isObject(ours)) compareObjects(recorded, ours, path, place, leniency, found)
  else if (!sameNumber(recorded, ours, leniency.noisy.has(path)) && !(isPoint(path) && sameSize(recorded, ours)))
    found.push({ path, place, recorded, ours })
}

function sameType(left: unknown, right: unknown): boolean {
  return left === null || right === null || (typeof left === typeof right && isList(left) === isList(right))
}

/**
 * Several values were seen: any of their type will do. One value that came and went: that one, or none. The values of what
 * came and went were all seen, unless only their number was recorded.
 */
function isMoving(ours: unknown, seen: readonly unknown[] | undefined): boolean {
  if (seen === undefined) return false
  if (ours === undefined) return seen.includes(undefined)
  const values = seen.filter((value) => value !== undefined)
  if (values.length === 1) return sameNumber(values[0], ours, false) || canonical(values[0]) === canonical(ours)
  return values.length === 0 || values.some((value) => sameType(value, ours))
}

/** Was everything in it, down to its leaves, also seen absent? */
function comesAndGoes(value: unknown, place: string, seen: Leniency['moving']['values']): boolean {
  const here = seen.get(place)
  if (here !== undefined) return here.includes(undefined)
  if (isList(value)) {
    return value.length > 0 && value.every((element) => comesAndGoes(element, `${place}[${labelOf(element)}]`, seen))
  }
  if (!isObject(value)) return false
  const keys = Object.keys(value)
  return keys.length > 0 && keys.every((key) => comesAndGoes(value[key], `${place}.${key}`, seen))
}

/**
 * JSON numbers agree when they differ by less than a millionth: Prometheus extrapolates and sums in no fixed order.
 * Numbers printed as text agree exactly, or to one unit of the last printed digit where the recording itself moved.
 */
function sameNumber(left: unknown, right: unknown, noisy: boolean): boolean {
  if (typeof left === 'number' && typeof right === 'number') return sameSize(left, right)
  if (!noisy || typeof left !== 'string' || typeof right !== 'string') return false
  const unit = 10 ** -Math.max(decimals(left), decimals(right))
  return Math.abs(Number(left) - Number(right)) <= unit * 1.0001
}

/** What Prometheus printed, all digits of it: the order in which it sums shows in the last ones. */
const isPoint = (path: string): boolean => path.endsWith('.datapoints[][]')

function sameSize(left: unknown, right: unknown): boolean {
  const [a, b] = [Number(left), Number(right)]
  return Math.abs(a - b) <= 1e-6 * Math.max(Math.abs(a), Math.abs(b))
}

const decimals = (text: string): number => /\.(\d+)$/.exec(text)?.[1]?.length ?? 0

function compareObjects(
  recorded: JsonObject,
  ours: JsonObject,
  path: string,
  place: string,
  leniency: Leniency,
  found: Difference[],
): void {
  for (const key of Object.keys(recorded))
    compareValues(recorded[key], ours[key], `${path}.${key}`, `${place}.${key}`, leniency, found)
  for (const key of Object.keys(ours)) {
    if (key in recorded || leniency.additions.has(`${path}.${key}`)) continue
    compareValues(undefined, ours[key], `${path}.${key}`, `${place}.${key}`, leniency, found)
  }
}

function compareLists(
  recorded: readonly unknown[],
  ours: readonly unknown[],
  path: string,
  place: string,
  leniency: Leniency,
  found: Difference[],
): void {
  if (leniency.lengths.has(path)) return
  const isMembershipFree = leniency.members.has(path)
  if (isMembershipFree || isUnordered(leniency, path)) {
    for (const { label, left, right } of pairs(recorded, ours, path, leniency)) {
      if (isMembershipFree && (left === undefined || right === undefined)) continue
      compareValues(left, right, path, `${place}[${label}]`, leniency, found)
    }
    return
  }
  for (let i = 0; i < Math.max(recorded.length, ours.length); i++)
    compareValues(recorded[i], ours[i], path, `${place}[${graphId(recorded[i]) ?? i}]`, leniency, found)
}

interface Paired {
  readonly label: string
  readonly left: unknown
  readonly right: unknown
}

/** Elements of lists without order, matched by name; of equal names, by being equal. */
function pairs(recorded: readonly unknown[], ours: readonly unknown[], path: string, leniency: Leniency): Paired[] {
  const rest = new Map<string, unknown[]>()
  for (const element of ours) {
    const label = labelOf(element)
    const group = rest.get(label)
    if (group) group.push(element)
    else rest.set(label, [element])
  }
  const matched = recorded.map((left) => {
    const label = labelOf(left)
    const group = rest.get(label) ?? []
    const equal = group.findIndex((right) => differences(left, right, path, leniency) === 0)
    const right = group.splice(equal < 0 ? 0 : equal, 1)[0]
    return { label, left, right }
  })
  const extra = [...rest].flatMap(([label, group]) => group.map((right) => ({ label, left: undefined, right })))
  return [...matched, ...extra]
}

function differences(left: unknown, right: unknown, path: string, leniency: Leniency): number {
  const found: Difference[] = []
  compareValues(left, right, path, '', leniency, found)
  return found.length
}

const naming = ['cluster', 'namespace', 'kind', 'name', 'istiodName', 'workloadName', 'ip', 'title', 'id', 'objectGVK']

/** The name of a node or an edge, also where the order counts: it says more than its place. */
function graphId(element: unknown): string | undefined {
  const id = at(element, 'data', 'id')
  return typeof id === 'string' ? id : undefined
}

/** A cluster stands either as its name or as an object that has it. */
const nameIn = (value: unknown): unknown => (isObject(value) && typeof value.name === 'string' ? value.name : value)

function labelOf(element: unknown): string {
  if (!isObject(element)) return canonical(element)
  const id = graphId(element)
  if (id !== undefined) return id
  const named = isObject(element.metadata) ? { kind: element.kind, ...element.metadata } : element
  const parts = naming.filter((key) => named[key] !== undefined).map((key) => canonical(nameIn(named[key])))
  return parts.length > 0 ? parts.join(' ') : canonical(element)
}
