/** Kubernetes label selectors as texts: `a=b, c!=d, e in (x,y), f notin (z), g, !h`. */
import type { Labels } from '../inventory/objects.ts'

export type LabelTest = (labels: Labels) => boolean

/** undefined: it does not parse. The empty text matches everything. */
export function parseSelector(text: string): LabelTest | undefined {
  const tests: LabelTest[] = []
  for (const part of partsOf(text)) {
    const test = parsePart(part)
    if (test === undefined) return undefined
    tests.push(test)
  }
  return (labels) => tests.every((test) => test(labels))
}

/** Commas within parentheses separate values, not requirements. */
function partsOf(text: string): readonly string[] {
  const parts: string[] = []
  let start = 0
  let isWithin = false
  for (let at = 0; at <= text.length; at += 1) {
    const mark = text[at]
    if (mark === '(') isWithin = true
    else if (mark === ')') isWithin = false
    else if (mark === undefined || (mark === ',' && !isWithin)) {
      parts.push(text.slice(start, at).trim())
      start = at + 1
    }
  }
  return parts.filter((part) => part !== '')
}

const name = /^[A-Za-z0-9]([A-Za-z0-9._/-]*[A-Za-z0-9])?$/

function parsePart(part: string): LabelTest | undefined {
  const set = /^(\S+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(part)
  if (set !== null) {
    const [, key = '', operator, list = ''] = set
    const values = list.split(',').map((value) => value.trim())
    if (!name.test(key)) return undefined
    return operator === 'in'
      ? ({ [key]: value }) => value !== undefined && values.includes(value)
      : ({ [key]: value }) => value === undefined || !values.includes(value)
  }
  const [, key = '', operator = '', value = ''] =
    /^([^=!\s]+)\s*(?:(==|=|!=)\s*(\S.*)?)?$/.exec(part.replace(/^!\s*/, '')) ?? []
  if (!name.test(key) || (value !== '' && !name.test(value))) return undefined
  if (part.startsWith('!')) return operator === '' ? (labels) => !Object.hasOwn(labels, key) : undefined
  if (operator === '') return (labels) => Object.hasOwn(labels, key)
  return operator === '!=' ? (labels) => labels[key] !== value : (labels) => labels[key] === value
}
