/** Istio's standard labels of one stream of requests, as the proxy says them that reports it. */
import type { SimCall, SimWorkload } from '../scenario.ts'
import { canonicalRevision, type SimPod } from '../topology.ts'
import type { Labels } from './series.ts'

export interface Reported {
  readonly trustDomain: string
  readonly call: SimCall
  readonly reporter: 'destination' | 'source' | 'waypoint'
  /** The proxy's own workload, and the pod whose port is scraped. */
  readonly scraped: { readonly workload: SimWorkload; readonly pod: SimPod | undefined } | undefined
  readonly source: SimWorkload | undefined
  readonly destination: SimWorkload | undefined
  /** The ends as far as the reporter knows them. */
  readonly caller: SimWorkload | undefined
  readonly server: SimWorkload | undefined
  /** Both ends have shown their certificates. */
  readonly secured: boolean
  readonly policy: 'mutual_tls' | 'none' | 'unknown'
  readonly response: SimCall['responses'][number]
}

/** A proxy of its own: a sidecar or a gateway. */
export const hasProxy = (w: SimWorkload | undefined): w is SimWorkload =>
  w !== undefined && (w.mode === 'sidecar' || w.gateway !== undefined)

export function flowLabels(flow: Reported): Labels {
  const { call, caller, server, scraped, secured, response, trustDomain } = flow
  return {
    app: scraped?.workload.app ?? 'unknown',
    connection_security_policy: flow.policy,
    destination_app: server?.app ?? 'unknown',
    destination_canonical_revision: server ? canonicalRevision(server) : 'latest',
    destination_canonical_service: server?.app ?? 'unknown',
    destination_cluster: server?.cluster ?? 'unknown',
    destination_principal: secured && flow.destination ? principal(trustDomain, flow.destination) : 'unknown',
    destination_service: `${call.service.name}.${call.service.namespace}.svc.cluster.local`,
    destination_service_name: call.service.name,
    destination_service_namespace: call.service.namespace,
    destination_version: server?.version || 'unknown',
    destination_workload: server?.name ?? 'unknown',
    destination_workload_namespace: server?.namespace ?? 'unknown',
    instance: `${scraped?.pod?.ip ?? '127.0.0.1'}:15020`,
    job: 'kubernetes-pods',
    namespace: scraped?.workload.namespace ?? 'unknown',
    pod: scraped?.pod?.name ?? 'unknown',
    reporter: flow.reporter,
    request_protocol: call.protocol,
    response_flags: response.flags,
    source_app: caller?.app ?? 'unknown',
    source_canonical_revision: caller ? canonicalRevision(caller) : 'latest',
    source_canonical_service: caller?.app ?? 'unknown',
    source_cluster: caller?.cluster ?? 'unknown',
    source_principal: secured && flow.source ? principal(trustDomain, flow.source) : 'unknown',
    source_version: caller?.version || 'unknown',
    source_workload: caller?.name ?? 'unknown',
    source_workload_namespace: caller?.namespace ?? 'unknown',
    ...codeLabels(call, response.code),
  }
}

/** A gRPC answer travels over HTTP 200 and carries its own status. */
function codeLabels(call: SimCall, code: string): Labels {
  if (call.protocol === 'tcp') return {}
  if (call.protocol === 'http') return { response_code: code }
  return code.length === 3 ? { response_code: code } : { response_code: '200', grpc_response_status: code }
}

const principal = (trustDomain: string, w: SimWorkload) => `spiffe://${trustDomain}/ns/${w.namespace}/sa/${w.app}`
