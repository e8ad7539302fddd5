/** The types of expressions, and the complaints of a query that mixes them. */
import { type Call, type Expr, QueryError } from './ast.ts'

type ValueType = 'matrix' | 'scalar' | 'string' | 'vector'

interface Signature {
  readonly args: readonly ValueType[]
  /** How many of `args` may be left out. */
  readonly optional: number
  readonly returns: ValueType
}

const of = (args: readonly ValueType[], optional = 0, returns: ValueType = 'vector'): Signature => ({
  args,
  optional,
  returns,
})

/** Every function this answerer knows. */
export const SIGNATURES: Readonly<Record<string, Signature>> = {
  abs: of(['vector']),
  absent: of(['vector']),
  avg_over_time: of(['matrix']),
  ceil: of(['vector']),
  clamp_max: of(['vector', 'scalar']),
  clamp_min: of(['vector', 'scalar']),
  count_over_time: of(['matrix']),
  delta: of(['matrix']),
  exp: of(['vector']),
  floor: of(['vector']),
  histogram_quantile: of(['scalar', 'vector']),
  increase: of(['matrix']),
  irate: of(['matrix']),
  label_replace: of(['vector', 'string', 'string', 'string', 'string']),
  last_over_time: of(['matrix']),
  ln: of(['vector']),
  max_over_time: of(['matrix']),
  min_over_time: of(['matrix']),
  rate: of(['matrix']),
  round: of(['vector', 'scalar'], 1),
  scalar: of(['vector'], 0, 'scalar'),
  sort: of(['vector']),
  sort_desc: of(['vector']),
  sqrt: of(['vector']),
  sum_over_time: of(['matrix']),
  time: of([], 0, 'scalar'),
  timestamp: of(['vector']),
  vector: of(['scalar']),
}

/** Throws a `QueryError` of kind `bad_data` in Prometheus' words. */
export function checkTypes(expr: Expr): ValueType {
  if (expr.type === 'number') return 'scalar'
  if (expr.type === 'string') return 'string'
  if (expr.type === 'selector') return expr.rangeMs === undefined ? 'vector' : 'matrix'
  if (expr.type === 'negation') return checkTypes(expr.expr)
  if (expr.type === 'call') return checkCall(expr)
  if (expr.type === 'aggregate') {
    expect(checkTypes(expr.expr), 'vector', `aggregation expression`)
    return 'vector'
  }
  const sides = [checkTypes(expr.left), checkTypes(expr.right)]
  if (sides.some((side) => side === 'matrix' || side === 'string')) {
    throw refuse('binary expression must contain only scalar and instant vector types')
  }
  const scalars = sides.filter((side) => side === 'scalar').length
  if (scalars > 0 && ['and', 'or', 'unless'].includes(expr.op)) {
    throw refuse(`set operator "${expr.op}" not allowed in binary scalar expression`)
  }
  if (scalars === 2 && COMPARISONS.includes(expr.op) && !expr.bool) {
    throw refuse('comparisons between scalars must use BOOL modifier')
  }
  return scalars === 2 ? 'scalar' : 'vector'
}

export const COMPARISONS: readonly string[] = ['!=', '<', '<=', '==', '>', '>=']

function checkCall(call: Call): ValueType {
  const signature = SIGNATURES[call.name]
  if (!signature) throw refuse(`unknown function with name "${call.name}"`)
  const least = signature.args.length - signature.optional
  if (call.args.length < least || call.args.length > signature.args.length) {
    throw refuse(`expected ${least} argument(s) in call to "${call.name}", got ${call.args.length}`)
  }
  call.args.forEach((argument, i) => {
    expect(checkTypes(argument), signature.args[i] ?? 'vector', `call to function "${call.name}"`)
  })
  return signature.returns
}

function expect(got: ValueType, wanted: ValueType, where: string): void {
  if (got !== wanted) throw refuse(`expected type ${NAMES[wanted]} in ${where}, got ${NAMES[got]}`)
}

const NAMES = { matrix: 'range vector', scalar: 'scalar', string: 'string', vector: 'instant vector' } as const

const refuse = (message: string) => new QueryError('bad_data', `1:1: parse error: ${message}`)
