/**
 * What an ambient mesh reports of a call: the ztunnels of both ends see connections and bytes; a waypoint, where the
 * service has one, sees the requests, and the ztunnels then see two connections, to the waypoint and on from it.
 * Calls that come through an ingress gateway pass the waypoint by, as they do unless somebody asks otherwise.
 */
import type { SimCall, SimWorkload } from '../scenario.ts'
import { systemNamespaceOf, ZTUNNEL } from '../system.ts'
import type { Topology } from '../topology.ts'
import type { Curve } from './curve.ts'
import type { Flow } from './flow.ts'
import { flowLabels } from './flowLabels.ts'

export function ambientFlows(
  topology: Topology,
  call: SimCall,
  source: SimWorkload | undefined,
  destination: SimWorkload | undefined,
  curve: Curve,
): Flow[] {
  if (source?.mode !== 'ambient' && destination?.mode !== 'ambient') return []
  const waypoint = call.protocol === 'tcp' || source?.mode !== 'ambient' ? undefined : waypointOf(topology, destination)
  if (!waypoint) return connections(topology, call, source, destination, curve)
  return [
    ...call.responses.map((response, i) => ({
      call,
      base: flowLabels({
        trustDomain: topology.scenario.trustDomain,
        call,
        reporter: 'waypoint',
        scraped: { workload: waypoint, pod: topology.pods(waypoint)[0] },
        source,
        destination,
        caller: source,
        server: destination,
        secured: true,
        policy: 'mutual_tls',
        response,
      }),
      curve,
      rate: call.rate * response.share,
      first: i === 0,
    })),
    ...connections(topology, call, source, waypoint, curve),
    ...connections(topology, call, waypoint, destination, curve),
  ]
}

/** In the cluster that answers, and for the namespace that is asked for it. */
function waypointOf(topology: Topology, destination: SimWorkload | undefined): SimWorkload | undefined {
  if (destination?.mode !== 'ambient') return undefined
  return topology.workloads.find(
    (w) => w.gateway === 'waypoint' && w.cluster === destination.cluster && w.namespace === destination.namespace,
  )
}

/** Bytes of an average request, for who sees nothing but bytes. */
const BYTES_PER_REQUEST = 600

function connections(
  topology: Topology,
  call: SimCall,
  source: SimWorkload | undefined,
  destination: SimWorkload | undefined,
  curve: Curve,
): Flow[] {
  const bytes: SimCall =
    call.protocol === 'tcp' ? call : { ...call, protocol: 'tcp', rate: call.rate * BYTES_PER_REQUEST }
  const ends = [
    { reporter: 'source', at: source },
    { reporter: 'destination', at: destination },
  ] as const
  return ends.flatMap(({ reporter, at }) => {
    const scraped = at && ztunnelOf(topology, at)
    if (!scraped) return []
    const base = flowLabels({
      trustDomain: topology.scenario.trustDomain,
      call: bytes,
      reporter,
      scraped,
      source,
      destination,
      caller: source,
      server: destination,
      secured: true,
      policy: 'mutual_tls',
      response: { code: '', share: 1, flags: '-' },
    })
    return [{ call: bytes, base, curve, rate: bytes.rate, first: true }]
  })
}

/** That of the node on which the workload's first pod runs; undefined: no ztunnel takes its traffic. */
function ztunnelOf(topology: Topology, w: SimWorkload): Parameters<typeof flowLabels>[0]['scraped'] {
  const cluster = topology.cluster(w.cluster)
  if (!cluster?.ambient || !(w.mode === 'ambient' || w.gateway === 'waypoint')) return undefined
  const workload = topology.workload({ cluster: w.cluster, namespace: systemNamespaceOf(cluster), workload: ZTUNNEL })
  if (!workload) return undefined
  const pods = topology.pods(workload)
  const node = topology.pods(w)[0]?.node
  return { workload, pod: pods.find((pod) => pod.node === node) ?? pods[0] }
}
