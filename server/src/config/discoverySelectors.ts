/**
 * Which namespaces the console looks at: `deployment.discovery_selectors`, lists of Kubernetes label selectors of which
 * one must match; those of a cluster replace the default (reference: multicluster.md 7.2).
 */
import type { ClusterName } from '@binocle/api/identity'
import { isTree } from './settings.ts'

export interface DiscoverySelectors {
  /** Empty: all but system namespaces. */
  readonly default: readonly LabelSelector[]
  readonly overrides: Readonly<Record<ClusterName, readonly LabelSelector[]>>
}

export interface LabelSelector {
  readonly matchLabels: Readonly<Record<string, string>>
  readonly matchExpressions: readonly Expression[]
}

interface Expression {
  readonly key: string
  readonly operator: 'DoesNotExist' | 'Exists' | 'In' | 'NotIn'
  readonly values: readonly string[]
}

/** Namespaces that Kiali leaves out when no discovery selector is configured. */
const systemNamespaces = /^(kube-.*|openshift.*|ibm.*|kiali-operator|istio-operator)/

export const isSystemNamespace = (name: string): boolean => systemNamespaces.test(name)

const nameLabel = 'kubernetes.io/metadata.name'

/** Control-plane namespaces always count; whoever knows them adds them. */
export function selectsNamespace(
  { default: byDefault, overrides }: DiscoverySelectors,
  cluster: ClusterName,
  { name, labels }: { readonly name: string; readonly labels: Readonly<Record<string, string>> },
): boolean {
  const selectors = overrides[cluster] ?? byDefault
  if (selectors.length === 0) return !isSystemNamespace(name)
  // API servers since 1.21 set it themselves.
  const all = { [nameLabel]: name, ...labels }
  return selectors.some((selector) => matches(selector, all))
}

/** The namespaces that selectors name one by one; undefined when they select by other labels. */
export function namedNamespaces(
  { default: byDefault, overrides }: DiscoverySelectors,
  cluster: ClusterName,
): readonly string[] | undefined {
  const selectors = overrides[cluster] ?? byDefault
  const names: string[] = []
  for (const { matchLabels, matchExpressions } of selectors) {
    const [expression, ...more] = matchExpressions
    const name = matchLabels[nameLabel]
    if (name !== undefined && matchExpressions.length === 0) names.push(name)
    else if (expression?.operator === 'In' && expression.key === nameLabel && more.length === 0) {
      names.push(...expression.values)
    } else return undefined
  }
  return names.length === 0 ? undefined : [...new Set(names)]
}

function matches({ matchLabels, matchExpressions }: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values }) => {
      const value = labels[key]
      if (operator === 'Exists') return value !== undefined
      if (operator === 'DoesNotExist') return value === undefined
      const isIn = value !== undefined && values.includes(value)
      return operator === 'In' ? isIn : !isIn
    })
  )
}

/** Selectors that cannot be read are left out, as in Kiali. */
export function discoverySelectorsOf(tree: unknown): DiscoverySelectors {
  const at = isTree(tree) ? tree : {}
  const overrides = isTree(at.overrides) ? at.overrides : {}
  return {
    default: selectorsOf(at.default),
    overrides: Object.fromEntries(Object.entries(overrides).map(([cluster, list]) => [cluster, selectorsOf(list)])),
  }
}

const selectorsOf = (list: unknown): readonly LabelSelector[] =>
  Array.isArray(list) ? list.map(selectorOf).filter((selector) => selector !== undefined) : []

function selectorOf(entry: unknown): LabelSelector | undefined {
  if (!isTree(entry)) return undefined
  const labels = isTree(entry.matchLabels) ? entry.matchLabels : {}
  const expressions = Array.isArray(entry.matchExpressions) ? entry.matchExpressions.map(expressionOf) : []
  const readable = expressions.filter((expression) => expression !== undefined)
  if (readable.length < expressions.length) return undefined
  if (Object.keys(labels).length === 0 && readable.length === 0) return undefined
  return {
    matchLabels: Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, String(value)])),
    matchExpressions: readable,
  }
}

function expressionOf(entry: unknown): Expression | undefined {
  if (!isTree(entry) || typeof entry.key !== 'string') return undefined
  const operator = (['DoesNotExist', 'Exists', 'In', 'NotIn'] as const).find((known) => known === entry.operator)
  const values = Array.isArray(entry.values) ? entry.values.map(String) : []
  return operator === undefined ? undefined : { key: entry.key, operator, values }
}
