/** The series of a scenario: what a Prometheus that scrapes the whole mesh would hold. */
import type { SimCall } from '../scenario.ts'
import type { Topology } from '../topology.ts'
import { controlPlaneSeries } from './controlPlane.ts'
import { TRAFFIC_FAMILIES } from './families.ts'
import { curvesOf, flowsOf } from './flows.ts'
import type { FamilyMetadata, Series, SeriesSource } from './series.ts'

export interface SeriesOptions {
  /** Unix ms: the last sample is not after it. */
  readonly clock: () => number
  /** How far back samples go from the moment of the call. */
  readonly historyS: number
  /** The scrape interval. */
  readonly stepS: number
}

/** Families are built when first asked for: nobody pays for buckets that no query reads. */
export function scenarioSeries(topology: Topology, options: SeriesOptions): SeriesSource {
  const startMs = options.clock()
  const stepMs = options.stepS * 1000
  const epochS = epochOf(startMs)
  const control = controlPlaneSeries(topology, epochS)
  const controlByName = groupByName(control.series)
  const builders = new Map(TRAFFIC_FAMILIES.flatMap((family) => Object.entries(family.metrics)))
  const built = new Map<string, readonly Series[]>()
  let flows: ReturnType<typeof flowsOf> | undefined
  const build = (name: string): readonly Series[] => {
    const builder = builders.get(name)
    if (!builder) return controlByName.get(name) ?? []
    flows ??= flowsOf(topology, epochS)
    return builder(flows)
  }
  const names = [...builders.keys(), ...controlByName.keys()].sort()
  return {
    times: {
      fromMs: Math.floor((startMs - options.historyS * 1000) / stepMs) * stepMs,
      stepMs,
      untilMs: options.clock,
    },
    names: () => names,
    series: (name) => {
      const known = built.get(name)
      if (known) return known
      const series = build(name)
      built.set(name, series)
      return series
    },
    metadata: () => metadataOf(control.metadata),
  }
}

/** The oracle: what a call's true rate is over a window, in requests (TCP: bytes sent by the source) per second. */
export function expectedRates(
  topology: Topology,
  startMs: number,
): (call: SimCall, window: { readonly endS: number; readonly durationS: number }) => number {
  const curves = curvesOf(topology.scenario, epochOf(startMs))
  return (call, { endS, durationS }) => {
    const curve = curves(call)
    return (call.rate * (curve.at(endS) - curve.at(endS - durationS))) / durationS
  }
}

/** Counters were 0 at midnight before yesterday's end: long enough ago for any window, the same all day. */
const epochOf = (startMs: number): number => (Math.floor(startMs / 86_400_000) - 1) * 86_400

const metadataOf = (control: readonly FamilyMetadata[]): FamilyMetadata[] =>
  [...TRAFFIC_FAMILIES.map(({ name, type, help }) => ({ name, type, help })), ...control].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  )

function groupByName(series: readonly Series[]): Map<string, Series[]> {
  const groups = new Map<string, Series[]>()
  for (const one of series) {
    const group = groups.get(one.metric.name)
    if (group) group.push(one)
    else groups.set(one.metric.name, [one])
  }
  return groups
}
