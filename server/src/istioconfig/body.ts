/** Bodies of changes: read once, and refused where no API server would know what to do with them. */
import { BinocleError } from '../errors.ts'
import { type Fields, fieldsOf } from './read.ts'

/** Throws BIN-CHANGE-BODY. */
export function objectIn(text: string): Fields {
  const value = jsonIn(text)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return fieldsOf(value)
  throw new BinocleError('BIN-CHANGE-BODY', 'error decoding patch: the body is no JSON object', {
    remedy: 'Send an object; a list of operations needs `patchType=json`.',
  })
}

/** The operations of a JSON patch. Throws BIN-CHANGE-BODY. */
export function listIn(text: string): readonly unknown[] {
  const value = jsonIn(text)
  if (Array.isArray(value)) return value
  throw new BinocleError('BIN-CHANGE-BODY', 'error decoding patch: the body is no list of operations', {
    remedy: 'With `patchType=json` send a list as of RFC 6902.',
  })
}

function jsonIn(text: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new BinocleError('BIN-CHANGE-BODY', 'error decoding patch: the body is no JSON', { remedy: 'Send JSON.' })
  }
  checkShape(value)
  return value
}

/** Far more than any definition has. What is deeper ends the stack of whoever writes it out again. */
const maxDepth = 200

/** Level by level: the depth is the sender's choice. */
function checkShape(value: unknown): void {
  let level: readonly unknown[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxDepth) throw strange(`the body is nested deeper than ${maxDepth} levels`)
    const next: unknown[] = []
    for (const each of level) {
      if (typeof each !== 'object' || each === null) continue
      // No field and no label of Kubernetes can have this name; what reads it carelessly changes more than the object.
      if (Object.hasOwn(each, '__proto__')) throw strange('the body has a field `__proto__`')
      for (const inner of Object.values(each)) next.push(inner)
    }
    level = next
  }
}

const strange = (what: string): BinocleError =>
  new BinocleError('BIN-CHANGE-BODY', `error decoding patch: ${what}`, {
    remedy: 'Send the object as Kubernetes has it.',
  })
