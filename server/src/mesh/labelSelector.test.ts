import { describe, expect, it } from 'vitest'
import { matchesSelector } from './labelSelector.ts'

const expression = (operator: string, ...values: string[]) => ({ matchExpressions: [{ key: 'env', operator, values }] })

describe('a label selector', () => {
  it.each<[string, unknown, Record<string, string>, boolean]>([
    ['that is absent matches everything', undefined, {}, true],
    ['that is empty matches everything', {}, { env: 'prod' }, true],
    ['wants every pair', { matchLabels: { env: 'prod', team: 'a' } }, { env: 'prod' }, false],
    ['takes more labels than it names', { matchLabels: { env: 'prod' } }, { env: 'prod', team: 'a' }, true],
    ['In: one of them', expression('In', 'prod', 'test'), { env: 'test' }, true],
    ['In: not without the label', expression('In', 'prod'), {}, false],
    ['NotIn: also without the label', expression('NotIn', 'prod'), {}, true],
    ['NotIn: none of them', expression('NotIn', 'prod'), { env: 'prod' }, false],
    ['Exists', expression('Exists'), { env: '' }, true],
    ['DoesNotExist', expression('DoesNotExist'), { env: '' }, false],
    ['of an unknown operator matches nothing', expression('Near'), { env: '' }, false],
    ['wants both of its parts', { matchLabels: { a: '1' }, ...expression('Exists') }, { a: '1' }, false],
  ])('%s', (_what, selector, labels, expected) => {
    expect(matchesSelector(selector, labels)).toBe(expected)
  })
})
