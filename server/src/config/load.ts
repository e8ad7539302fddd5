/** Makes the one frozen configuration from a Kiali-style YAML file, the environment and flags; the later wins. */
import { type Document, parseDocument } from 'yaml'
import { BinocleError } from '../errors.ts'
import { accessOf, checkNamedNamespaces } from './access.ts'
import { authOf } from './auth.ts'
import { clustersOf } from './clusters.ts'
import type { Config } from './config.ts'
import { discoverySelectorsOf } from './discoverySelectors.ts'
import { customHeadersOf, serviceAuthOf, urlOf } from './externalService.ts'
import { type Flags, settingsInFlags } from './flags.ts'
import { healthRates } from './healthRates.ts'
import { apiProxyOf, checkOpenId } from './openid.ts'
import { outboundOf } from './outbound.ts'
import { serverConfigOf } from './server.ts'
import { type Diagnostic, isTree, type Settings, settingsIn, settingsInEnvironment, settingsOf } from './settings.ts'

export interface Loaded {
  readonly config: Config
  /** What was written but is unknown or not acted upon: to be logged. */
  readonly diagnostics: readonly Diagnostic[]
}

/** `file`: a YAML text and its name for messages. Throws BIN-CONFIG-FILE or BIN-CONFIG-KEY. */
export function loadConfig(
  sources: {
    readonly file?: { readonly name: string; readonly text: string }
    readonly env?: Readonly<Record<string, string | undefined>>
    readonly flags?: Flags
  } = {},
): Loaded {
  const env = sources.env ?? {}
  const flags = sources.flags ?? {}
  const { settings: fromFile, diagnostics } = settingsIn(sources.file ? parseYaml(sources.file) : undefined)
  const settings = settingsOf([settingsInFlags(flags), settingsInEnvironment(env), fromFile])
  const config = frozen(configOf(settings, fromFile, env, flags))
  checkOpenId(config.auth, config.server)
  return { config, diagnostics }
}

function parseYaml(file: { readonly name: string; readonly text: string }): unknown {
  const refuse = (why: string, cause?: unknown) =>
    new BinocleError('BIN-CONFIG-FILE', `${file.name} is not a YAML map: ${why}`, {
      remedy: 'Correct the file; docs/configuration.md names its keys.',
      cause,
    })
  const document = parseDocument(file.text)
  const [problem] = document.errors
  if (problem) throw refuse(problem.message, problem)
  const value = expanded(document, refuse)
  if (value === null || value === undefined || isTree(value)) return value
  throw refuse(`it holds ${Array.isArray(value) ? 'a list' : 'only a text'}`)
}

/** Few aliases are allowed: each may multiply what the file holds. */
function expanded(document: Document.Parsed, refuse: (why: string, cause: unknown) => BinocleError): unknown {
  try {
    return document.toJS({ maxAliasCount: 50 })
  } catch (error) {
    throw refuse('its aliases multiply without bound', error)
  }
}

