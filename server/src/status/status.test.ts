import { describe, expect, it } from 'vitest'
import { checkedMetrics, retentionOf, scrapeIntervalOf } from './aboutPrometheus.ts'
import { disabledFeatures } from './disabledFeatures.ts'
import { featureFlags } from './featureFlags.ts'

describe('what Prometheus says of itself', () => {
  it.each([
    ['15d', 1_296_000],
    ['90d or 10GiB', 7_776_000],
    ['10GiB', undefined],
    [undefined, undefined],
  ])('retention %s', (text, seconds) => {
    expect(retentionOf(text)).toBe(seconds)
  })

  it.each([
    ['global:\n  scrape_interval: 15s\n  scrape_timeout: 10s\nscrape_configs: []\n', 15],
    ['scrape_configs:\n- job_name: a\n  scrape_interval: 5s\n', undefined],
    ['global:\n  scrape_timeout: 10s\nscrape_configs:\n- scrape_interval: 5s\n', undefined],
    [undefined, undefined],
  ])('scrape interval of %j', (yaml, seconds) => {
    expect(scrapeIntervalOf(yaml)).toBe(seconds)
  })
})

describe('disabled features', () => {
  const without = (...names: string[]) => new Set(checkedMetrics.filter((name) => !names.includes(name)))
  const disabled = (metrics: ReadonlySet<string> | undefined) =>
    Object.entries(disabledFeatures(metrics))
      .filter(([, value]) => value)
      .map(([key]) => key)

  it.each<[string, ReadonlySet<string> | undefined, string[]]>([
    ['none while everything is there', without(), []],
    ['none while nothing is known', undefined, []],
    ['none of an empty Prometheus', new Set(), []],
    ['percentiles without buckets', without('istio_request_bytes_bucket'), ['requestSizePercentiles']],
    [
      'averages too without counts',
      without('istio_response_bytes_count'),
      ['responseSizeAverage', 'responseSizePercentiles'],
    ],
    [
      'all of a family without sums',
      without('istio_request_duration_milliseconds_sum'),
      ['responseTime', 'responseTimeAverage', 'responseTimePercentiles'],
    ],
  ])('%s', (_what, metrics, expected) => {
    expect(disabled(metrics)).toEqual(expected)
  })
})

describe('feature flags', () => {
  it('take what is written and leave the rest at its default', () => {
    const flags = featureFlags(
      { istio_upgrade_action: true, ui_defaults: { refresh_interval: '15s', graph: { find_options: [] } } },
      false,
    )
    expect([flags.istioUpgradeAction, flags.istioInjectionAction, flags.uiDefaults.refreshInterval]).toEqual([
      true,
      true,
      '15s',
    ])
    expect([flags.uiDefaults.graph.findOptions, flags.uiDefaults.graph.hideOptions?.length]).toEqual([undefined, 3])
  })
})
