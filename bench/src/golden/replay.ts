/**
 * Sends the recorded requests to a running server and judges the answers. The server's clock stands at the recording's
 * "now", so that no time needs to be shifted.
 */
import { request as send } from 'undici'
import { additionsOf } from './additions.ts'
import type { Answer } from './answers.ts'
import { type Recorded, type RecordedRequest, readAnswer } from './answers.ts'
import { compareAnswers } from './compare.ts'
import { parseJson } from './json.ts'
import { leniencyOf, parseMark } from './leniency.ts'
import { listedAs } from './listed.ts'
import type { RecordedMesh } from './listing.ts'
import { routeName } from './routeNames.ts'
import { movingOf, readSeen, sharedByGraphs } from './seen.ts'
import { type Verdict, verdictOf } from './verdict.ts'

/** `baseUrl`: with the web root, without a final slash. Verdicts come in the order of the requests. */
export async function replay(
  folder: string,
  recorded: Recorded,
  requests: readonly RecordedRequest[],
  baseUrl: string,
  mesh: RecordedMesh,
): Promise<Verdict[]> {
  const unordered = unorderedByRoute(recorded)
  const seen = sharedByGraphs(await readSeen(folder), recorded.requests)
  const verdicts: Verdict[] = []
  for (const request of requests) {
    const answer = await readAnswer(folder, request)
    const ours = await ask(baseUrl, request, answer.requestBody)
    const lists = unordered.get(routeName(request.method, request.path)) ?? []
    const moving = movingOf(seen.get(request.n) ?? {}, answer.body)
    const leniency = leniencyOf(request.volatile, lists, additionsOf(request.path, answer.status), moving)
    const differences = compareAnswers(answer, ours, leniency)
    verdicts.push(verdictOf(request, differences, (difference) => listedAs(request, difference, mesh)))
  }
  return verdicts
}

/**
 * Lists that any answer of a route was seen to reorder: two samples of another answer may agree by chance, the more so the
 * shorter its list. The components' states and the discovered mesh are remembered: two samples could not differ, but the
 * order is that of clusters and of a cache, which have none. Nodes and edges of the mesh graph are in order of their ids.
 */
export function unorderedByRoute(recorded: Recorded): ReadonlyMap<string, ReadonlySet<string>> {
  const lists = new Map([
    ['GET /api/istio/status', new Set(['[]'])],
    ['GET /api/mesh/controlplanes', new Set(['[]'])],
    ['GET /api/mesh/graph', new Set(['.elements.nodes[]', '.elements.edges[]'])],
  ])
  for (const { method, path, volatile } of recorded.requests) {
    const route = routeName(method, path)
    for (const mark of volatile.map(parseMark)) {
      if (mark.note !== 'order') continue
      const known = lists.get(route)
      if (known) known.add(mark.path)
      else lists.set(route, new Set([mark.path]))
    }
  }
  return lists
}

/** `baseUrl`: with the web root, without a final slash. */
export async function ask(
  baseUrl: string,
  request: Pick<RecordedRequest, 'method' | 'path'>,
  requestBody: unknown,
): Promise<Answer> {
  const hasBody = requestBody !== undefined && requestBody !== null
  const answer = await send(baseUrl + request.path, {
    method: methodOf(request.method),
    ...(hasBody ? { body: typeof requestBody === 'string' ? requestBody : JSON.stringify(requestBody) } : {}),
    headers: hasBody ? { 'content-type': 'application/json' } : {},
  })
  const text = await answer.body.text()
  const contentType = String(answer.headers['content-type'] ?? '')
  return {
    status: answer.statusCode,
    contentType,
    body: contentType.includes('json') && text !== '' ? parseJson(text) : text,
  }
}

const methods = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'] as const

export function methodOf(text: string): (typeof methods)[number] {
  const method = methods.find((known) => known === text)
  if (method === undefined) throw new Error(`The recording holds a request with method ${text}`)
  return method
}
