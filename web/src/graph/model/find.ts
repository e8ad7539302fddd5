/**
 * The find and hide language (reference: ui.md 9.8): `app = cart AND namespace = shop OR crosscluster`.
 * An expression is clauses joined by OR; a clause is terms joined by AND, all about nodes or all about edges.
 */
import { edgeFlags, edgeOperands, nodeFlags, nodeOperands, nodeTypeWords, type Operand } from './findOperands.ts'
import type { Call, MeshNode } from './meshGraph.ts'

export type NodeTest = (node: MeshNode) => boolean
export type EdgeTest = (call: Call) => boolean

export type FindResult =
  | { readonly ok: true; readonly nodes: NodeTest | undefined; readonly edges: EdgeTest | undefined }
  | { readonly ok: false; readonly error: string }

/** Parses an expression; the tests are about leaves and calls. Nothing to find gives no tests. */
export function parseFind(expression: string): FindResult {
  const text = expression.trim()
  if (text === '') return { ok: true, nodes: undefined, edges: undefined }
  const nodeClauses: NodeTest[] = []
  const edgeClauses: EdgeTest[] = []
  for (const clause of text.split(/\s+or\s+/i)) {
    const terms = clause.split(/\s+and\s+/i).map(parseTerm)
    const failed = terms.find((term) => term.about === 'error')
    if (failed?.about === 'error') return { ok: false, error: failed.error }
    if (terms.length > 1 && terms.some((term) => term.about === 'node' && term.name))
      return { ok: false, error: '`name` cannot be combined with AND; name the kind: app, service or workload.' }
    const nodes = terms.flatMap((term) => (term.about === 'node' ? [term.test] : []))
    const edges = terms.flatMap((term) => (term.about === 'edge' ? [term.test] : []))
    if (nodes.length > 0 && edges.length > 0)
      return { ok: false, error: `AND cannot join conditions on nodes and on edges: "${clause.trim()}". Use OR.` }
    if (nodes.length > 0) nodeClauses.push((node) => nodes.every((test) => test(node)))
    if (edges.length > 0) edgeClauses.push((call) => edges.every((test) => test(call)))
  }
  return {
    ok: true,
    nodes: nodeClauses.length > 0 ? (node) => nodeClauses.some((test) => test(node)) : undefined,
    edges: edgeClauses.length > 0 ? (call) => edgeClauses.some((test) => test(call)) : undefined,
  }
}

type Term =
  | { readonly about: 'node'; readonly test: NodeTest; readonly name: boolean }
  | { readonly about: 'edge'; readonly test: EdgeTest }
  | { readonly about: 'error'; readonly error: string }

const wordOperators: Readonly<Record<string, string>> = { contains: '*=', startswith: '^=', endswith: '$=', not: '!' }
const comparison = /^([%\w.:/-]+)\s*(!\*=|!\^=|!\$=|!=|>=|<=|\*=|\^=|\$=|=|>|<)\s*(\S.*)?$/

function parseTerm(raw: string): Term {
  const text = withSymbols(raw.trim())
  const match = comparison.exec(text)
  if (!match) return flagTerm(text)
  const [, operand = '', operator = '', value = ''] = match
  const name = operand.toLowerCase()
  if (name === 'node' && !nodeTypeWords.includes(value.trim()))
    return { about: 'error', error: `"${value}" is no node type; these are: ${nodeTypeWords.join(', ')}.` }
  const onNode = nodeOperands[name]
  if (onNode)
    return comparing(onNode, operator, value.trim(), (test) => ({ about: 'node', test, name: name === 'name' }))
  const onEdge = edgeOperands[name]
  if (onEdge) return comparing(onEdge, operator, value.trim(), (test) => ({ about: 'edge', test }))
  return {
    about: 'error',
    error: `Unknown operand "${operand}". Try app, cluster, namespace, service, workload, version, name, node, http, %httperr.`,
  }
}

/** `name contains x` and `name not contains x` as `name *= x` and `name !*= x`. */
const withSymbols = (text: string): string =>
  text
    .replace(
      /^(\S+)\s+not\s+(contains|startswith|endswith)\s+/i,
      (_, operand: string, word: string) => `${operand} !${wordOperators[word.toLowerCase()]} `,
    )
    .replace(
      /^(\S+)\s+(contains|startswith|endswith)\s+/i,
      (_, operand: string, word: string) => `${operand} ${wordOperators[word.toLowerCase()]} `,
    )
    .replace(/^(\S+)\s+not\s+(?=\S)/i, (whole, operand: string) =>
      /^(is|has|not|!)$/i.test(operand) ? whole : `${operand} != `,
    )

function flagTerm(text: string): Term {
  let rest = text
  let negated = false
  for (
    let prefix = /^(!|not\s+|is\s+|has\s+)\s*/i.exec(rest);
    prefix;
    prefix = /^(!|not\s+|is\s+|has\s+)\s*/i.exec(rest)
  ) {
    if (/^(!|not)/i.test(prefix[0])) negated = !negated
    rest = rest.slice(prefix[0].length)
  }
  const onNode = nodeFlags[rest.toLowerCase()]
  if (onNode) {
    const test = negated ? (onNode.negated ?? ((node: MeshNode) => !onNode.test(node))) : onNode.test
    return { about: 'node', test, name: false }
  }
  const onEdge = edgeFlags[rest.toLowerCase()]
  if (onEdge) return { about: 'edge', test: negated ? (call) => !onEdge(call) : onEdge }
  return {
    about: 'error',
    error: `No operator found in "${text}", and it is not a condition of its own such as healthy, idle or crosscluster.`,
  }
}

function comparing<Subject>(
  operand: Operand<Subject>,
  operator: string,
  value: string,
  term: (test: (subject: Subject) => boolean) => Term,
): Term {
  if (operand.kind === 'text') {
    const bare = operator.replace(/^!(?=.)/, '')
    const test = textTests[bare]
    if (!test || /[<>]/.test(operator)) return { about: 'error', error: `"${operator}" compares numbers, not texts.` }
    const negated = operator.startsWith('!')
    return term((subject) => operand.read(subject).some((text) => test(text, value)) !== negated)
  }
  if (/[*^$]/.test(operator)) return { about: 'error', error: `"${operator}" compares texts, not numbers.` }
  if (value.toLowerCase() === 'nan')
    return term((subject) => (operand.read(subject) === undefined) === (operator === '='))
  const wanted = Number(value)
  const test = numberTests[operator]
  if (value === '' || Number.isNaN(wanted) || !test) return { about: 'error', error: `"${value}" is not a number.` }
  return term((subject) => {
    const is = operand.read(subject)
    return is !== undefined && test(is, wanted)
  })
}

const textTests: Readonly<Record<string, (text: string, value: string) => boolean>> = {
  '=': (text, value) => text === value,
  '*=': (text, value) => text.includes(value),
  '^=': (text, value) => text.startsWith(value),
  '$=': (text, value) => text.endsWith(value),
}

const numberTests: Readonly<Record<string, (is: number, wanted: number) => boolean>> = {
  '=': (is, wanted) => is === wanted,
  '!=': (is, wanted) => is !== wanted,
  '>': (is, wanted) => is > wanted,
  '>=': (is, wanted) => is >= wanted,
  '<': (is, wanted) => is < wanted,
  '<=': (is, wanted) => is <= wanted,
}
