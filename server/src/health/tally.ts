/**
 * Requests per second by protocol and response code while they are added up: lists that are short, where maps keyed by
 * code are slow to make and to walk (`codeMap.ts`). A graph has two for each of its nodes.
 */
import type { Rates } from '@binocle/api/health'

/** One protocol's codes, in the order of `Rates`: numbers from the smallest on, then whatever else, as it came. */
export interface Tally {
  readonly protocol: string
  readonly codes: string[]
  /** Requests per second, code by code. */
  readonly rates: number[]
}

/** Adds `rate` to its code's sum. */
export function addRate(tallies: Tally[], protocol: string, code: string, rate: number): void {
  const { codes, rates } = tallyOf(tallies, protocol)
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
    const tally = tallyOf(tallies, protocol)
    for (const code in map) {
      tally.codes.push(code)
      tally.rates.push(map[code] ?? 0)
    }
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
      sums += `${i === 0 ? '' : ','}${quoted(codes[i] ?? '')}:${JSON.stringify(rates[i])}`
    json += `${json === '' ? '' : ','}${quoted(protocol)}:{${sums}}`
  }
  return `{${json}}`
}

/** Names come from outside. */
const quoted = (text: string): string => (/^[\w-]*$/.test(text) ? `"${text}"` : JSON.stringify(text))

function tallyOf(tallies: Tally[], protocol: string): Tally {
  for (const tally of tallies) if (tally.protocol === protocol) return tally
  const tally: Tally = { protocol, codes: [], rates: [] }
  tallies.push(tally)
  return tally
}

const rank = (code: string): number => (/^\d+$/.test(code) ? Number(code) : Number.POSITIVE_INFINITY)
