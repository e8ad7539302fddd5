/** What the configuration says about validations (`kiali_feature_flags.validations`, gateway classes). */
import type { Config } from '../config/config.ts'
import { fieldsOf, flagOf, textsOf } from '../istioconfig/read.ts'

export interface ValidationSettings {
  /** Codes that are removed from every object. */
  readonly ignore: ReadonlySet<string>
  readonly skipWildcardGatewayHosts: boolean
  /** Empty = found in the clusters. */
  readonly gatewayClasses: readonly string[]
}

export function settingsOf({ featureFlags, istio }: Config): ValidationSettings {
  const written = fieldsOf(featureFlags.validations)
  return {
    ignore: new Set(Array.isArray(written.ignore) ? textsOf(written.ignore) : ['KIA1301']),
    skipWildcardGatewayHosts: flagOf(written.skip_wildcard_gateway_hosts) ?? false,
    gatewayClasses: (istio.gatewayApiClasses ?? [])
      .filter(({ name, className }) => name !== '' && className !== '')
      .map(({ className }) => className),
  }
}
