/** When metrics last named each cluster, asked of Prometheus: for a diagnosis without a running console. */
import type { Config } from '../config/config.ts'
import { BinocleError } from '../errors.ts'
import { realTimers } from '../kube/surroundings.ts'
import { openOutbound } from '../outbound/outbound.ts'
import { connectPrometheus, type Prometheus } from '../telemetry/prometheus.ts'
import { render } from '../telemetry/promql.ts'
import { lastMetricsQuery } from '../telemetry/queryPlan.ts'
import type { TelemetryFacts } from './telemetry.ts'

/** Never rejects for what Prometheus does. */
export async function askTelemetry({
  outbound,
  prometheus: config,
}: Pick<Config, 'outbound' | 'prometheus'>): Promise<TelemetryFacts> {
  const reach = openOutbound(outbound, { clock: Date.now, log: () => {}, timers: realTimers })
  let prometheus: Prometheus | undefined
  try {
    prometheus = connectPrometheus(config, reach.service(config))
    return { lastSeenMs: await lastSeen(prometheus, config.queryScope) }
  } catch (error) {
    if (error instanceof BinocleError) return { lastSeenMs: new Map(), problem: error.problem }
    throw error
  } finally {
    await prometheus?.close()
    reach.close()
  }
}

async function lastSeen(
  prometheus: Prometheus,
  scope: Config['prometheus']['queryScope'],
): Promise<Map<string, number>> {
  const nowS = Date.now() / 1000
  const found = new Map<string, number>()
  for (const reporter of ['source', 'destination'] as const) {
    for (const { labels, value } of await prometheus.query(render(lastMetricsQuery(reporter), scope), nowS)) {
      const name = labels[`${reporter}_cluster`]
      if (name === undefined || name === '' || name === 'unknown') continue
      found.set(name, Math.max(value * 1000, found.get(name) ?? 0))
    }
  }
  return found
}
