/** One walk over a table of routes: each route with each choice of a few telling names, always the same. */
import type { Route } from '../route.ts'
import type { Asked } from './bed.ts'
import { marker } from './markers.ts'

export interface WalkOptions {
  /** In every query; absent: in none. */
  readonly clusterName?: string
}

/** What stands where a route has a variable. Objects that are in every namespace, and some of west alone. */
const values: Readonly<Record<string, readonly string[]>> = {
  aggregate: ['request_operation'],
  app: ['cart', `app-${marker('west', 'shop')}`],
  cluster: ['east-tainte8x', 'west-taintw8x'],
  controlplane: ['istiod'],
  group: ['networking.istio.io'],
  kind: ['Gateway', 'VirtualService'],
  namespace: ['shop', 'vault', 'istio-system'],
  object: ['gw', `vs-${marker('west', 'shop')}`],
  pod: ['gw', 'kgw', `app-${marker('west', 'shop')}-pod`],
  resource: ['bootstrap', 'clusters'],
  service: ['cart', `svc-${marker('west', 'shop')}`],
  value: [`operation-${marker('west', 'shop')}`],
  version: ['v1'],
  workload: ['cart-v1', `app-${marker('west', 'shop')}`],
}

const appenders =
  'aggregateNode,ambient,deadNode,health,idleNode,istio,labeler,meshCheck,securityPolicy,serviceEntry,workloadEntry'

/** Parameters that make answers say more. */
const telling: Readonly<Record<string, string>> = {
  direction: 'inbound',
  includeGateways: 'true',
  includeWaypoints: 'true',
  istioResources: 'true',
  onlyDefinitions: 'false',
  reporter: 'destination',
  validate: 'true',
}

export function* walk(routes: readonly Route[], { clusterName }: WalkOptions = {}): Generator<Asked> {
  for (const route of routes) {
    const names = [...route.path.matchAll(/:([a-zA-Z]+)/g)].map(([, name = '']) => name)
    for (const chosen of choices(names)) {
      const path = names.reduce((rest, name, index) => rest.replace(`:${name}`, chosen[index] ?? ''), route.path)
      for (const query of queriesOf(route, clusterName)) {
        yield { method: route.method, url: query.size === 0 ? path : `${path}?${query}`, ...bodyOf(route) }
      }
    }
  }
}

/** An object that changes nothing. */
const bodyOf = ({ method }: Route): Pick<Asked, 'body' | 'headers'> =>
  method === 'POST' || method === 'PATCH' ? { body: '{}', headers: { 'content-type': 'application/json' } } : {}

function choices(names: readonly string[]): string[][] {
  return names.reduce<string[][]>(
    (all, name) => all.flatMap((chosen) => (values[name] ?? ['x']).map((value) => [...chosen, value])),
    [[]],
  )
}

/** With the parameters that a route names; the graphs, which name none, as the page asks for them. */
function queriesOf({ parameters, path }: Route, clusterName: string | undefined): URLSearchParams[] {
  if (path === '/api/mesh/graph') return [new URLSearchParams({ includeGateways: 'true', includeWaypoints: 'true' })]
  const named = clusterName === undefined ? {} : { clusterName }
  if (path.endsWith('/logging')) return [new URLSearchParams({ level: 'debug', ...named })]
  if (parameters === undefined && path.endsWith('graph')) {
    const shown = { appenders, boxBy: 'cluster,namespace', injectServiceNodes: 'true', ...named }
    const graphTypes = path.includes(':') ? ['versionedApp'] : ['versionedApp', 'workload']
    return graphTypes.map(
      (graphType) => new URLSearchParams({ namespaces: 'vault,shop,istio-system', graphType, ...shown }),
    )
  }
  const more = Object.entries(telling).filter(([name]) => parameters?.includes(name))
  const query = new URLSearchParams(more)
  if (clusterName === undefined) return [query]
  if (parameters?.includes('clusters')) query.set('clusters', clusterName)
  if (parameters === undefined || parameters.includes('clusterName')) query.set('clusterName', clusterName)
  return [query]
}
