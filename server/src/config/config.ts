/**
 * The one typed, frozen configuration. Made by `load.ts` from a Kiali-style YAML file, the environment and flags, in
 * that order of growing precedence. Keys keep Kiali's meaning; what is not honoured is reported, not fatal.
 */
import type { ClusterName } from '@binocle/api/identity'
import type { AccessConfig } from './access.ts'
import type { AuthConfig } from './auth.ts'
import type { DiscoverySelectors } from './discoverySelectors.ts'
import type { ServiceConfig } from './externalService.ts'
import type { OutboundConfig } from './outbound.ts'
import type { ServerConfig } from './server.ts'

export interface Config {
  readonly server: ServerConfig
  readonly kubernetes: {
    /** The name under which Kiali's clients know the home cluster; '' = the first cluster. */
    readonly homeCluster: ClusterName
    /** The home cluster is not part of the mesh. */
    readonly ignoreHomeCluster?: boolean
    /** kubeconfig files with the contexts taken from them; no context = the current one; '*' = all. */
    readonly kubeconfigs: readonly {
      readonly file: string
      readonly contexts: readonly string[]
      /** Context -> name of the cluster; absent = the name in the kubeconfig. */
      readonly names?: Readonly<Record<string, ClusterName>>
    }[]
    /** Name in a kubeconfig -> name in the mesh. */
    readonly nameOverrides?: Readonly<Record<string, ClusterName>>
    /** The cluster we run in; undefined = we do not, or shall not use it. */
    readonly inCluster?: {
      readonly host: string
      readonly port: string
      /** Of the mounted service account. */
      readonly folder: string
      readonly istioNamespace: string
    }
    /** Where remote-cluster secrets are mounted; absent or '' = nowhere. */
    readonly secretsFolder?: string
    /** Remote-cluster Secrets that are read over the home cluster's API. `label` is `name=value`. */
    readonly watchedSecrets?: { readonly namespace: string; readonly label: string }
    /** `clustering.clusters`; `secretName` is '' where no access is meant. */
    readonly declared?: readonly { readonly name: ClusterName; readonly secretName: string }[]
    /** `clustering.kiali_urls` */
    readonly kialiUrls?: readonly KialiUrl[]
    /** Asked with people's own tokens instead of home's API server; absent = itself. `ca`: PEM, trusted alone. */
    readonly usersServer?: { readonly server: string; readonly ca: string }
    readonly execProvider: { readonly enabled: boolean; readonly allow: readonly string[] }
    /** What a cluster's Secret may ask for beyond the usual; absent = nothing. `*` = every cluster. */
    readonly secretRights?: {
      readonly insecureTls: readonly ClusterName[]
      readonly proxy: readonly ClusterName[]
      readonly loopback: 'auto' | 'false' | 'true'
    }
    readonly excludeWorkloads: readonly string[]
  }
  readonly prometheus: ServiceConfig & {
    readonly enabled: boolean
    /** Added to every selector of every query. */
    readonly queryScope: Readonly<Record<string, string>>
  }
  /** Absent = nothing is mounted, and TLS is Node's. */
  readonly outbound?: OutboundConfig
  readonly istio: {
    /** '' = detect: canonical name, app.kubernetes.io/name, app. */
    readonly appLabel: string
    readonly versionLabel: string
    readonly rootNamespace: string
    /** `external_services.istio.istio_identity_domain`; '' = from the trust domain of the home control plane. */
    readonly identityDomain: string
    /** Absent = true. */
    readonly componentStatusEnabled?: boolean
    /** Ask istiods; absent = true. */
    readonly apiEnabled?: boolean
    /** Between two polls of an istiod; absent = 20. */
    readonly pollIntervalS?: number
    /** `external_services.istio.component_status.components`: only these are shown; absent or empty = what is found. */
    readonly components?: readonly {
      /** The app label of its workloads. */
      readonly appLabel: string
      readonly isCore: boolean
      readonly namespace: string
    }[]
    /** `external_services.istio.gateway_api_classes`; empty = found in the clusters. */
    readonly gatewayApiClasses?: readonly { readonly name: string; readonly className: string }[]
  }
  readonly health: {
    readonly durationS: number
    readonly refreshIntervalS: number
    readonly timeoutS: number
    readonly rates: readonly HealthRate[]
  }
  /** What stands in a graph for what the viewer may not see; absent = `opaque`. */
  readonly graph?: { readonly inaccessible: 'hide' | 'opaque' }
  readonly auth: AuthConfig
  /** Absent = Kiali's defaults. */
  readonly access?: AccessConfig
  readonly deployment: {
    readonly clusterWideAccess: boolean
    readonly viewOnlyMode: boolean
    /** Where the console runs; absent = `istio-system`. */
    readonly namespace?: string
    /** Absent = `kiali`. */
    readonly instanceName?: string
    /** Absent = every namespace but those of the system. */
    readonly discoverySelectors?: DiscoverySelectors
  }
  /** As Kiali's `kiali_feature_flags`; parsed where it is served. */
  readonly featureFlags: Readonly<Record<string, unknown>>
  readonly installationTag: string
  readonly logLevel: 'debug' | 'error' | 'info' | 'warn'
}

export interface KialiUrl {
  readonly cluster: ClusterName
  readonly instanceName: string
  readonly namespace: string
  readonly url: string
}

/** `health_config.rate[]`; absent patterns match everything. */
export interface HealthRate {
  readonly namespace: string
  readonly kind: string
  readonly name: string
  readonly tolerance: readonly Tolerance[]
}

export interface Tolerance {
  readonly code: string
  readonly degraded: number
  readonly failure: number
  readonly protocol: string
  readonly direction: string
}
