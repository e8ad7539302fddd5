/**
 * Requests per second by protocol and response code while they are added up: lists that are short, where maps keyed by
 * code are slow to make and to walk (`codeMap.ts`). A graph has two for each of its nodes.
 */
import type { Rates } from '@binocle/api/health'
import { quoted } from '../quoted.ts'

/** One protocol's codes, in the order of `Rates`: numbers from the smallest on, then whatever else, as it came. */
export interface Tally {
  readonly protocol: string
  readonly codes: string[]
  /** Requests per second, code by code. */
  readonly rates: number[]
}

/** Adds `rate` to its code's sum, in place; makes the list with its first rate, for most hold no other. */
export function addRate(tallies: Tally[] | undefined, protocol: string, code: string, rate: number): Tally[] {
  if (tallies === undefined) return [{ protocol, codes: [code], rates: [rate] }]
  const tally = tallies.find((each) => each.protocol === protocol)
  if (tally === undefined) tallies.push({ protocol, codes: [code], rates: [rate] })
  else addToCode(tally, code, rate)
  return tallies
}

function addToCode({ codes, rates }: Tally, code: string, rate: number): void {
  const known = codes.indexOf(code)
  if (known >= 0) {
    rates[known] = (rates[known] ?? 0) + rate
    return
  }
  let at = codes.length
  while (at > 0 && rank(code) < rank(codes[at - 1] ?? '')) at--
  codes.splice(at, 0, code)
  rates.splice(at, 0, rate)
}

export function talliesOf(rates: Rates | null): Tally[] {
  const tallies: Tally[] = []
  for (const protocol in rates) {
    const map = rates[protocol]
    if (map === undefined) continue
    const codes = Object.keys(map)
    tallies.push({ protocol, codes, rates: codes.map((code) => map[code] ?? 0) })
  }
  return tallies
}

/** `Rates` as JSON. */
export function ratesJson(tallies: readonly Tally[]): string {
  if (tallies.length === 0) return '{}'
  let json = ''
  for (const { protocol, codes, rates } of tallies) {
    let sums = ''
    for (let i = 0; i < codes.length; i++)
      sums += `${i === 0 ? '' : ','}${quoted(codes[i] ?? '')}:${numberJson(rates[i] ?? 0)}`
    json += `${json === '' ? '' : ','}${quoted(protocol)}:{${sums}}`
  }
  return `{${json}}`
}

/** As `JSON.stringify`, but a number that was printed before is not worked out again. */
export const numberJson = (value: number): string => (Number.isFinite(value) ? `${value}` : 'null')

const rank = (code: string): number => (/^\d+$/.test(code) ? Number(code) : Number.POSITIVE_INFINITY)
