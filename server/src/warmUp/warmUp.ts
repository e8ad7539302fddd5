/**
 * The first answers after a start must not pay for code that has never run. Once there is nothing better to do, what a
 * first viewer opens is asked of a small played mesh and thrown away: it costs the same whatever the real mesh, of which
 * nothing is read or asked. Measured on a mesh of 500 workloads: the first overview and the first two graphs take an
 * eighth less of the processor, together 0.2 s, for 0.35 s of it after the start, and 2 MB of code. What they still take
 * longer than later ones is due to the mesh, not to the code.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { anonymousViewer } from '../access/anonymous.ts'
import type { Config } from '../config/config.ts'
import { createGraphCache } from '../graph/graphCache.ts'
import { trafficGraph } from '../graph/trafficGraph.ts'
import { encode, encodeShared } from '../http/encode.ts'
import { readParameters } from '../http/parameters.ts'
import type { Reply, Request, Route } from '../http/route.ts'
import { detailRoutes } from '../http/routes/details.ts'
import { graphRoutes } from '../http/routes/graphs.ts'
import { istioConfigRoutes } from '../http/routes/istioConfig.ts'
import { listRoutes } from '../http/routes/lists.ts'
import { multiclusterRoutes } from '../http/routes/multicluster.ts'
import { namespaceRoutes } from '../http/routes/namespaces.ts'
import type { Mesh } from '../model.ts'
import { playMesh } from './playedMesh.ts'
import { type Question, questions } from './questions.ts'

export interface WarmUpOptions {
  readonly config: Config
  /** Whether nothing that matters more is going on. */
  readonly isIdle: () => boolean
  /** Calls back after `delayMs`; returns how to cancel. */
  readonly later: (callback: () => void, delayMs: number) => () => void
  /** Calls back in a turn of its own, after what matters more. */
  readonly spare: (callback: () => void) => void
  /** Hears of a defect: nothing else comes of it. */
  readonly report: (error: unknown) => void
}

/** How often it is looked whether we are idle. */
const lookMs = 200

/** Begins as soon as we are idle; returns how to stop. */
export function startWarmUp({ config, isIdle, later, spare, report }: WarmUpOptions): () => void {
  let stopped = false
  let cancel = later(look, lookMs)

  function look(): void {
    if (isIdle()) warmUp(config, spare, () => stopped).catch(report)
    else cancel = later(look, lookMs)
  }
  return () => {
    stopped = true
    cancel()
  }
}

/** Asks question by question, each in a turn of its own. Rejects when one of them is refused. */
export async function warmUp(
  config: Config,
  spare: (callback: () => void) => void,
  isStopped: () => boolean,
  hear: (reply: Reply, question: Question) => void = encoded,
): Promise<void> {
  const { mesh, close } = playMesh(config, spare)
  try {
    const routes = routesOf(mesh)
    for (const question of questions) {
      await new Promise<void>((resolve) => spare(resolve))
      // What else is spared shares that turn.
      await turn()
      if (isStopped()) return
      const route = routes.get(question.route)
      if (route === undefined) throw new Error(`no route ${question.route}`)
      hear(await route.handle(requestOf(question, route)), question)
    }
  } finally {
    close()
  }
}

/** As far as its bytes. */
function encoded(reply: Reply): void {
  if (reply.kind === 'json') encode(reply.body)
  if (reply.kind === 'document') encodeShared(reply.document)
}

function routesOf(mesh: Mesh): ReadonlyMap<string, Route> {
  const graphs = createGraphCache(mesh, trafficGraph)
  const routes = [
    ...namespaceRoutes(mesh),
    ...listRoutes(mesh),
    ...detailRoutes(mesh),
    ...istioConfigRoutes(mesh),
    ...graphRoutes(mesh, graphs),
    ...multiclusterRoutes(mesh, graphs, { later: () => () => {}, opened: () => () => {} }),
  ]
  return new Map(routes.filter(({ method }) => method === 'GET').map((route) => [route.path, route]))
}

const requestOf = ({ variables, search }: Question, { method, path, parameters }: Route): Request => ({
  viewer: anonymousViewer,
  again: async () => anonymousViewer,
  incoming: {
    method,
    path,
    search,
    headers: {},
    rawHeaders: [],
    address: '',
    encrypted: false,
    requestId: '',
    body: '',
    setCookie: () => {},
  },
  path: variables,
  query: readParameters(search, parameters),
  signal: new AbortController().signal,
})
