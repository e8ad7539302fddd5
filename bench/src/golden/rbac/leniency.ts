/**
 * What may differ in these answers: they were taken once, so what moves is known from the answers of the same requests in
 * `answers/`, where everybody sees everything.
 */
import { additionsOf } from '../additions.ts'
import { type Recorded, readRecorded } from '../answers.ts'
import { type Leniency, leniencyOf } from '../leniency.ts'
import { unorderedByRoute } from '../replay.ts'
import { routeName } from '../routeNames.ts'
import { movingOf, readSeen, type Seen, sharedByGraphs } from '../seen.ts'
import type { RbacAnswer, RbacRequest } from './recorded.ts'

export type LeniencyFor = (request: RbacRequest, recorded: RbacAnswer) => Leniency

export async function readLeniency(folder: string): Promise<{ recorded: Recorded; leniencyFor: LeniencyFor }> {
  const recorded = await readRecorded(folder)
  const unordered = unorderedByRoute(recorded)
  const seen = await readSeen(folder)
  const leniencyFor: LeniencyFor = (request, answer) => {
    const alike = recorded.requests.filter(({ method, path }) => method === request.method && path === request.path)
    // A graph that was not asked for there shares what moves with those that were.
    const places = sharedByGraphs(seen, [...recorded.requests, { ...request, n: -request.n, group: '', volatile: [] }])
    const moving: Seen = Object.assign({}, places.get(-request.n), ...alike.map(({ n }) => places.get(n) ?? {}))
    return leniencyOf(
      alike.flatMap(({ volatile }) => volatile),
      [...(unordered.get(routeName(request.method, request.path)) ?? []), ...orderOfIds, ...orderOfClusters],
      additionsOf(request.path, answer.status),
      movingOf(moving, answer.body),
    )
  }
  return { recorded, leniencyFor }
}

/** Nodes and edges come in the order of what they are, of which whoever may not see them is told nothing. */
const orderOfIds = ['.elements.nodes[]', '.elements.edges[]']

/** Gathered from clusters in any order: another one since Kiali was started anew, as it was for each strategy. */
const orderOfClusters = ['.gatewayAPIClasses[]']
