/** Dashboards: charts of an object's metrics, in the form of Kiali's API (reference: api.md 20). */
import type { Metric } from './metrics.ts'

export interface Dashboard {
  /** Empty for those that every object has. */
  readonly name: string
  readonly title: string
  readonly charts: readonly Chart[]
  /** By what the page may ask to have the charts told apart. */
  readonly aggregations: readonly ChartAggregation[]
  /** null: there are none. */
  readonly externalLinks: null
  readonly rows: number
}

export interface Chart {
  readonly name: string
  /** e.g. `bitrate`; the page says how it is written. */
  readonly unit: string
  /** Twelfths of the page's width. */
  readonly spans: number
  readonly startCollapsed: boolean
  readonly metrics: readonly Metric[]
  /** null: time. */
  readonly xAxis: null
  /** Why there is nothing to see; empty when nothing is wrong. */
  readonly error: string
}

export interface ChartAggregation {
  /** Of a series, e.g. `source_canonical_service`. */
  readonly label: string
  readonly displayName: string
  readonly singleSelection: boolean
}
