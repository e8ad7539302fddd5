/**
 * Every configuration key, in one table: Kiali's names with Kiali's meaning, and a few of our own. `docs/configuration.md`
 * is written from it, the loader reads by it, and what it does not name is reported as unknown.
 */

/** `tree`: any YAML, parsed where it is used. `texts`: a list. `map`: label to value. `duration`: `30s`, `5m`, `1h30m`. */
export type KeyType = 'boolean' | 'duration' | 'integer' | 'map' | 'text' | 'texts' | 'tree'

export interface Key {
  /** Dots separate levels. */
  readonly path: string
  readonly type: KeyType
  /** As it would be written; '' when there is none. */
  readonly default: string
  readonly meaning: string
  /** `no`: Kiali knows it and we do not act on it yet; `ours`: Kiali does not know it. */
  readonly honoured: 'no' | 'ours' | 'yes'
  /** The only values that are accepted. */
  readonly oneOf?: readonly string[]
}

const honoured = (path: string, type: KeyType, byDefault: string, meaning: string, oneOf?: readonly string[]): Key => ({
  path,
  type,
  default: byDefault,
  meaning,
  honoured: 'yes',
  ...(oneOf ? { oneOf } : {}),
})

const ours = (path: string, type: KeyType, byDefault: string, meaning: string, oneOf?: readonly string[]): Key => ({
  ...honoured(path, type, byDefault, meaning, oneOf),
  honoured: 'ours',
})

const ignored = (path: string, meaning: string): Key => ({ path, type: 'tree', default: '', meaning, honoured: 'no' })

