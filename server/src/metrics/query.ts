/** What can be asked of an object's metrics, after the request was parsed (reference: api.md 19.1). */
import type { NamespaceRef } from '@binocle/api/identity'
import type { Reporter } from '../telemetry/traffic.ts'

export interface MetricsQuery {
  /** Unix seconds. */
  readonly endS: number
  readonly durationS: number
  readonly stepS: number
  readonly rateIntervalS: number
  /** From the last two samples alone. */
  readonly instant: boolean
  readonly direction: 'inbound' | 'outbound'
  /** undefined: whoever reported it. */
  readonly reporters: readonly Reporter[] | undefined
  /** Of histograms. */
  readonly average: boolean
  /** As written, each a number from 0 to 1. */
  readonly quantiles: readonly string[]
  /** Label names. */
  readonly by: readonly string[]
  /** Names of metrics; undefined: all. */
  readonly metrics: readonly string[] | undefined
  /** e.g. `grpc`; '' = any. */
  readonly protocol: string
}

/** Whose metrics; a namespace's own without `of`. */
export interface Target extends NamespaceRef {
  readonly of?: {
    readonly kind: 'app' | 'service' | 'workload'
    readonly name: string
    /** A host outside of the mesh: its calls name no namespace. */
    readonly outside?: boolean
  }
}
