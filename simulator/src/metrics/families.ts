/** Which metric families a flow gives rise to, as Istio's proxies name them, and the shape of their histograms. */
import type { Flow } from './flow.ts'
import type { FamilyMetadata, Labels, Series } from './series.ts'

export interface Family extends FamilyMetadata {
  /** Metric name -> its series. Asked for lazily: buckets are many. */
  readonly metrics: Readonly<Record<string, (flows: readonly Flow[]) => Series[]>>
}

/** As Istio's proxies are built with. */
const DURATION_BOUNDS_MS = [0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000]
const BOUNDS_BYTES = [10, 100, 500, 1000, 5000, 10000, 100000]

export const TRAFFIC_FAMILIES: readonly Family[] = [
  counter('istio_requests_total', 'requests', (flow) => (flow.call.protocol === 'tcp' ? undefined : flow.rate)),
  histogram('istio_request_duration_milliseconds', 'duration', DURATION_BOUNDS_MS, (flow) => flow.call.latencyMs),
  histogram('istio_request_bytes', 'request_bytes', BOUNDS_BYTES, () => ({ p50: 420, p99: 2400 })),
  histogram('istio_response_bytes', 'response_bytes', BOUNDS_BYTES, () => ({ p50: 3100, p99: 42000 })),
  messages('istio_request_messages_total', 2),
  messages('istio_response_messages_total', 4),
  // Named from the server's side: what the source sends is what was received.
  tcp('istio_tcp_received_bytes_total', (rate) => rate),
  tcp('istio_tcp_sent_bytes_total', (rate) => rate * 2.5),
  tcp('istio_tcp_connections_opened_total', (rate) => rate / 9000),
  tcp('istio_tcp_connections_closed_total', (rate) => rate / 9000),
]

/** Median and 99th percentile of a log-normal distribution. */
interface Spread {
  readonly p50: number
  readonly p99: number
}

/** The share of a log-normal distribution at or below `bound`. */
export const shareBelow = ({ p50, p99 }: Spread, bound: number): number =>
  0.5 * (1 + errorFunction(Math.log(bound / p50) / (sigmaOf({ p50, p99 }) * Math.SQRT2)))

export const meanOf = (spread: Spread): number => spread.p50 * Math.exp(sigmaOf(spread) ** 2 / 2)

const sigmaOf = ({ p50, p99 }: Spread) => Math.max(Math.log(p99 / p50) / 2.3263478740408408, 1e-6)

/** Abramowitz and Stegun 7.1.26: good to 1.5e-7, which is finer than any page shows. */
function errorFunction(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x))
  const y =
    1 -
    ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t * Math.exp(-x * x)
  return x < 0 ? -y : y
}

const seriesOf = (name: string, flow: Flow, factor: number, le = '', base: Labels = flow.base): Series => ({
  metric: { name, base, le },
  curve: flow.curve,
  factor,
  offset: 0,
})

function counter(name: string, what: string, rateOf: (flow: Flow) => number | undefined): Family {
  return {
    name,
    type: 'counter',
    help: `${what} seen by the proxy`,
    metrics: {
      [name]: (flows) =>
        flows.flatMap((flow) => {
          const rate = rateOf(flow)
          return rate === undefined ? [] : [seriesOf(name, flow, rate)]
        }),
    },
  }
}

function histogram(name: string, what: string, bounds: readonly number[], spreadOf: (flow: Flow) => Spread): Family {
  const measured = (flows: readonly Flow[]) => flows.filter((flow) => flow.call.protocol !== 'tcp')
  const les = [...bounds.map(String), '+Inf']
  const shares = new Map<string, number[]>()
  const sharesOf = (spread: Spread): number[] => {
    const key = `${spread.p50}/${spread.p99}`
    const known = shares.get(key) ?? [...bounds.map((bound) => shareBelow(spread, bound)), 1]
    shares.set(key, known)
    return known
  }
  return {
    name,
    type: 'histogram',
    help: `${what} seen by the proxy`,
    metrics: {
      [`${name}_bucket`]: (flows) =>
        measured(flows).flatMap((flow) => {
          const below = sharesOf(spreadOf(flow))
          return les.map((le, i) => seriesOf(`${name}_bucket`, flow, flow.rate * (below[i] ?? 1), le))
        }),
      [`${name}_count`]: (flows) => measured(flows).map((flow) => seriesOf(`${name}_count`, flow, flow.rate)),
      [`${name}_sum`]: (flows) =>
        measured(flows).map((flow) => seriesOf(`${name}_sum`, flow, flow.rate * meanOf(spreadOf(flow)))),
    },
  }
}

/** gRPC messages, told apart by no response. */
function messages(name: string, perRequest: number): Family {
  return {
    name,
    type: 'counter',
    help: 'gRPC messages seen by the proxy',
    metrics: {
      [name]: (flows) =>
        flows
          .filter((flow) => flow.call.protocol === 'grpc' && flow.first)
          .map((flow) => {
            return seriesOf(name, flow, flow.call.rate * perRequest, '', withoutResponse(flow.base))
          }),
    },
  }
}

const RESPONSE_LABELS = new Set(['grpc_response_status', 'response_code', 'response_flags'])

const withoutResponse = (base: Labels): Labels =>
  Object.fromEntries(Object.entries(base).filter(([label]) => !RESPONSE_LABELS.has(label)))

function tcp(name: string, rateOf: (rate: number) => number): Family {
  return {
    name,
    type: 'counter',
    help: 'TCP traffic seen by the proxy',
    metrics: {
      [name]: (flows) =>
        flows
          .filter((flow) => flow.call.protocol === 'tcp' && flow.first)
          .map((flow) => seriesOf(name, flow, rateOf(flow.rate))),
    },
  }
}
