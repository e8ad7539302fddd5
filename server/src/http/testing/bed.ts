/** The whole table of routes over a world of tests, without a socket: one request, and all that leaves for it. */
import { setImmediate as turn } from 'node:timers/promises'
import type { Viewer } from '../../access/scope.ts'
import { noAudit } from '../../audit.ts'
import { anonymousStrategy } from '../../auth/auth.ts'
import { type Reply, type Route, text } from '../route.ts'
import { allRoutes, type Served } from '../routes/all.ts'
import { createServer } from '../server.ts'
import { playedProxies } from './proxies.ts'
import { unseen } from './viewers.ts'
import type { World } from './world.ts'

export interface Asked {
  readonly method: 'DELETE' | 'GET' | 'PATCH' | 'POST' | 'PUT'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface Told {
  readonly status: number
  /** As text, headers that say nothing of the mesh left out. */
  readonly headers: string
  /** Of a stream: all that it said after something happened everywhere. */
  readonly body: string
}

export interface Bed {
  readonly routes: readonly Route[]
  ask(viewer: Viewer, asked: Asked): Promise<Told>
  /** Defects that the log heard of. */
  readonly defects: readonly unknown[]
  /** Node keeps a server, and all that hangs on it, until it is closed. */
  close(): Promise<void>
}

/** `change` may plant something into the table of routes. */
export function createBed(world: World, change: (routes: readonly Route[]) => readonly Route[] = (all) => all): Bed {
  const defects: unknown[] = []
  let viewer: Viewer = unseen
  const timers: (() => void)[] = []
  const served: Served = {
    mesh: world.mesh,
    strategy: anonymousStrategy,
    build: { containerVersion: '1', commit: 'c' },
    prometheus: () => ({ version: '2.42.0', scrapeIntervalS: 15, retentionS: 1_296_000, metrics: undefined }),
    istiodAnswers: () => true,
    diagnoses: world.diagnoses,
    proxies: playedProxies,
    metrics: { contentType: 'text/plain', streamOpened: () => () => {}, text: async () => 'own metrics' },
    audit: noAudit,
    later: (callback) => {
      timers.push(callback)
      return () => void timers.splice(timers.indexOf(callback), timers.includes(callback) ? 1 : 0)
    },
  }
  const routes = change(allRoutes(served))
  const server = createServer({
    config: world.mesh.config.server,
    routes: routes.map((route) => ({ ...route, handle: async (request) => heard(await route.handle(request)) })),
    viewerOf: () => viewer,
    nobody: unseen,
    webDir: undefined,
    onError: (error) => defects.push(error),
    onAnswer: () => {},
  })

  /** A stream is listened to while something happens everywhere. */
  async function heard(reply: Reply): Promise<Reply> {
    if (reply.kind !== 'stream') return reply
    const said: string[] = []
    const stop = reply.open({
      write: (words) => {
        said.push(words)
        return true
      },
      close: () => {},
    })
    world.stir()
    for (const timer of timers.splice(0)) timer()
    await Promise.resolve()
    stop()
    return text(200, 'text/event-stream', said.join(''))
  }

  return {
    routes,
    defects,
    close: () => server.close(),
    async ask(who, { method, url, headers, body }) {
      viewer = who
      const answer = await server.inject({
        method,
        url,
        ...(headers === undefined ? {} : { headers }),
        ...(body === undefined ? {} : { payload: body }),
      })
      // What the answer left for the next turn of the loop holds the whole bed: of thousands in a row no turn would come.
      await turn()
      return { status: answer.statusCode, headers: told(answer.headers), body: answer.body }
    },
  }
}

/** ETag: the hash of what is compared anyway. */
const silent = new Set(['date', 'etag', 'connection', 'x-request-id'])

const told = (headers: Readonly<Record<string, unknown>>): string =>
  JSON.stringify(Object.entries(headers).filter(([name]) => !silent.has(name)))