export const keys: readonly Key[] = [
  honoured('server.address', 'text', '127.0.0.1', 'Address to listen on; `0.0.0.0` for all'),
  honoured('server.port', 'integer', '20001', 'Port to listen on; 0 takes a free one'),
  honoured('server.web_root', 'text', '/', 'Path under which everything is served'),
  honoured('server.web_history_mode', 'text', 'browser', 'How pages stand in the URL', ['browser', 'hash']),
  honoured('server.gzip_enabled', 'boolean', 'true', 'Compress answers'),
  honoured('server.write_timeout', 'duration', '30s', 'Time for one answer; a bare number is seconds'),
  honoured('server.observability.metrics.enabled', 'boolean', 'true', 'Metrics of the console itself'),
  honoured('server.observability.metrics.port', 'integer', '0', 'Their own port; 0 = `/metrics` on the main port'),
  honoured(
    'auth.strategy',
    'text',
    'anonymous',
    'How people log in; anything but `anonymous` stops the start for now',
    ['anonymous', 'header', 'openid', 'openshift', 'token'],
  ),
  honoured('installation_tag', 'text', '', 'Text for the browser tab'),
  honoured('deployment.cluster_wide_access', 'boolean', 'true', 'The console may list all namespaces'),
  honoured('deployment.view_only_mode', 'boolean', 'false', 'Refuse all writes'),
  honoured('deployment.namespace', 'text', 'istio-system', 'Where the console runs'),
  honoured('deployment.instance_name', 'text', 'kiali', 'Name of this installation'),
  honoured('kubernetes_config.cluster_name', 'text', '', 'Name of the home cluster; empty = the first one'),
  honoured(
    'kubernetes_config.excluded_workloads',
    'texts',
    '[CronJob, DeploymentConfig, Job, ReplicationController]',
    'Kinds of controllers that are not shown',
  ),
  ours(
    'clustering.kubeconfigs',
    'tree',
    '[]',
    'List of `{file, contexts, names}`; no context = the current one, `*` = all; `names` maps contexts to cluster names',
  ),
  ours(
    'clustering.in_cluster',
    'text',
    'auto',
    'Whether the cluster we run in is home; `auto` = where no kubeconfig is named',
    ['auto', 'true', 'false'],
  ),
  ours(
    'clustering.secrets_directory',
    'text',
    '/kiali-remote-cluster-secrets',
    'Where remote-cluster secrets are mounted: `<secret>/<cluster>`, each a kubeconfig',
  ),
  honoured(
    'clustering.autodetect_secrets.enabled',
    'boolean',
    'true',
    "Read remote-cluster Secrets over the home cluster's API, where we run in it or a namespace is named",
  ),
  honoured('clustering.autodetect_secrets.label', 'text', 'kiali.io/multiCluster=true', 'Label of such Secrets'),
  ours('clustering.autodetect_secrets.namespace', 'text', '', 'Their namespace; empty = `deployment.namespace`'),
  honoured('clustering.clusters', 'tree', '[]', 'Clusters without access: `{name, secret_name}`'),
  honoured(
    'clustering.kiali_urls',
    'tree',
    '[]',
    'Consoles of clusters: `{cluster_name, instance_name, namespace, url}`',
  ),
  honoured(
    'deployment.discovery_selectors',
    'tree',
    '{}',
    'Which namespaces are shown: `{default, overrides}`, lists of label selectors; where we may not read a whole cluster, by name also which are read',
  ),
  honoured('deployment.cluster_name_overrides', 'map', '{}', "Names in the mesh for a kubeconfig's clusters"),
  honoured('clustering.enable_exec_provider', 'boolean', 'false', 'Run the exec plugins that kubeconfigs name'),
  ours('clustering.exec_provider_allow', 'texts', '[]', 'Commands that exec plugins may run, as kubeconfigs name them'),
  honoured('clustering.ignore_home_cluster', 'boolean', 'false', 'The home cluster is not part of a mesh'),
  honoured('external_services.prometheus.enabled', 'boolean', 'true', 'Use Prometheus'),
  honoured(
    'external_services.prometheus.url',
    'text',
    'http://prometheus.istio-system:9090',
    'One store for all clusters',
  ),
  honoured('external_services.prometheus.query_scope', 'map', '{}', 'Labels added to every selector of every query'),
  honoured('external_services.prometheus.auth.type', 'text', 'none', 'How we prove who we are', ['none', 'bearer']),
  honoured('external_services.prometheus.auth.token', 'text', '', 'Path of a file with the bearer token'),
  honoured('external_services.prometheus.auth.insecure_skip_verify', 'boolean', 'false', 'Trust any certificate'),
  ours('external_services.prometheus.ca_file', 'text', '', 'Certificates to trust, PEM'),
  ours('external_services.prometheus.timeout', 'duration', '30s', 'Time for one query'),
  honoured('external_services.istio.istio_identity_domain', 'text', '', 'Empty = `svc.` and the trust domain'),
  honoured('external_services.istio.root_namespace', 'text', 'istio-system', 'Namespace of mesh-wide configuration'),
  honoured('external_services.istio.gateway_api_classes', 'tree', '[]', 'Gateway classes: `{name, class_name}`'),
  honoured(
    'external_services.istio.istio_api_enabled',
    'boolean',
    'true',
    'Ask istiods how they are and how far their proxies are; needs port-forward',
  ),
  honoured(
    'external_services.istio.istiod_polling_interval_seconds',
    'integer',
    '20',
    'Seconds between two polls of an istiod',
  ),
  honoured('external_services.istio.component_status.enabled', 'boolean', 'true', 'Show the state of Istio itself'),
  honoured(
    'external_services.istio.component_status.components',
    'tree',
    '[]',
    'Show these instead of what is found: `{app_label, is_core, namespace}`',
  ),
  honoured('istio_labels.app_label_name', 'text', '', 'Label that names the app; empty = detect'),
  honoured('istio_labels.version_label_name', 'text', '', 'Label that names the version; empty = detect'),
  honoured('health_config.compute.duration', 'duration', '5m', 'Window of health; at least a minute'),
  honoured('health_config.compute.refresh_interval', 'duration', '30s', 'How often health is taken anew'),
  honoured('health_config.compute.timeout', 'duration', '10m', 'Time for taking it'),
  honoured('health_config.rate', 'tree', '[]', 'Tolerances by namespace, kind and name'),
  honoured('kiali_feature_flags', 'tree', '{}', "Passed on to Kiali's clients with Kiali's defaults"),

  ignored('additional_display_details', 'Annotations to show on detail pages'),
  ignored('auth.openid', 'Login by OpenID Connect'),
  ignored('auth.openshift', 'Login by OpenShift'),
  ignored('chat_ai', 'Assistants'),
  ignored('custom_dashboards', 'Dashboards'),
  ignored('deployment.tls_config', 'TLS versions and ciphers'),
  ignored('extensions', 'Graph extensions'),
  ignored('external_services.custom_dashboards', 'Dashboards'),
  ignored('external_services.grafana', 'Links to Grafana'),
  ignored('external_services.istio.gateway_api_classes_label_selector', 'Which GatewayClasses count'),
  ignored('external_services.istio.validation_change_detection_enabled', 'Validation follows changes always'),
  ignored('external_services.istio.validation_reconcile_interval', 'Validation follows changes always'),
  ignored('external_services.perses', 'Links to Perses'),
  ignored('external_services.prometheus.auth', 'Basic, OAuth2 and client certificates'),
  ignored('external_services.prometheus.cache_duration', 'Answers are shared by window instead'),
  ignored('external_services.prometheus.cache_enabled', 'Answers are shared by window instead'),
  ignored('external_services.prometheus.cache_expiration', 'Answers are shared by window instead'),
  ignored('external_services.prometheus.custom_headers', 'Headers of every query'),
  ignored('external_services.prometheus.health_check_url', 'Where to ask for its state'),
  ignored('external_services.prometheus.is_core', 'Severity of its absence'),
  ignored('external_services.prometheus.thanos_proxy', 'Retention and scrape interval of Thanos'),
  ignored('external_services.tracing', 'Traces'),
  ignored('identity', 'Certificate to serve with'),
  ignored('kiali_internal', "Kiali's own caches"),
  ignored('kubernetes_config.burst', 'Requests in a burst'),
  ignored('kubernetes_config.cache_duration', 'Unused by Kiali too'),
  ignored('kubernetes_config.cache_token_namespace_duration', 'Cache of namespaces by token'),
  ignored('kubernetes_config.qps', 'Requests a second'),
  ignored('login_token', 'Sessions'),
  ignored('runConfig', 'Offline mode'),
  ignored('runMode', 'Offline mode'),
  ignored('server.audit_log', 'Log of writes'),
  ignored('server.cors_allow_all', 'Other origins'),
  ignored('server.observability.metrics.health_status', 'Health as a metric'),
  ignored('server.observability.tracing', 'Own traces'),
  ignored('server.profiler', 'Profiles'),
  ignored('server.require_auth', 'Protect `/api` too'),
  ignored('server.web_fqdn', 'External name'),
  ignored('server.web_port', 'External port'),
  ignored('server.web_schema', 'External scheme'),
]
