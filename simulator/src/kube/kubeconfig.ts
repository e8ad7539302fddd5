/** Kubeconfig files for simulated clusters: one context for each, named as the cluster. */
import { stringify } from 'yaml'

/** What a kubeconfig needs to know of a server. */
export interface Reachable {
  readonly cluster: string
  readonly url: string
  readonly caPem: string
}

/** `tokens` by cluster name; a cluster without one gets a user without credentials. The first is the current context. */
export function kubeconfigOf(servers: readonly Reachable[], tokens: Readonly<Record<string, string>>): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    preferences: {},
    'current-context': servers[0]?.cluster ?? '',
    clusters: servers.map(({ cluster, url, caPem }) => ({
      name: cluster,
      cluster: { server: url, 'certificate-authority-data': Buffer.from(caPem).toString('base64') },
    })),
    contexts: servers.map(({ cluster }) => ({ name: cluster, context: { cluster, user: cluster } })),
    users: servers.map(({ cluster }) => {
      const token = tokens[cluster]
      return { name: cluster, user: token === undefined ? {} : { token } }
    }),
  })
}
