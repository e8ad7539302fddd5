/** Who calls whom in a generated mesh, until there are as many series as wanted. No call is there twice. */
import type { SimCall, SimCluster } from '../scenario.ts'
import type { App, Home } from './homes.ts'

/** Apps that speak TCP. */
export const isTcp = (app: App): boolean => /^(cache|db)/.test(app.name)

/**
 * First people come in through the gateways, then every app is called by the one before it, then whoever calls whom.
 * A call has two series for each response, one from each reporter.
 */
export function callsOf(
  homes: readonly Home[],
  gateway: { readonly namespace: string; readonly name: string },
  series: number,
  random: () => number,
): SimCall[] {
  const calls = new Map<string, SimCall>()
  let left = series
  const add = (call: SimCall) => {
    const key = JSON.stringify([call.source, call.service, call.destination])
    if (left <= 0 || calls.has(key)) return
    calls.set(key, call)
    left -= call.responses.length * ((call.source ? 1 : 0) + (call.destination ? 1 : 0))
  }
  for (const home of homes) {
    for (const cluster of home.at) for (const call of entries(home, cluster, gateway, random)) add(call)
  }
  for (let round = 0; left > 0 && round < MOST_ROUNDS; round++) {
    for (const home of homes) {
      for (const i of home.apps.keys())
        for (const cluster of home.at) for (const call of inner(homes, home, i, cluster, round, random)) add(call)
    }
  }
  return [...calls.values()]
}

/** Small meshes run out of pairs before they run out of rounds. */
const MOST_ROUNDS = 100

interface Caller {
  readonly cluster: string
  readonly namespace: string
  readonly workload: string
}

function entries(
  home: Home,
  cluster: SimCluster,
  gateway: { readonly namespace: string; readonly name: string },
  random: () => number,
): SimCall[] {
  const [front] = home.apps
  if (!front) return []
  const at = { cluster: cluster.name, namespace: gateway.namespace, workload: gateway.name }
  const outside: SimCall = {
    ...quality('http', random),
    service: gateway,
    destination: at,
    protocol: 'http',
    mtls: false,
  }
  return [outside, ...front.versions.map((version) => callOf(at, home, front, version, cluster, random))]
}

function inner(
  homes: readonly Home[],
  home: Home,
  i: number,
  cluster: SimCluster,
  round: number,
  random: () => number,
): SimCall[] {
  const app = home.apps[i]
  if (!app) return []
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)]
  const near = round === 0 ? home.apps[Math.max(0, i - 1)] : pick(home.apps)
  // Small namespaces run out of pairs of their own: later rounds look further.
  const far = random() < (round < 2 ? 0.1 : 0.6) ? pick(homes) : undefined
  const crossing = random() < 0.15 ? pick(home.at) : undefined
  const source = far && far !== home ? callerOf(far, far.apps[0], far.at[0]) : callerOf(home, near, cluster)
  const answering = crossing ?? home.at.find((one) => one.name === source?.cluster) ?? home.at[0]
  if (!source || !answering) return []
  return app.versions.map((version) => callOf(source, home, app, version, answering, random))
}

const callerOf = (home: Home, app: App | undefined, cluster: SimCluster | undefined): Caller | undefined =>
  app &&
  cluster && { cluster: cluster.name, namespace: home.namespace, workload: `${app.name}-${app.versions[0] ?? 'v1'}` }

function callOf(
  source: Caller,
  home: Home,
  app: App,
  version: string,
  answering: SimCluster,
  random: () => number,
): SimCall {
  const protocol = isTcp(app) ? 'tcp' : random() < 0.15 ? 'grpc' : 'http'
  const service = { namespace: home.namespace, name: app.name }
  // Now and then nobody is there to answer.
  if (protocol === 'http' && random() < 0.005) {
    return {
      ...quality('http', random),
      source,
      service,
      protocol,
      mtls: true,
      responses: [{ code: '503', share: 1, flags: 'UH' }],
    }
  }
  const destination = { cluster: answering.name, namespace: home.namespace, workload: `${app.name}-${version}` }
  return { ...quality(protocol, random), source, service, destination, protocol, mtls: true }
}

/** How often, how fast and how well. */
function quality(
  protocol: SimCall['protocol'],
  random: () => number,
): Pick<SimCall, 'latencyMs' | 'rate' | 'responses'> {
  const failing = protocol !== 'tcp' && random() < 0.1 ? Math.round(1 + random() * 50) / 1000 : 0
  const [fine, failed] = protocol === 'grpc' ? ['0', '14'] : ['200', '503']
  const rate = Math.round((0.2 + random() ** 3 * 40) * 100) / 100
  return {
    rate: protocol === 'tcp' ? rate * 500 : rate,
    responses: [
      { code: fine, share: 1 - failing, flags: '-' },
      ...(failing === 0 ? [] : [{ code: failed, share: failing, flags: '-' }]),
    ],
    latencyMs: LATENCIES[Math.floor(random() * LATENCIES.length)] ?? { p50: 5, p99: 50 },
  }
}

/** Few kinds, so that the shares of their buckets are computed once. */
const LATENCIES = [
  { p50: 3, p99: 20 },
  { p50: 12, p99: 90 },
  { p50: 45, p99: 400 },
  { p50: 120, p99: 900 },
]
