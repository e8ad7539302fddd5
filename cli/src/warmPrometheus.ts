/**
 * A Prometheus has its series and its index before a console comes. Ours makes them when somebody asks, which for a big
 * mesh takes long and would be taken for the console's slowness: so what a console asks is asked once beforehand.
 */
import { type Expr, render } from '@binocle/server/telemetry/promql'
import { extraQuery, familyNames, familyQuery } from '@binocle/server/telemetry/queryPlan'
import type { Reporter } from '@binocle/server/telemetry/traffic'

/** `histograms`: also what takes much memory, and only graphs with response times ask for. */
export async function warmPrometheus(url: string, histograms: boolean): Promise<void> {
  const queries = [
    ...familyNames.map((family) => familyQuery(family, durationS, false)),
    ...(histograms ? extras() : []),
  ]
  const named = 'istio_(request_bytes|response_bytes|request_duration_milliseconds)_(sum|count|bucket)'
  const names = `label/__name__/values?match[]=${encodeURIComponent(`{__name__=~"${named}"}`)}`
  for (const asked of [names, ...queries.map((query) => `query?query=${encodeURIComponent(render(query))}`)])
    await (await fetch(`${url}/api/v1/${asked}`)).text()
}

const durationS = 60

const extras = (): Expr[] => [
  ...reporters.flatMap((by) => [
    extraQuery({ kind: 'responseTime', statistic: '95', reporters: by }, durationS),
    extraQuery({ kind: 'responseTime', statistic: 'avg', reporters: by }, durationS),
  ]),
  ...['request_operation', 'destination_service', 'source_principal'].map((label) =>
    extraQuery({ kind: 'aggregate', label }, durationS),
  ),
  ...(['request', 'response'] as const).map((of) => extraQuery({ kind: 'throughput', of }, durationS)),
  ...familyNames.map((family) => extraQuery({ kind: 'security', family }, durationS)),
  ...familyNames.map((family) => extraQuery({ kind: 'idle', family }, durationS)),
]

const reporters: readonly (readonly Reporter[])[] = [
  ['waypoint', 'destination'],
  ['waypoint', 'source'],
  ['destination'],
  ['source'],
]
