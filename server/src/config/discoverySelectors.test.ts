import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { discoverySelectorsOf, namedNamespaces, selectsNamespace } from './discoverySelectors.ts'

const selects = (yaml: string, name: string, labels = {}, cluster = 'east'): boolean =>
  selectsNamespace(discoverySelectorsOf(parse(yaml)), cluster, { name, labels })

const byTeam = 'default: [{matchLabels: {team: a}}, {matchExpressions: [{key: mesh, operator: Exists}]}]'
const named = '{default: [{matchLabels: {kubernetes.io/metadata.name: shop}}]}'

describe('discovery selectors', () => {
  it.each<[string, string, string, object, boolean]>([
    ['take every namespace without any', '', 'shop', {}, true],
    ['leave system namespaces out without any', '', 'kube-system', {}, false],
    ['match by label', byTeam, 'shop', { team: 'a' }, true],
    ['are alternatives', byTeam, 'shop', { mesh: '' }, true],
    ['leave out what none matches', byTeam, 'shop', { team: 'b' }, false],
    ['match by name', named, 'shop', {}, true],
    ['demand all within one', 'default: [{matchLabels: {a: "1", b: "2"}}]', 'shop', { a: '1' }, false],
    [
      'know NotIn',
      'default: [{matchExpressions: [{key: a, operator: NotIn, values: [x]}]}]',
      'shop',
      { a: 'x' },
      false,
    ],
    [
      'take NotIn for true without the label',
      'default: [{matchExpressions: [{key: a, operator: NotIn, values: [x]}]}]',
      'shop',
      {},
      true,
    ],
    [
      'leave out what cannot be read',
      'default: [{matchExpressions: [{key: a, operator: Like}]}, {matchLabels: {a: "1"}}]',
      'shop',
      { a: '1' },
      true,
    ],
    [
      'of a cluster replace the default',
      `{default: [{matchLabels: {a: "1"}}], overrides: {east: [{matchLabels: {b: "2"}}]}}`,
      'shop',
      { a: '1' },
      false,
    ],
  ])('%s', (_what, yaml, name, labels, expected) => {
    expect(selects(yaml, name, labels)).toBe(expected)
  })

  it('that only name namespaces are a list of names', () => {
    const yaml = `default:
- matchLabels: {kubernetes.io/metadata.name: shop}
- matchExpressions: [{key: kubernetes.io/metadata.name, operator: In, values: [bank, shop]}]`
    expect(namedNamespaces(discoverySelectorsOf(parse(yaml)), 'east')).toEqual(['shop', 'bank'])
    expect(namedNamespaces(discoverySelectorsOf(parse(byTeam)), 'east')).toBe(undefined)
  })
})
