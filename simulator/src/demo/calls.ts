/** Who calls whom in the demo, how often, how fast and how well. A row speaks of both clusters unless it says which. */
import type { SimCall } from '../scenario.ts'

export function demoCalls(): SimCall[] {
  return ROWS.flatMap((row) =>
    (['east', 'west'] as const)
      .filter((cluster) => row.from === undefined || row.from === cluster)
      .map((cluster) => callOf(row, cluster)),
  )
}

interface CallRow {
  /** `namespace/workload`; absent: people outside. */
  readonly source?: string
  readonly to: string
  /** The answering workload, in the namespace of the service. */
  readonly by: string
  readonly rate: number
  readonly protocol?: 'grpc' | 'tcp'
  /** Only calls from this cluster. */
  readonly from?: 'east' | 'west'
  /** Where it is answered; absent: where it comes from. */
  readonly at?: 'east' | 'west'
  readonly p50?: number
  readonly p99?: number
  /** Share of answers that fail, by the code. */
  readonly failing?: Readonly<Record<string, number>>
}

const INGRESS = 'istio-ingress/istio-ingressgateway'

const ROWS: readonly CallRow[] = [
  { to: 'istio-ingress/istio-ingressgateway', by: 'istio-ingressgateway', rate: 46, p50: 60, p99: 480 },
  { source: INGRESS, to: 'shop/web', by: 'web-v1', rate: 34, p50: 52, p99: 420, failing: { 404: 0.004 } },
  { source: INGRESS, to: 'cinema/programme', by: 'programme-v1', rate: 12, p50: 38, p99: 260 },
  { source: 'shop/web-v1', to: 'shop/catalog', by: 'catalog-v1', rate: 22, p50: 9, p99: 70 },
  { source: 'shop/web-v1', to: 'shop/catalog', by: 'catalog-v2', rate: 2.4, p50: 7, p99: 40 },
  { source: 'shop/web-v1', to: 'shop/cart', by: 'cart-v1', rate: 11, p50: 6, p99: 45 },
  { source: 'shop/web-v1', to: 'shop/recommend', by: 'recommend-v3', rate: 7, from: 'west', p50: 24, p99: 190 },
  { source: 'shop/web-v1', to: 'shop/recommend', by: 'recommend-v3', rate: 2.5, from: 'east', p50: 45, p99: 600 },
  {
    source: 'shop/web-v1',
    to: 'shop/recommend',
    by: 'recommend-v3',
    rate: 4.5,
    from: 'east',
    at: 'west',
    p50: 160,
    p99: 480,
  },
  {
    source: 'shop/web-v1',
    to: 'payments/checkout',
    by: 'checkout-v1',
    rate: 3.2,
    p50: 85,
    p99: 520,
    failing: { 409: 0.003 },
  },
  { source: 'shop/web-v1', to: 'payments/checkout', by: 'checkout-v2', rate: 0.8, from: 'east', p50: 70, p99: 390 },
  { source: 'shop/cart-v1', to: 'shop/session-cache', by: 'session-cache', rate: 5400, protocol: 'tcp' },
  { source: 'shop/cart-v1', to: 'payments/pricing', by: 'pricing-v1', rate: 9, protocol: 'grpc', p50: 3, p99: 21 },
  { source: 'shop/catalog-v1', to: 'payments/pricing', by: 'pricing-v1', rate: 14, protocol: 'grpc', p50: 3, p99: 18 },
  { source: 'shop/catalog-v2', to: 'payments/pricing', by: 'pricing-v1', rate: 2.4, protocol: 'grpc', p50: 3, p99: 18 },
  {
    source: 'payments/checkout-v1',
    to: 'payments/payment',
    by: 'payment-v1',
    rate: 3.2,
    from: 'east',
    p50: 40,
    p99: 300,
  },
  {
    source: 'payments/checkout-v2',
    to: 'payments/payment',
    by: 'payment-v1',
    rate: 0.8,
    from: 'east',
    p50: 40,
    p99: 300,
  },
  {
    source: 'payments/checkout-v1',
    to: 'payments/payment',
    by: 'payment-v1',
    rate: 3.2,
    from: 'west',
    p50: 65,
    p99: 900,
    failing: { 503: 0.12 },
  },
  { source: 'payments/checkout-v1', to: 'shop/shipping', by: 'shipping-v1', rate: 2.6, p50: 30, p99: 170 },
  {
    source: 'payments/checkout-v1',
    to: 'payments/pricing',
    by: 'pricing-v1',
    rate: 3.1,
    protocol: 'grpc',
    p50: 3,
    p99: 20,
  },
  { source: 'payments/checkout-v1', to: 'payments/orders-db', by: 'orders-db', rate: 2100, protocol: 'tcp' },
  {
    source: 'payments/checkout-v2',
    to: 'payments/orders-db',
    by: 'orders-db',
    rate: 640,
    protocol: 'tcp',
    from: 'east',
  },
  { source: 'payments/payment-v1', to: 'payments/ledger', by: 'ledger-v1', rate: 3.6, from: 'east', p50: 11, p99: 60 },
  {
    source: 'payments/payment-v1',
    to: 'payments/ledger',
    by: 'ledger-v1',
    rate: 2.7,
    from: 'west',
    at: 'east',
    p50: 152,
    p99: 330,
  },
  { source: 'cinema/programme-v1', to: 'cinema/films', by: 'films-v1', rate: 12, p50: 4, p99: 22 },
  { source: 'cinema/programme-v1', to: 'cinema/critics', by: 'critics-v1', rate: 4, p50: 8, p99: 50 },
  { source: 'cinema/programme-v1', to: 'cinema/critics', by: 'critics-v2', rate: 3, p50: 14, p99: 80 },
  { source: 'cinema/programme-v1', to: 'cinema/critics', by: 'critics-v3', rate: 3, p50: 14, p99: 85 },
  {
    source: 'cinema/programme-v1',
    to: 'cinema/critics',
    by: 'critics-v3',
    rate: 1,
    from: 'east',
    at: 'west',
    p50: 155,
    p99: 400,
  },
  { source: 'cinema/critics-v2', to: 'cinema/scores', by: 'scores-v1', rate: 3, p50: 3, p99: 19 },
  { source: 'cinema/critics-v3', to: 'cinema/scores', by: 'scores-v1', rate: 3, p50: 3, p99: 19 },
]

function callOf(row: CallRow, cluster: 'east' | 'west'): SimCall {
  const [namespace = '', name = ''] = row.to.split('/')
  const [sourceNamespace = '', workload = ''] = row.source?.split('/') ?? []
  return {
    ...(row.source === undefined ? {} : { source: { cluster, namespace: sourceNamespace, workload } }),
    service: { namespace, name },
    destination: { cluster: row.at ?? cluster, namespace, workload: row.by },
    protocol: row.protocol ?? 'http',
    // West is a younger market: fewer people, the same habits.
    rate: cluster === 'west' ? row.rate * 0.8 : row.rate,
    responses: responsesOf(row),
    latencyMs: { p50: row.p50 ?? 5, p99: row.p99 ?? 50 },
    mtls: row.source !== undefined,
  }
}

function responsesOf(row: CallRow): SimCall['responses'] {
  const failing = Object.entries(row.failing ?? {})
  const failed = failing.reduce((sum, [, share]) => sum + share, 0)
  const fine = row.protocol === 'grpc' ? '0' : '200'
  return [
    { code: fine, share: 1 - failed, flags: '-' },
    ...failing.map(([code, share]) => ({ code, share, flags: '-' })),
  ]
}
