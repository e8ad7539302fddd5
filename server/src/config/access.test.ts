import { describe, expect, it } from 'vitest'
import { loadConfig } from './load.ts'

const load = (text: string) => loadConfig({ file: { name: 'config', text } }).config
const nameLabel = 'kubernetes.io/metadata.name'
const limited = (selectors: string): string =>
  `deployment: {cluster_wide_access: false, discovery_selectors: {default: [${selectors}]}}`

describe('without cluster-wide access', () => {
  it.each([
    ['a name as label', `{matchLabels: {${nameLabel}: shop}}`],
    ['names as expression', `{matchExpressions: [{key: ${nameLabel}, operator: In, values: [shop, bank]}]}`],
    ['several of them', `{matchLabels: {${nameLabel}: shop}}, {matchLabels: {${nameLabel}: bank}}`],
  ])('AUTH-141: namespaces may be named by %s', (_what, selectors) => {
    expect(load(limited(selectors)).deployment.clusterWideAccess).toBe(false)
  })

  it.each([
    ['nothing', ''],
    ['another label', '{matchLabels: {team: shop}}'],
    ['a name and another label', `{matchLabels: {${nameLabel}: shop, team: shop}}`],
    [
      'a name and an expression',
      `{matchLabels: {${nameLabel}: shop}, matchExpressions: [{key: ${nameLabel}, operator: In, values: [shop]}]}`,
    ],
    ['names that are left out', `{matchExpressions: [{key: ${nameLabel}, operator: NotIn, values: [shop]}]}`],
    ['any name', `{matchExpressions: [{key: ${nameLabel}, operator: Exists}]}`],
    ['one that names and one that does not', `{matchLabels: {${nameLabel}: shop}}, {matchLabels: {team: shop}}`],
  ])('AUTH-141: the start is refused where selectors say %s', (_what, selectors) => {
    expect(() => load(limited(selectors))).toThrow('must name namespaces, and nothing else')
  })
})

describe('how long an answer about a person holds', () => {
  it.each([
    ['10 s unless told', '', 10_000],
    ['seconds as Kiali writes them', 'kubernetes_config: {cache_token_namespace_duration: 3}', 3_000],
    ['not at all', 'kubernetes_config: {cache_token_namespace_duration: 0}', 0],
    ['never longer than five minutes', 'kubernetes_config: {cache_token_namespace_duration: 9h}', 300_000],
  ])('is %s', (_what, text, expected) => {
    expect(load(text).access?.ttlMs).toBe(expected)
  })
})

describe('who may list namespaces and get none', () => {
  it.each([
    ['sees them, unless told', '', false],
    ['sees none where get is required', 'kiali_feature_flags: {authz: {require_namespace_get: true}}', true],
  ])('%s', (_what, text, expected) => {
    expect(load(text).access?.requireNamespaceGet).toBe(expected)
  })
})
