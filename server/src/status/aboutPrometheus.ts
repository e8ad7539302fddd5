/**
 * What Prometheus says of itself: version, scrape interval, retention, and which metric families it has. Asked in the
 * background, so that no request waits for it; what it once said stays true until it says something else.
 */
import type { Config } from '../config/config.ts'
import { durationS } from '../config/duration.ts'
import { boundedText } from '../outbound/boundedText.ts'
import type { ServiceClient } from '../outbound/serviceClient.ts'

export interface AboutPrometheus {
  readonly version: string | undefined
  readonly scrapeIntervalS: number
  readonly retentionS: number
  /** Which of `checkedMetrics` exist; undefined = it did not say. */
  readonly metrics: ReadonlySet<string> | undefined
}

/** Kiali's assumptions where Prometheus does not say. */
const assumed: AboutPrometheus = {
  version: undefined,
  scrapeIntervalS: 15,
  retentionS: 1_296_000,
  metrics: undefined,
}

export const checkedMetrics: readonly string[] = [
  'istio_requests_total',
  ...['istio_request_bytes', 'istio_response_bytes', 'istio_request_duration_milliseconds'].flatMap((family) => [
    `${family}_sum`,
    `${family}_count`,
    `${family}_bucket`,
  ]),
]

export interface PrometheusWatch {
  current(): AboutPrometheus
  close(): Promise<void>
}

/** `later` calls back after a delay and returns how to stop. `service` is closed with it; undefined = there is none. */
export function watchPrometheus(
  { timeoutMs }: Pick<Config['prometheus'], 'timeoutMs'>,
  service: ServiceClient | undefined,
  later: (callback: () => void, delayMs: number) => () => void,
  intervalMs = 60_000,
): PrometheusWatch {
  let current = assumed
  if (service === undefined) return { current: () => current, close: async () => {} }
  const asked = (path: string): Promise<unknown> => get(service, timeoutMs, path)
  let stopped = false
  let cancel: () => void = () => {}
  const ask = async (): Promise<void> => {
    const [build, runtime, settings, metrics] = await Promise.all([
      asked('/api/v1/status/buildinfo'),
      asked('/api/v1/status/runtimeinfo'),
      asked('/api/v1/status/config'),
      asked(`/api/v1/label/__name__/values?match[]=${encodeURIComponent(metricsSelector)}`),
    ])
    current = {
      version: textAt(build, 'version'),
      scrapeIntervalS: scrapeIntervalOf(textAt(settings, 'yaml')) ?? current.scrapeIntervalS,
      retentionS: retentionOf(textAt(runtime, 'storageRetention')) ?? current.retentionS,
      metrics: Array.isArray(metrics) ? new Set(metrics.filter((name) => typeof name === 'string')) : undefined,
    }
    if (!stopped) cancel = later(start, build === undefined ? 5_000 : intervalMs)
  }
  const start = (): void => void ask()
  start()
  return {
    current: () => current,
    close: async () => {
      stopped = true
      cancel()
      await service.close()
    },
  }
}

const metricsSelector = `{__name__=~"${checkedMetrics.join('|')}"}`

const maxAnswerBytes = 1024 * 1024

/** `data` of a successful answer; undefined for anything else. */
async function get(service: ServiceClient, timeoutMs: number, path: string): Promise<unknown> {
  try {
    const answer = await service.send(path, { signal: AbortSignal.timeout(timeoutMs) })
    const document: unknown = JSON.parse(await boundedText(answer.body, maxAnswerBytes))
    if (typeof document !== 'object' || document === null) return undefined
    return 'status' in document && document.status === 'success' && 'data' in document ? document.data : undefined
  } catch {
    return undefined
  }
}

function textAt(value: unknown, key: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const found: unknown = Object.entries(value).find(([name]) => name === key)?.[1]
  return typeof found === 'string' ? found : undefined
}

/** `global.scrape_interval` of the configuration that Prometheus prints. */
export function scrapeIntervalOf(yaml: string | undefined): number | undefined {
  const global = /^global:\n((?:[ \t]+.*\n?)*)/m.exec(yaml ?? '')?.[1] ?? ''
  const interval = /^[ \t]+scrape_interval: *([0-9a-z]+)/m.exec(global)?.[1]
  return interval === undefined ? undefined : durationS(interval)
}

/** Of `15d`, `15d or 1GiB`; a retention by size alone says nothing about time. */
export function retentionOf(text: string | undefined): number | undefined {
  for (const part of (text ?? '').split(' or ')) {
    const seconds = durationS(part.trim())
    if (seconds !== undefined && seconds > 0) return seconds
  }
  return undefined
}
