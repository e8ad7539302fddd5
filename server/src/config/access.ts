/** How it is decided who sees what (reference: auth.md 8.1, 8.2). */
import { BinocleError } from '../errors.ts'
import { type DiscoverySelectors, namedNamespaces } from './discoverySelectors.ts'
import { isTree, type Settings } from './settings.ts'

export interface AccessConfig {
  /** How long the answer of a cluster about a person holds, ms; 0 = every request asks. */
  readonly ttlMs: number
  /** Who may list namespaces, and get none of them, sees none. */
  readonly requireNamespaceGet: boolean
}

/** Longer than this nobody may keep what was taken from him. */
const longestMs = 300_000

/** Throws BIN-CONFIG-KEY. */
export function accessOf(settings: Settings, featureFlags: Readonly<Record<string, unknown>>): AccessConfig {
  const { authz } = featureFlags
  return {
    ttlMs: Math.min(longestMs, settings.duration('kubernetes_config.cache_token_namespace_duration') * 1000),
    requireNamespaceGet: isTree(authz) && authz.require_namespace_get === true,
  }
}

/**
 * Without cluster-wide access the namespaces are those that the default selectors name: selectors by any other label
 * would need a list of all namespaces. Throws BIN-CONFIG-KEY.
 */
export function checkNamedNamespaces(clusterWideAccess: boolean, selectors: DiscoverySelectors): void {
  const isPlain = selectors.default.every(
    ({ matchLabels, matchExpressions }) => Object.keys(matchLabels).length + matchExpressions.length === 1,
  )
  const named = namedNamespaces({ default: selectors.default, overrides: {} }, '')
  if (clusterWideAccess || (isPlain && named !== undefined)) return
  throw new BinocleError(
    'BIN-CONFIG-KEY',
    'With deployment.cluster_wide_access `false` deployment.discovery_selectors.default must name namespaces, and nothing else.',
    {
      remedy:
        'Give each selector exactly one matchLabels entry, or one matchExpressions entry with operator In, on kubernetes.io/metadata.name.',
    },
  )
}
