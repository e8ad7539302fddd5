/** What a mesh graph is asked for, refused in Kiali's words (reference: graph.md 6.1). Kiali's statuses of these are mostly 500. */
import { BinocleError } from '../errors.ts'

export interface MeshGraphOptions {
  readonly includeGateways: boolean
  readonly includeWaypoints: boolean
  /** Unix seconds; only told again in the answer. */
  readonly queryTime: number | undefined
}

/** There are no appenders. */
export function parseMeshGraphOptions(query: URLSearchParams): MeshGraphOptions {
  const text = (name: string): string => query.get(name) ?? ''
  check(['', 'common'].includes(text('configVendor')), `Invalid configVendor [${text('configVendor')}]`)
  const [appender] = text('appenders')
    .split(',')
    .filter((name) => name.trim() !== '')
  check(appender === undefined, `Invalid appender [${appender}]`)
  const time = text('queryTime')
  check(/^[0-9]{0,15}$/.test(time), `Invalid queryTime [${time}]`)
  return {
    includeGateways: flag(text('includeGateways'), 'meshGateways'),
    includeWaypoints: flag(text('includeWaypoints'), 'meshWaypoints'),
    queryTime: time === '' ? undefined : Number(time),
  }
}

function flag(value: string, name: string): boolean {
  if (['', ...falsehoods].includes(value)) return false
  check(truths.includes(value), `Invalid ${name} [${value}]`)
  return true
}

/** As Go's strconv.ParseBool. */
const truths = ['1', 't', 'T', 'TRUE', 'true', 'True']
const falsehoods = ['0', 'f', 'F', 'FALSE', 'false', 'False']

function check(holds: boolean, message: string): void {
  if (holds) return
  throw new BinocleError('BIN-QUERY-PARAM', message.slice(0, 120), {
    remedy: 'Leave the parameter out, or use a value of the API description.',
  })
}
