/** `kiali_feature_flags` with Kiali's defaults, in the form Kiali's clients read. */
import type { Aggregation, FeatureFlags, FindOption } from '@binocle/api/config'

type Tree = Readonly<Record<string, unknown>>

export function featureFlags(written: Tree, execProvider: boolean): FeatureFlags {
  const ui = below(written, 'ui_defaults')
  const graph = below(ui, 'graph')
  const traffic = below(graph, 'traffic')
  const list = below(ui, 'list')
  const validations = below(written, 'validations')
  const language = below(ui, 'i18n')
  const types = listOf(written.custom_workload_types).map((type) => ({
    group: text(type.group),
    version: text(type.version),
    kind: text(type.kind),
  }))
  return {
    authz: flag(below(written, 'authz').require_namespace_get, false) ? { requireNamespaceGet: true } : {},
    clustering: { enable_exec_provider: execProvider },
    ...(types.length > 0 ? { customWorkloadTypes: types } : {}),
    ...filled('disabledFeatures', texts(written.disabled_features, [])),
    istioAnnotationAction: flag(written.istio_annotation_action, true),
    istioInjectionAction: flag(written.istio_injection_action, true),
    istioUpgradeAction: flag(written.istio_upgrade_action, false),
    uiDefaults: {
      graph: {
        ...filled('findOptions', options(graph.find_options, findInGraph)),
        ...filled('hideOptions', options(graph.hide_options, hideInGraph)),
        settings: { animation: text(below(graph, 'settings').animation, 'point') },
        traffic: {
          ambient: text(traffic.ambient, 'total'),
          grpc: text(traffic.grpc, 'requests'),
          http: text(traffic.http, 'requests'),
          tcp: text(traffic.tcp, 'sent'),
        },
      },
      i18n: { language: text(language.language, 'en'), showSelector: flag(language.show_selector, false) },
      list: {
        includeHealth: flag(list.include_health, true),
        includeIstioResources: flag(list.include_istio_resources, true),
        includeValidations: flag(list.include_validations, true),
        showIncludeToggles: flag(list.show_include_toggles, false),
      },
      mesh: {
        ...filled('findOptions', options(below(ui, 'mesh').find_options, findInMesh)),
        ...filled('hideOptions', options(below(ui, 'mesh').hide_options, hideInMesh)),
      },
      metricsPerRefresh: text(ui.metrics_per_refresh, '1m'),
      metricsInbound: aggregations(below(ui, 'metrics_inbound')),
      metricsOutbound: aggregations(below(ui, 'metrics_outbound')),
      ...filled('namespaces', texts(ui.namespaces, [])),
      refreshInterval: text(ui.refresh_interval, '1m'),
      tracing: { limit: number(below(ui, 'tracing').limit, 100) },
    },
    validations: {
      ...filled('ignore', texts(validations.ignore, ['KIA1301'])),
      SkipWildcardGatewayHosts: flag(validations.skip_wildcard_gateway_hosts, false),
    },
  }
}

const findInGraph: readonly FindOption[] = [
  { description: 'Find: slow edges (> 1s)', expression: 'rt > 1000' },
  { description: 'Find: unhealthy nodes', expression: '! healthy' },
  { description: 'Find: unknown nodes', expression: 'name = unknown' },
  { description: 'Find: nodes with the 2 top rankings', expression: 'rank <= 2' },
]
const hideInGraph: readonly FindOption[] = [
  { description: 'Hide: healthy nodes', expression: 'healthy' },
  { description: 'Hide: unknown nodes', expression: 'name = unknown' },
  { description: 'Hide: nodes ranked lower than the 2 top rankings', expression: 'rank > 2' },
]
const findInMesh: readonly FindOption[] = [{ description: 'Find: unhealthy nodes', expression: '! healthy' }]
const hideInMesh: readonly FindOption[] = [{ description: 'Hide: healthy nodes', expression: 'healthy' }]

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value)

const below = (tree: Tree, key: string): Tree => {
  const value = tree[key]
  return isTree(value) ? value : {}
}

const listOf = (value: unknown): Tree[] => (Array.isArray(value) ? value.filter(isTree) : [])

const text = (value: unknown, byDefault = ''): string =>
  value === undefined || value === null ? byDefault : String(value)

const flag = (value: unknown, byDefault: boolean): boolean => (typeof value === 'boolean' ? value : byDefault)

const number = (value: unknown, byDefault: number): number => (typeof value === 'number' ? value : byDefault)

const texts = (value: unknown, byDefault: readonly string[]): string[] =>
  Array.isArray(value) ? value.map((entry) => String(entry)) : [...byDefault]

/** An empty list is left out, as Go leaves it out. */
const filled = <K extends string, T>(key: K, list: T[]): { [name in K]?: T[] } | Record<string, never> =>
  list.length > 0 ? keyed(key, list) : {}

function keyed<K extends string, T>(key: K, list: T[]): { [name in K]?: T[] } {
  const made: { [name in K]?: T[] } = {}
  made[key] = list
  return made
}

function options(value: unknown, byDefault: readonly FindOption[]): FindOption[] {
  if (!Array.isArray(value)) return [...byDefault]
  return listOf(value).map((option) => ({
    ...(option.auto_select === true ? { autoSelect: true } : {}),
    ...(option.description === undefined ? {} : { description: text(option.description) }),
    ...(option.expression === undefined ? {} : { expression: text(option.expression) }),
  }))
}

function aggregations(tree: Tree): { aggregations?: Aggregation[] } {
  const list = listOf(tree.aggregations).map((entry) => ({
    ...(entry.display_name === undefined ? {} : { displayName: text(entry.display_name) }),
    ...(entry.label === undefined ? {} : { label: text(entry.label) }),
    ...(entry.single_selection === true ? { singleSelection: true as const } : {}),
  }))
  return list.length > 0 ? { aggregations: list } : {}
}
