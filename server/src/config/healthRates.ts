/** `health_config.rate[]` with the catch-all that ends it. */
import { BinocleError } from '../errors.ts'
import type { HealthRate, Tolerance } from './config.ts'
import { patternOf } from './pattern.ts'
import { isTree } from './settings.ts'

const tolerance = (code: string, protocol: string, degraded: number, failure: number): Tolerance => ({
  code,
  degraded,
  failure,
  protocol,
  direction: '.*',
})

/** Percentages of requests; 0 = no such threshold. */
const catchAll: HealthRate = {
  namespace: '',
  kind: '',
  name: '',
  tolerance: [
    tolerance('5XX', 'http', 0, 10),
    tolerance('4XX', 'http', 10, 20),
    tolerance('^[1-9]$|^1[0-6]$', 'grpc', 0, 10),
    tolerance('^-$', 'http|grpc', 0, 10),
  ],
}

/** Without any stated entry Kiali's clients see the catch-all twice; it changes nothing. */
export function healthRates(tree: unknown): HealthRate[] {
  const stated = Array.isArray(tree) ? tree.map(rateOf) : []
  return stated.length === 0 ? [catchAll, catchAll] : [...stated, catchAll]
}

function rateOf(entry: unknown): HealthRate {
  if (!isTree(entry)) throw wrong('an entry is not a map')
  const tolerances = Array.isArray(entry.tolerance) ? entry.tolerance.map(toleranceOf) : []
  return {
    namespace: patternText(entry.namespace),
    kind: patternText(entry.kind),
    name: patternText(entry.name),
    tolerance: tolerances,
  }
}

function toleranceOf(entry: unknown): Tolerance {
  if (!isTree(entry)) throw wrong('a tolerance is not a map')
  return {
    code: patternText(entry.code),
    degraded: percentOf(entry.degraded),
    failure: percentOf(entry.failure),
    protocol: patternText(entry.protocol),
    direction: patternText(entry.direction),
  }
}

function patternText(value: unknown): string {
  const text = value === undefined || value === null ? '' : String(value)
  try {
    patternOf(text)
  } catch {
    throw wrong(`${JSON.stringify(text)} is not a regular expression`)
  }
  return text
}

function percentOf(value: unknown): number {
  if (value === undefined || value === null) return 0
  const percent = Number(value)
  if (Number.isFinite(percent) && percent >= 0 && percent <= 100) return percent
  throw wrong(`${JSON.stringify(value)} is not a percentage`)
}

const wrong = (why: string): BinocleError =>
  new BinocleError('BIN-CONFIG-KEY', `health_config.rate: ${why}.`, {
    remedy: 'See health_config.rate in docs/configuration.md.',
  })
