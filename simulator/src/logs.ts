/**
 * What the containers of simulated pods write: proxies an access log in Istio's default format, applications a line for
 * each request, crash-looping ones why they end. The same lines for the same pod and moment.
 */

import type { ContainerLog, LogLine, LogSource } from './kube/logs.ts'
import { hash32 } from './names.ts'
import type { SimCall } from './scenario.ts'
import { grouped, type Topology } from './topology.ts'

/** `every` calls back again and again; it follows open logs. */
export function podLogs(
  topology: Topology,
  clock: () => number,
  every: (ms: number, then: () => void) => () => void,
): (cluster: string) => LogSource {
  const workloads = new Map(
    topology.workloads.flatMap((w) =>
      topology.pods(w).map((pod) => [`${w.cluster}/${w.namespace}/${pod.name}`, { w, pod }] as const),
    ),
  )
  const inbound = grouped(topology.scenario.calls, ({ destination: d }) =>
    d ? `${d.cluster}/${d.namespace}/${d.workload}` : '',
  )
  return (cluster) =>
    ({ namespace, pod: name, container }) => {
      const found = workloads.get(`${cluster}/${namespace}/${name}`)
      if (!found || container === 'istio-init') return undefined
      const calls = inbound.get(`${cluster}/${namespace}/${found.w.name}`) ?? []
      const write = container === 'istio-proxy' ? accessLine : found.pod.ready ? requestLine : crashLine
      const lineAt = (slot: number): LogLine => {
        const draw = hash32(`${cluster}/${name}/${slot}`)
        return {
          atMs: slot * SPACING_MS,
          text: write(slot * SPACING_MS, calls[draw % Math.max(1, calls.length)], draw),
        }
      }
      return logOf(lineAt, clock, every)
    }
}

const SPACING_MS = 2000
const KEPT_LINES = 600

function logOf(
  lineAt: (slot: number) => LogLine,
  clock: () => number,
  every: (ms: number, then: () => void) => () => void,
): ContainerLog {
  const slotNow = () => Math.floor(clock() / SPACING_MS)
  const last = slotNow()
  return {
    lines: Array.from({ length: KEPT_LINES }, (_, i) => lineAt(last - KEPT_LINES + 1 + i)),
    follow: (listener) => {
      let told = last
      return every(SPACING_MS, () => {
        while (told < slotNow()) listener(lineAt(++told))
      })
    },
  }
}

type WriteLine = (atMs: number, call: SimCall | undefined, draw: number) => string

const accessLine: WriteLine = (atMs, call, draw) => {
  const time = new Date(atMs).toISOString()
  if (!call) return `${time}\tinfo\tEnvoy proxy is ready`
  if (call.protocol === 'tcp') {
    return `[${time}] "- - -" 0 - - - "-" ${draw % 900} ${draw % 4000} ${draw % 30000} - "-" "-" "-" "-" "-" inbound|${portOf(call)}|| - - - -`
  }
  const { code, flags } = responseFor(call, draw)
  const ms = Math.round(call.latencyMs.p50 * (0.6 + (draw % 100) / 80))
  const method = call.protocol === 'grpc' ? 'POST' : 'GET'
  const host = `${call.service.name}.${call.service.namespace}.svc.cluster.local`
  return `[${time}] "${method} ${pathOf(call, draw)} HTTP/2" ${code} ${flags} via_upstream - "-" ${draw % 500} ${draw % 9000} ${ms} ${Math.max(1, ms - 1)} "-" "-" "-" "${host}:8080" "127.0.0.1:8080" inbound|8080|| - - - outbound_.8080_._.${host} default`
}

const requestLine: WriteLine = (atMs, call, draw) => {
  const time = new Date(atMs).toISOString()
  if (!call) return `${time} INFO idle`
  const { code } = responseFor(call, draw)
  const failed = call.protocol === 'http' && code.startsWith('5')
  return `${time} ${failed ? 'ERROR' : 'INFO'} ${pathOf(call, draw)} answered ${code}`
}

const crashLine: WriteLine = (atMs, _call, draw) =>
  `${new Date(atMs).toISOString()} ${draw % 3 === 0 ? 'FATAL cannot load the model: out of memory' : 'INFO loading the model'}`

const responseFor = (call: SimCall, draw: number) => {
  let left = (draw % 1000) / 1000
  for (const response of call.responses) {
    left -= response.share
    if (left < 0) return response
  }
  return call.responses[0] ?? { code: '200', flags: '-' }
}

const pathOf = (call: SimCall, draw: number) =>
  call.protocol === 'grpc'
    ? `/${call.service.namespace}.${call.service.name}/Get`
    : `/${call.service.name}/${draw % 200}`

const portOf = (call: SimCall) => (call.service.name.includes('db') ? 5432 : 6379)
