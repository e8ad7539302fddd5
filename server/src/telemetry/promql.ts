/**
 * PromQL from a small tree. Text from outside (label values, label names, durations) enters only here and cannot leave
 * its place: names are checked, values are quoted. What is sent is tested with the official grammar.
 */

export interface Matcher {
  readonly label: string
  readonly op: '=' | '!=' | '=~' | '!~'
  /** Taken literally, whatever it holds; regular expressions of `=~` are built by `oneOf`. */
  readonly value: string
}

export interface Selector {
  readonly metric: string
  readonly matchers: readonly Matcher[]
}

export type Expr =
  | { readonly kind: 'series'; readonly of: Selector }
  /** `instant`: from the last two samples alone. */
  | { readonly kind: 'rate'; readonly of: Selector; readonly rangeS: number; readonly instant?: boolean }
  | {
      readonly kind: 'aggregate'
      readonly op: 'count' | 'max' | 'sum'
      readonly by: readonly string[]
      readonly of: Expr
    }
  | { readonly kind: 'quantile'; readonly quantile: number; readonly of: Expr }
  | { readonly kind: 'divide'; readonly left: Expr; readonly right: Expr }
  | { readonly kind: 'positive'; readonly of: Expr }
  | { readonly kind: 'timestamp'; readonly of: Selector }
  | { readonly kind: 'or'; readonly parts: readonly Expr[] }

/** The query's text. `scope` is added to every selector (`external_services.prometheus.query_scope`). */
export function render(expr: Expr, scope: Readonly<Record<string, string>> = {}): string {
  const scoped = Object.entries(scope).map(
    ([label, value]): Matcher => ({ label: label.replace(/[^a-zA-Z0-9_]/g, '_'), op: '=', value }),
  )
  return text(expr, scoped)
}

/** A label name that may stand in `by (...)` or left of a matcher. */
export const isLabelName = (name: string): boolean => /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)

/** Value for `=~` that matches exactly one of these texts, whatever characters they hold. */
export const oneOf = (values: readonly string[]): string => values.map(literal).join('|')

function text(expr: Expr, scope: readonly Matcher[]): string {
  switch (expr.kind) {
    case 'series':
      return selector(expr.of, scope)
    case 'rate':
      return `${expr.instant ? 'irate' : 'rate'}(${selector(expr.of, scope)}[${wholeSeconds(expr.rangeS)}s])`
    case 'aggregate':
      return `${expr.op}${expr.by.length === 0 ? ' ' : ` by (${expr.by.map(labelName).join(',')}) `}(${text(expr.of, scope)})`
    case 'quantile':
      return `histogram_quantile(${number(expr.quantile)}, ${text(expr.of, scope)})`
    case 'divide':
      return `(${text(expr.left, scope)}) / (${text(expr.right, scope)})`
    case 'positive':
      return `(${text(expr.of, scope)}) > 0`
    case 'timestamp':
      return `timestamp(${selector(expr.of, scope)})`
    case 'or':
      return expr.parts.map((part) => `(${text(part, scope)})`).join(' or ')
  }
}

function selector({ metric, matchers }: Selector, scope: readonly Matcher[]): string {
  const all = [...scope, ...matchers].map(({ label, op, value }) => `${labelName(label)}${op}${quote(value)}`)
  return `${metricName(metric)}{${all.join(',')}}`
}

function labelName(name: string): string {
  if (!isLabelName(name)) throw new RangeError(`not a label name: ${JSON.stringify(name)}`)
  return name
}

function metricName(name: string): string {
  if (!/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name)) throw new RangeError(`not a metric name: ${JSON.stringify(name)}`)
  return name
}

function number(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`not a number: ${value}`)
  return String(value)
}

function wholeSeconds(value: number): string {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not whole seconds: ${value}`)
  return String(value)
}

/** PromQL strings know Go's escapes; everything that could end one, or the line, is escaped. */
function quote(value: string): string {
  return `"${value.replace(/\p{Cs}/gu, '\uFFFD').replace(/["\\\p{Cc}\u2028\u2029]/gu, escaped)}"`
}

function escaped(char: string): string {
  if (char === '"' || char === '\\') return `\\${char}`
  return `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`
}

const literal = (value: string) => value.replace(/[.+*?()|[\]{}^$\\]/g, '\\$&')
