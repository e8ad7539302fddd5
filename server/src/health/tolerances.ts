/**
 * How many errors of which kind are tolerated: from the object's annotation, else from the first configured rate that
 * fits, else built in (reference: graph.md 4.11).
 */
import type { HealthRate, Tolerance } from '../config/config.ts'
import { type Pattern, patternOf } from '../config/pattern.ts'
import type { Labels } from '../inventory/objects.ts'

/** The annotation of a service or workload that replaces the configured tolerances. */
export const rateAnnotation = 'health.kiali.io/rate'

export type HealthKind = 'app' | 'service' | 'workload'

/** What a rate is asked for. `annotations` are those of the service or workload; apps have none. */
export interface Subject {
  readonly kind: HealthKind
  readonly namespace: string
  readonly name: string
  readonly annotations?: Labels
}

/** A tolerance ready to be asked. Thresholds are percent. */
export interface CompiledTolerance {
  readonly code: Pattern
  readonly protocol: Pattern
  readonly direction: Pattern
  readonly degraded: number
  readonly failure: number
}

/** What Kiali adds after the configured rates: it fits everything. */
export const builtInRate: HealthRate = {
  namespace: '.*',
  kind: '.*',
  name: '.*',
  tolerance: [
    { code: '5XX', protocol: 'http', direction: '.*', degraded: 0, failure: 10 },
    { code: '4XX', protocol: 'http', direction: '.*', degraded: 10, failure: 20 },
    { code: '^[1-9]$|^1[0-6]$', protocol: 'grpc', direction: '.*', degraded: 0, failure: 10 },
    { code: '^-$', protocol: 'http|grpc', direction: '.*', degraded: 0, failure: 10 },
  ],
}

/** The tolerances that hold for `subject`; an empty list is a statement too (`requestStatus` says of what). */
export function tolerancesFor(subject: Subject, rates: readonly HealthRate[]): readonly CompiledTolerance[] {
  const stated = subject.kind === 'app' ? [] : parseRateAnnotation(subject.annotations?.[rateAnnotation] ?? '')
  if (stated.length > 0) return stated
  const rate = rates.find((each) => fits(each, subject)) ?? builtInRate
  return compiledOf(rate)
}

/** Anybody who may write a workload writes annotations: a longer one counts as none. */
const maxAnnotationLength = 2000

/** `code,degraded,failure,protocol,direction`, several separated by `;`. Entries that are not that are dropped. */
export function parseRateAnnotation(annotation: string): readonly CompiledTolerance[] {
  if (annotation === '' || annotation.length > maxAnnotationLength) return []
  return annotation
    .split(';')
    .map((entry) => entry.split(',').map((field) => field.trim()))
    .flatMap(([code, degraded, failure, protocol, direction, ...more]) => {
      if (code === undefined || protocol === undefined || direction === undefined || more.length > 0) return []
      const low = percent(degraded)
      const high = percent(failure)
      if (low === undefined || high === undefined || low > high) return []
      return [compile({ code, protocol, direction, degraded: low, failure: high })]
    })
}

function percent(text: string | undefined): number | undefined {
  const value = text === undefined || text === '' ? Number.NaN : Number(text)
  return Number.isFinite(value) ? value : undefined
}

const fits = (rate: HealthRate, { namespace, kind, name }: Subject): boolean =>
  pattern(rate.namespace).test(namespace) && pattern(rate.kind).test(kind) && pattern(rate.name).test(name)

const compiled = new WeakMap<HealthRate, readonly CompiledTolerance[]>()

function compiledOf(rate: HealthRate): readonly CompiledTolerance[] {
  let tolerances = compiled.get(rate)
  if (tolerances === undefined) {
    tolerances = rate.tolerance.map(compile)
    compiled.set(rate, tolerances)
  }
  return tolerances
}

const compile = ({ code, protocol, direction, degraded, failure }: Tolerance): CompiledTolerance => ({
  code: pattern(code.replace(/[xX]/g, '\\d')),
  protocol: pattern(protocol),
  direction: pattern(direction),
  degraded,
  failure,
})

const patterns = new Map<string, Pattern>()

/** Kiali anchors by adding what is missing at the two ends, without grouping alternatives; what is invalid fits all. */
function pattern(source: string): Pattern {
  let known = patterns.get(source)
  if (known === undefined) {
    known = anchored(source)
    // Annotations are written by anybody who may write a workload: what they teach us is not kept for ever.
    if (patterns.size > 2000) patterns.clear()
    patterns.set(source, known)
  }
  return known
}

function anchored(source: string): Pattern {
  const text = source === '' ? '.*' : source
  try {
    return patternOf(`${text.startsWith('^') ? '' : '^'}${text}${text.endsWith('$') ? '' : '$'}`)
  } catch {
    return patternOf('.*')
  }
}
