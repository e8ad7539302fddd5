/** A PromQL expression, reduced to what is evaluated. Times are milliseconds. */

export type Expr = Aggregate | Binary | Call | Negation | NumberLiteral | Selector | StringLiteral

export interface NumberLiteral {
  readonly type: 'number'
  readonly value: number
}

export interface StringLiteral {
  readonly type: 'string'
  readonly value: string
}

/** An instant vector selector, or with `rangeMs` a range vector selector. */
export interface Selector {
  readonly type: 'selector'
  readonly matchers: readonly Matcher[]
  readonly rangeMs: number | undefined
  readonly offsetMs: number
}

export interface Matcher {
  readonly label: string
  readonly op: '!=' | '!~' | '=' | '=~'
  readonly value: string
}

export interface Call {
  readonly type: 'call'
  readonly name: string
  readonly args: readonly Expr[]
}

export interface Negation {
  readonly type: 'negation'
  readonly expr: Expr
}

export interface Aggregate {
  readonly type: 'aggregate'
  readonly op: string
  readonly grouping: readonly string[]
  readonly without: boolean
  /** `topk`'s k and the like. */
  readonly param: Expr | undefined
  readonly expr: Expr
}

export interface Binary {
  readonly type: 'binary'
  readonly op: string
  readonly left: Expr
  readonly right: Expr
  readonly bool: boolean
  readonly matching: Matching
}

/** How samples of two vectors find each other. */
export interface Matching {
  readonly on: boolean
  readonly labels: readonly string[]
  /** The side with many: `group_left` = left. */
  readonly many: 'left' | 'none' | 'right'
  readonly include: readonly string[]
}

/** What is wrong with a query, as Prometheus classifies it. */
export class QueryError extends Error {
  readonly kind: 'bad_data' | 'execution'

  constructor(kind: 'bad_data' | 'execution', message: string) {
    super(message)
    this.kind = kind
  }
}
