/** Which namespaces of a cluster count where we may not read it whole: those that discovery selectors name or select. */
import type { ClusterName } from '@binocle/api/identity'
import { type DiscoverySelectors, namedNamespaces, selectsNamespace } from '../config/discoverySelectors.ts'
import type { NamespaceChoice } from './kindWatches.ts'

export function choiceOf(selectors: DiscoverySelectors = none, cluster: ClusterName): NamespaceChoice {
  return {
    names: namedNamespaces(selectors, cluster),
    selects: (namespace) => selectsNamespace(selectors, cluster, namespace),
  }
}

const none: DiscoverySelectors = { default: [], overrides: {} }
