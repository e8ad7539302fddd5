/**
 * How long any answer takes: random requests of every route that reads, half of their texts those of the mesh, half what
 * belongs nowhere. A request that somebody can make slow is a request by which he can keep others waiting.
 */
import { createBed } from '@binocle/server/http/testing/bed'
import { hostileRequest } from '@binocle/server/http/testing/hostile'
import { clusterNames, clusterOf, namespaceNames, namespaceOf } from '@binocle/server/http/testing/markers'
import { createWorld } from '@binocle/server/http/testing/world'
import fc from 'fast-check'
import { type Figure, percentile } from './table.ts'

const requestsPerRoute = 60
/** The same requests in every run. */
const seed = 1

/** `url` with a final slash; the names are those of the mesh behind it. */
export async function measureRequests(
  url: string,
  clusters: readonly string[],
  namespaces: readonly string[],
): Promise<Figure[]> {
  const { routes } = createBed(await createWorld())
  const renamed = renamer(clusters, namespaces)
  const times: { ms: number; path: string; status: number }[] = []
  // Streams do not end, and what changes something is not to be tried on others' meshes.
  for (const route of routes.filter(({ method, path }) => method === 'GET' && !path.endsWith('/events'))) {
    for (const asked of fc.sample(hostileRequest(route), { numRuns: requestsPerRoute, seed })) {
      const start = performance.now()
      const answer = await fetch(new URL(renamed(asked.url).slice(1), url), { redirect: 'manual' })
      await answer.arrayBuffer()
      times.push({ ms: performance.now() - start, path: route.path, status: answer.status })
    }
  }
  const ms = times.map((each) => each.ms)
  const slowest = times.reduce((worst, each) => (each.ms > worst.ms ? each : worst))
  return [
    { what: 'any answer to random requests of all routes, p50', measured: percentile(ms, 0.5), unit: 'ms' },
    { what: 'any answer to random requests of all routes, p99', measured: percentile(ms, 0.99), unit: 'ms' },
    { what: `the slowest: ${slowest.path.slice(0, 37)}`, measured: slowest.ms, unit: 'ms', design: 100 },
    {
      what: 'answers of 500 and more',
      measured: times.filter(({ status }) => status >= 500).length,
      unit: '',
      design: 0,
    },
  ]
}

/** The tests' names are not those of the mesh: each stands for one of them. */
function renamer(clusters: readonly string[], namespaces: readonly string[]): (url: string) => string {
  const names = new Map<string, string>()
  for (const [index, cluster] of clusterNames.entries()) {
    names.set(clusterOf(cluster), clusters[index % clusters.length] ?? '')
    for (const [place, name] of namespaceNames.entries())
      names.set(namespaceOf(cluster, name), namespaces[place % namespaces.length] ?? '')
  }
  return (url) => [...names].reduce((text, [from, to]) => text.replaceAll(from, to), url)
}
