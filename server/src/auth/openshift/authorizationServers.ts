/**
 * The OAuth servers of all clusters, found in the background and looked at again from time to time: a cluster that
 * cannot be reached keeps nobody from starting, and nobody from logging in elsewhere.
 */
import type { ClusterName } from '@binocle/api/identity'
import type { ClusterConnections } from '../../clusters/start.ts'
import { backoffMs } from '../../kube/backoff.ts'
import { thrown } from '../../kube/failure.ts'
import type { Surroundings } from '../../kube/surroundings.ts'
import { type AuthorizationServer, readAuthorizationServer } from './authorizationServer.ts'

export interface AuthorizationServers {
  /** undefined = nobody can log in there now. */
  of(cluster: ClusterName): AuthorizationServer | undefined
  /** Of all clusters to which one can log in, home first. */
  list(): readonly AuthorizationServer[]
  close(): void
}

export interface AuthorizationServersOptions {
  readonly clusters: Pick<ClusterConnections, 'api' | 'list' | 'onChange'>
  /** Name of the OAuthClient, the same everywhere. */
  readonly clientId: string
  /** Other clusters' servers are not wanted. */
  readonly homeOnly: boolean
  /** They need not be encrypted, for trying out. */
  readonly plainHttp: boolean
  readonly surroundings: Surroundings
}

/** A changed OAuthClient is noticed within this. */
const lookAgainMs = 60_000

export function watchAuthorizationServers(options: AuthorizationServersOptions): AuthorizationServers {
  const { clusters, clientId, homeOnly, plainHttp, surroundings } = options
  const { log, random, timers } = surroundings
  const looks = new Map<ClusterName, Look>()

  function follow({ name, home, gone, state }: ReturnType<typeof clusters.list>[number]): void {
    if (gone === true || (homeOnly && !home)) {
      looks.get(name)?.cancel()
      looks.delete(name)
      return
    }
    const known = looks.get(name)
    if (known === undefined) {
      const fresh: Look = { failures: 0, running: false, cancel: () => {} }
      looks.set(name, fresh)
      void look(name, fresh)
    } else if (known.failures > 0 && (state === 'reachable' || state === 'degraded')) void look(name, known)
  }

  async function look(name: ClusterName, at: Look): Promise<void> {
    const api = clusters.api(name)
    if (at.running) return
    at.running = true
    at.cancel()
    try {
      const found = api === undefined ? 'none' : await readAuthorizationServer(api, clientId, plainHttp)
      const before = at.found
      at.found = found === 'none' ? undefined : found
      at.failures = 0
      if (before === undefined && at.found !== undefined)
        log('info', 'people can log in to a cluster', { cluster: name })
    } catch (error) {
      const failure = thrown(name, 'GET /.well-known/oauth-authorization-server', error)
      at.failures += 1
      // What it said last may still hold when it says nothing.
      if (!['aborted', 'server', 'unreachable'].includes(failure.reason)) at.found = undefined
      if (at.failures === 1) log('warn', 'nobody can log in to a cluster', { cluster: name, cause: failure.problem })
    }
    at.running = false
    if (looks.get(name) !== at) return
    const delayMs = at.failures === 0 ? lookAgainMs : backoffMs(at.failures, random())
    at.cancel = timers.after(delayMs, () => void look(name, at))
  }

  const stop = clusters.onChange(follow)
  for (const cluster of clusters.list()) follow(cluster)

  return {
    of: (cluster) => looks.get(cluster)?.found,
    list: () => clusters.list().flatMap(({ name }) => looks.get(name)?.found ?? []),
    close: () => {
      stop()
      for (const { cancel } of looks.values()) cancel()
      looks.clear()
    },
  }
}

/** What is known of one cluster. */
interface Look {
  found?: AuthorizationServer | undefined
  /** In a row. */
  failures: number
  running: boolean
  cancel: () => void
}
