/** PromQL text -> expression, by the official grammar. What the grammar takes and this answerer does not is refused. */
import type { SyntaxNode } from '@lezer/common'
import { parser } from '@prometheus-io/lezer-promql'
import { type Expr, type Matcher, type Matching, QueryError } from './ast.ts'
import { parseDurationMs } from './durations.ts'
import { checkTypes } from './types.ts'

/** Throws a `QueryError` of kind `bad_data`. */
export function parsePromql(query: string): Expr {
  if (query.trim() === '')
    throw new QueryError('bad_data', 'unknown position: parse error: no expression found in input')
  const tree = parser.parse(query)
  const root = tree.topNode.firstChild
  const broken = firstError(tree.topNode)
  if (!root || broken) {
    throw bad(query, broken?.from ?? 0, `unexpected ${describe(query, broken)}`)
  }
  const expr = readExpr(root, query)
  checkTypes(expr)
  return expr
}

const bad = (query: string, at: number, message: string) => {
  const before = query.slice(0, at).split('\n')
  return new QueryError('bad_data', `${before.length}:${(before.at(-1)?.length ?? 0) + 1}: parse error: ${message}`)
}

function firstError(node: SyntaxNode): SyntaxNode | undefined {
  let found: SyntaxNode | undefined
  node.cursor().iterate((at) => {
    if (found) return false
    if (at.type.isError) found = at.node
    return true
  })
  return found
}

const describe = (query: string, node: SyntaxNode | undefined) =>
  node && node.to > node.from ? JSON.stringify(query.slice(node.from, node.to)) : 'end of input'

/** The grammar's node names -> how each is read. */
const READERS: Readonly<Record<string, (node: SyntaxNode, query: string) => Expr>> = {
  ParenExpr: (node, query) => readExpr(only(node, query), query),
  NumberDurationLiteral: (node, query) => ({ type: 'number', value: readNumber(textOf(node, query)) }),
  StringLiteral: (node, query) => ({ type: 'string', value: readString(textOf(node, query)) }),
  UnaryExpr: readUnary,
  VectorSelector: (node, query) => ({
    type: 'selector',
    matchers: readMatchers(node, query),
    rangeMs: undefined,
    offsetMs: 0,
  }),
  MatrixSelector: readRange,
  OffsetExpr: readOffset,
  FunctionCall: (node, query) => ({
    type: 'call',
    name: textOf(child(node, 'FunctionIdentifier'), query),
    args: argumentsOf(node, query),
  }),
  AggregateExpr: readAggregate,
  BinaryExpr: readBinary,
}

function readExpr(node: SyntaxNode, query: string): Expr {
  const reader = READERS[node.name]
  if (!reader) throw bad(query, node.from, `${node.name} is not supported here`)
  return reader(node, query)
}

const textOf = (node: SyntaxNode | null | undefined, query: string) => (node ? query.slice(node.from, node.to) : '')

const child = (node: SyntaxNode, name: string) => node.getChild(name)

function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = []
  for (let next = node.firstChild; next; next = next.nextSibling) found.push(next)
  return found
}

function only(node: SyntaxNode, query: string): SyntaxNode {
  const [first] = children(node)
  if (!first) throw bad(query, node.from, 'empty expression')
  return first
}

function readUnary(node: SyntaxNode, query: string): Expr {
  const [sign, operand] = children(node)
  if (!operand) throw bad(query, node.from, 'missing operand')
  const expr = readExpr(operand, query)
  return textOf(sign, query) === '-' ? { type: 'negation', expr } : expr
}

function readRange(node: SyntaxNode, query: string): Expr {
  const [inner, duration] = children(node)
  const expr = inner && readExpr(inner, query)
  if (expr?.type !== 'selector') throw bad(query, node.from, 'ranges only allowed for vector selectors')
  return { ...expr, rangeMs: durationOf(textOf(duration, query), query, node) }
}

function durationOf(text: string, query: string, node: SyntaxNode): number {
  const ms = parseDurationMs(text)
  if (ms === undefined || ms <= 0) throw bad(query, node.from, `not a valid duration string: "${text}"`)
  return ms
}

/** The grammar lets `a / b offset 5m` shift the whole division; Prometheus shifts `b` alone. */
function readOffset(node: SyntaxNode, query: string): Expr {
  const [inner, , duration] = children(node)
  if (!inner) throw bad(query, node.from, 'missing expression before offset')
  const text = textOf(duration, query)
  const negative = text.startsWith('-')
  const ms = durationOf(negative ? text.slice(1).trim() : text, query, node)
  return shifted(readExpr(inner, query), negative ? -ms : ms, query, node)
}

function shifted(expr: Expr, offsetMs: number, query: string, node: SyntaxNode): Expr {
  if (expr.type === 'selector') return { ...expr, offsetMs }
  if (expr.type === 'binary') return { ...expr, right: shifted(expr.right, offsetMs, query, node) }
  throw bad(query, node.from, 'offset modifier must be preceded by an instant vector selector or range vector selector')
}

