/** JSON patch (RFC 6902): all six operations, on a copy. */
import { isDeepStrictEqual } from 'node:util'
import { isFields, textAt } from './json.ts'
import { badRequest, unprocessable } from './status.ts'

/** `target` after the operations. Throws a 400 for what is no patch, a 422 for what does not fit the target. */
export function jsonPatch(target: unknown, operations: unknown): unknown {
  if (!Array.isArray(operations)) throw badRequest('error decoding patch: a JSON patch is a list of operations')
  return operations.reduce<unknown>(applied, target)
}

function applied(target: unknown, operation: unknown): unknown {
  const path = pointer(textAt(operation, 'path'))
  const value = isFields(operation) ? operation.value : undefined
  switch (textAt(operation, 'op')) {
    case 'add':
      return put(target, path, value, 'add')
    case 'replace':
      read(target, path)
      return put(target, path, value, 'replace')
    case 'remove':
      return remove(target, path)
    case 'move': {
      const from = pointer(textAt(operation, 'from'))
      return put(remove(target, from), path, read(target, from), 'add')
    }
    case 'copy':
      return put(target, path, read(target, pointer(textAt(operation, 'from'))), 'add')
    case 'test':
      if (!isDeepStrictEqual(read(target, path), value)) throw unprocessable()
      return target
    default:
      throw badRequest(`error decoding patch: unknown operation ${JSON.stringify(textAt(operation, 'op'))}`)
  }
}

function pointer(text: string): string[] {
  if (text === '') return []
  if (!text.startsWith('/')) throw badRequest(`error decoding patch: ${JSON.stringify(text)} is no JSON pointer`)
  return text
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function read(target: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => {
    const next = Array.isArray(inner)
      ? inner[Number(key)]
      : isFields(inner) && Object.hasOwn(inner, key)
        ? inner[key]
        : undefined
    if (next === undefined) throw unprocessable()
    return next
  }, target)
}

function put(target: unknown, [key, ...rest]: readonly string[], value: unknown, how: 'add' | 'replace'): unknown {
  if (key === undefined) return value
  if (Array.isArray(target)) {
    const index = key === '-' ? target.length : Number(key)
    if (!Number.isInteger(index) || index < 0 || index > target.length) throw unprocessable()
    if (rest.length > 0) return target.with(index, put(target[index], rest, value, how))
    return how === 'add' ? target.toSpliced(index, 0, value) : target.with(index, value)
  }
  if (!isFields(target) || (rest.length > 0 && !Object.hasOwn(target, key))) throw unprocessable()
  return { ...target, [key]: put(target[key], rest, value, how) }
}

function remove(target: unknown, path: readonly string[]): unknown {
  const [key, ...rest] = path
  if (key === undefined) throw unprocessable()
  if (Array.isArray(target)) {
    const index = Number(key)
    if (!(index in target)) throw unprocessable()
    return rest.length === 0 ? target.toSpliced(index, 1) : target.with(index, remove(target[index], rest))
  }
  if (!isFields(target) || !Object.hasOwn(target, key)) throw unprocessable()
  const { [key]: inner, ...others } = target
  return rest.length === 0 ? others : { ...target, [key]: remove(inner, rest) }
}