function configOf(
  settings: Settings,
  written: ReadonlyMap<string, unknown>,
  env: Readonly<Record<string, string | undefined>>,
  flags: Flags,
): Config {
  const auth = authOf(settings, settings.text('server.address'))
  const outbound = outboundOf(settings)
  const featureFlags = treeOf(written.get('kiali_feature_flags'))
  const clusterWideAccess = settings.boolean('deployment.cluster_wide_access')
  const discoverySelectors = discoverySelectorsOf(settings.tree('deployment.discovery_selectors'))
  checkNamedNamespaces(clusterWideAccess, discoverySelectors)
  const prometheus = 'external_services.prometheus'
  return {
    server: serverConfigOf(settings, auth.strategy),
    kubernetes: {
      homeCluster: settings.text('kubernetes_config.cluster_name'),
      ignoreHomeCluster: settings.boolean('clustering.ignore_home_cluster'),
      ...clustersOf(settings, env, flags),
      execProvider: {
        enabled: settings.boolean('clustering.enable_exec_provider'),
        allow: settings.texts('clustering.exec_provider_allow'),
      },
      secretRights: {
        insecureTls: settings.texts('clustering.allow_insecure_tls'),
        proxy: settings.texts('clustering.allow_proxy'),
        loopback: triState(settings.text('clustering.allow_loopback')),
      },
      excludeWorkloads: settings.texts('kubernetes_config.excluded_workloads'),
      ...apiProxyOf(auth),
    },
    prometheus: {
      enabled: settings.boolean(`${prometheus}.enabled`),
      url: urlOf(settings, 'prometheus'),
      queryScope: settings.map(`${prometheus}.query_scope`),
      timeoutMs: settings.duration(`${prometheus}.timeout`) * 1000,
      auth: serviceAuthOf(settings, 'prometheus', outbound.overrideFolder),
      customHeaders: customHeadersOf(settings, `${prometheus}.custom_headers`),
      caFile: settings.text(`${prometheus}.ca_file`) || undefined,
      insecureSkipVerify: settings.boolean(`${prometheus}.auth.insecure_skip_verify`),
    },
    outbound,
    istio: {
      appLabel: settings.text('istio_labels.app_label_name'),
      versionLabel: settings.text('istio_labels.version_label_name'),
      rootNamespace: settings.text('external_services.istio.root_namespace'),
      identityDomain: settings.text('external_services.istio.istio_identity_domain'),
      apiEnabled: settings.boolean('external_services.istio.istio_api_enabled'),
      pollIntervalS: Math.max(1, settings.integer('external_services.istio.istiod_polling_interval_seconds')),
      componentStatusEnabled: settings.boolean('external_services.istio.component_status.enabled'),
      components: componentsOf(settings),
      gatewayApiClasses: classesOf(settings.tree('external_services.istio.gateway_api_classes')),
    },
    health: {
      durationS: Math.max(60, settings.duration('health_config.compute.duration')),
      refreshIntervalS: Math.max(1, settings.duration('health_config.compute.refresh_interval')),
      timeoutS: settings.duration('health_config.compute.timeout'),
      rates: healthRates(settings.tree('health_config.rate')),
    },
    graph: { inaccessible: settings.text('graph.inaccessible') === 'hide' ? 'hide' : 'opaque' },
    auth,
    access: accessOf(settings, featureFlags),
    deployment: {
      clusterWideAccess,
      viewOnlyMode: settings.boolean('deployment.view_only_mode'),
      namespace: settings.text('deployment.namespace'),
      instanceName: settings.text('deployment.instance_name'),
      discoverySelectors,
    },
    featureFlags,
    installationTag: settings.text('installation_tag'),
    logLevel: logLevelOf(flags.logLevel ?? env.LOG_LEVEL ?? 'info'),
  }
}

/** What Istio's components are, where they are named by hand; the namespace is Istio's unless stated. */
function componentsOf(settings: Settings): NonNullable<Config['istio']['components']> {
  const listed = settings.tree('external_services.istio.component_status.components')
  return (Array.isArray(listed) ? listed : []).filter(isTree).flatMap((component) => {
    const appLabel = String(component.app_label ?? '')
    const namespace = String(component.namespace ?? '') || settings.text('external_services.istio.root_namespace')
    return appLabel === '' ? [] : [{ appLabel, isCore: component.is_core === true, namespace }]
  })
}

function classesOf(tree: unknown): { name: string; className: string }[] {
  if (!Array.isArray(tree)) return []
  return tree
    .filter(isTree)
    .map((entry) => ({ name: String(entry.name ?? ''), className: String(entry.class_name ?? '') }))
}

const triState = (text: string): 'auto' | 'false' | 'true' => (text === 'true' || text === 'false' ? text : 'auto')

const treeOf = (value: unknown): Readonly<Record<string, unknown>> => (isTree(value) ? value : {})

/** Kiali knows more levels; the nearest of ours. */
function logLevelOf(text: string): Config['logLevel'] {
  if (text === 'trace' || text === 'debug') return 'debug'
  if (text === 'warn' || text === 'error') return text
  return text === 'fatal' || text === 'panic' ? 'error' : 'info'
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const below of Object.values(value)) frozen(below)
  }
  return value
}
