/**
 * A call as its proxies report it: one flow for each reporter and response, with Istio's standard labels. From a flow
 * follow all series of its traffic (`families.ts`).
 *
 * The source's proxy reports what it asked for, the destination's what it answered; answers that Envoy gave itself at
 * the client (no upstream, ejected, timed out) are known to the source only. TCP without mTLS hides each end from the
 * other.
 */
import { hash32, randomFrom } from '../names.ts'
import type { Scenario, SimCall, SimWorkload } from '../scenario.ts'
import type { Topology } from '../topology.ts'
import { ambientFlows } from './ambientFlows.ts'
import { breathing, type Curve, steady, type Wave } from './curve.ts'
import type { Flow } from './flow.ts'
import { flowLabels, hasProxy } from './flowLabels.ts'
import type { Labels } from './series.ts'

/** `epochS`: Unix seconds at which all counters were 0. */
export function flowsOf(topology: Topology, epochS: number): Flow[] {
  const curves = curvesOf(topology.scenario, epochS)
  const flows = topology.scenario.calls.flatMap((call) => flowsOfCall(topology, call, curves(call)))
  return topology.scenario.clusters.some(({ ambient }) => ambient) ? merged(flows) : flows
}

/** The curve that all series of a call follow. Calls of a mesh breathe together, each a little on its own. */
export function curvesOf(scenario: Scenario, epochS: number): (call: SimCall) => Curve {
  const breath = scenario.breath ?? 0.2
  if (breath === 0) {
    const still = steady(epochS)
    return () => still
  }
  const random = randomFrom(scenario.seed)
  const common: Wave = { amplitude: breath * 0.8, periodS: 1500, phase: random() * 6.28 }
  const curves = Array.from({ length: OWN_WAVES }, () =>
    breathing(epochS, [common, { amplitude: breath * 0.2, periodS: 240 + 180 * random(), phase: random() * 6.28 }]),
  )
  return (call) => curves[hash32(keyOf(call)) % curves.length] ?? steady(epochS)
}

/** So few that a query for the whole mesh evaluates each once per moment. */
const OWN_WAVES = 8

const keyOf = (call: SimCall) =>
  `${call.source?.cluster}/${call.source?.namespace}/${call.source?.workload}>${call.service.namespace}/${call.service.name}>${call.destination?.cluster}/${call.destination?.workload}`

/** Calls to two versions of a service are one stream as far as its waypoint. */
function merged(flows: readonly Flow[]): Flow[] {
  const byLabels = new Map<string, Flow>()
  for (const flow of flows) {
    const key = JSON.stringify(flow.base)
    const before = byLabels.get(key)
    byLabels.set(key, before ? { ...before, rate: before.rate + flow.rate } : flow)
  }
  return [...byLabels.values()]
}

function flowsOfCall(topology: Topology, call: SimCall, curve: Curve): Flow[] {
  const source = call.source === undefined ? undefined : topology.workload(call.source)
  const destination = call.destination === undefined ? undefined : topology.workload(call.destination)
  const byProxies = reportersOf(source, destination).flatMap((reporter) =>
    call.responses
      .filter((response) => reporter === 'source' || !CLIENT_SIDE_FLAGS.has(response.flags))
      .map((response, i) => ({
        call,
        base: labelsOfFlow(topology, call, reporter, source, destination, response),
        curve,
        rate: call.protocol === 'tcp' ? call.rate : call.rate * response.share,
        first: i === 0,
      })),
  )
  return [...byProxies, ...ambientFlows(topology, call, source, destination, curve)]
}

/** Envoy's flags for answers that never reached a server's proxy. */
const CLIENT_SIDE_FLAGS = new Set(['LH', 'NC', 'NR', 'UC', 'UF', 'UH', 'UO', 'URX', 'UT'])

type Reporter = 'destination' | 'source'

function reportersOf(source: SimWorkload | undefined, destination: SimWorkload | undefined): Reporter[] {
  return [...(hasProxy(source) ? ['source' as const] : []), ...(hasProxy(destination) ? ['destination' as const] : [])]
}

function labelsOfFlow(
  topology: Topology,
  call: SimCall,
  reporter: Reporter,
  source: SimWorkload | undefined,
  destination: SimWorkload | undefined,
  response: SimCall['responses'][number],
): Labels {
  const opaque = call.protocol === 'tcp' && !call.mtls
  const scraped = reporter === 'source' ? source : destination
  const pod = scraped && topology.pods(scraped)[0]
  const secured = call.mtls && hasProxy(source) && hasProxy(destination)
  return flowLabels({
    trustDomain: topology.scenario.trustDomain,
    call,
    reporter,
    scraped: scraped && { workload: scraped, pod },
    source,
    destination,
    caller: hasProxy(source) && !(opaque && reporter === 'destination') ? source : undefined,
    server: opaque && reporter === 'source' ? undefined : destination,
    secured,
    policy: reporter === 'source' ? 'unknown' : secured ? 'mutual_tls' : 'none',
    response,
  })
}