const argumentsOf = (node: SyntaxNode, query: string): Expr[] => {
  const body = child(node, 'FunctionCallBody')
  return body ? children(body).map((argument) => readExpr(argument, query)) : []
}

function readAggregate(node: SyntaxNode, query: string): Expr {
  const args = argumentsOf(node, query)
  const expr = args.at(-1)
  if (!expr) throw bad(query, node.from, 'no arguments for aggregate expression provided')
  const modifier = child(node, 'AggregateModifier')
  return {
    type: 'aggregate',
    op: textOf(child(node, 'AggregateOp'), query),
    grouping: modifier ? labelsIn(child(modifier, 'GroupingLabels'), query) : [],
    without: modifier ? child(modifier, 'Without') !== null : false,
    param: args.length > 1 ? args[0] : undefined,
    expr,
  }
}

const labelsIn = (node: SyntaxNode | null, query: string): string[] =>
  node ? node.getChildren('LabelName').map((label) => textOf(label, query)) : []

/** Modifiers and the operator stand between the operands. */
function readBinary(node: SyntaxNode, query: string): Expr {
  const parts = children(node)
  const [left, operator] = parts
  const right = parts.at(-1)
  if (!left || !right || !operator) throw bad(query, node.from, 'missing operand')
  const op = textOf(operator, query).toLowerCase()
  const modifier = child(node, 'MatchingModifierClause')
  return {
    type: 'binary',
    op,
    left: readExpr(left, query),
    right: readExpr(right, query),
    bool: child(node, 'BoolModifier') !== null,
    matching: modifier ? readMatching(modifier, query) : { on: false, labels: [], many: 'none', include: [] },
  }
}

function readMatching(node: SyntaxNode, query: string): Matching {
  const [labels, include] = node.getChildren('GroupingLabels')
  return {
    on: child(node, 'On') !== null,
    labels: labelsIn(labels ?? null, query),
    many: child(node, 'GroupLeft') ? 'left' : child(node, 'GroupRight') ? 'right' : 'none',
    include: labelsIn(include ?? null, query),
  }
}

function readMatchers(node: SyntaxNode, query: string): Matcher[] {
  const name = textOf(child(node, 'Identifier'), query)
  const list = child(node, 'LabelMatchers')
  const stated = list ? children(list).map((matcher) => readMatcher(matcher, query)) : []
  const matchers = name === '' ? stated : [{ label: '__name__', op: '=' as const, value: name }, ...stated]
  if (matchers.every((matcher) => matchesEmpty(matcher))) {
    throw bad(query, node.from, 'vector selector must contain at least one non-empty matcher')
  }
  return matchers
}

function readMatcher(node: SyntaxNode, query: string): Matcher {
  const label = textOf(child(node, 'LabelName'), query)
  const value = readString(textOf(child(node, 'StringLiteral'), query))
  const op = OPERATORS.find((known) => known === textOf(child(node, 'MatchOp'), query))
  if (!op || label === '') throw bad(query, node.from, 'this form of label matcher is not supported here')
  if (op === '=~' || op === '!~') checkRegex(value, query, node)
  return { label, op, value }
}

const OPERATORS = ['!=', '!~', '=', '=~'] as const

function checkRegex(value: string, query: string, node: SyntaxNode): void {
  try {
    anchored(value)
  } catch {
    throw bad(query, node.from, `error parsing regexp: ${value}`)
  }
}

/** RE2's anchored match in JavaScript's words; `(?i)` in front is the one flag that is translated. */
export function anchored(pattern: string): RegExp {
  const flagged = /^\(\?([is]+)\)/.exec(pattern)
  const body = flagged ? pattern.slice(flagged[0].length) : pattern
  return new RegExp(`^(?:${body})$`, flagged?.[1] ?? '')
}

const matchesEmpty = ({ op, value }: Matcher): boolean => {
  if (op === '=') return value === ''
  if (op === '!=') return value !== ''
  return anchored(value).test('') === (op === '=~')
}

function readNumber(text: string): number {
  const word = text.toLowerCase()
  if (word === 'inf' || word === '+inf') return Number.POSITIVE_INFINITY
  if (word === '-inf') return Number.NEGATIVE_INFINITY
  if (word === 'nan') return Number.NaN
  const number = Number(text.replaceAll('_', ''))
  return Number.isNaN(number) ? (parseDurationMs(text) ?? Number.NaN) / 1000 : number
}

/** Go's string literals: double and single quotes know escapes, backquotes none. */
function readString(text: string): string {
  const body = text.slice(1, -1)
  if (text.startsWith('`')) return body
  return body.replace(/\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[0-7]{3}|.)/g, (_all, code: string) => unescaped(code))
}

function unescaped(code: string): string {
  if (code.startsWith('x') || code.startsWith('u')) return String.fromCharCode(Number.parseInt(code.slice(1), 16))
  if (code.length === 3) return String.fromCharCode(Number.parseInt(code, 8))
  return ESCAPES[code] ?? code
}

const ESCAPES: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }
