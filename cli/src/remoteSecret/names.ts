/**
 * What the objects are called that let a console into a cluster. The names are those of Kiali's own script, so that what
 * either tool made is found, changed and deleted by the other (reference: multicluster.md 3).
 */

export interface Names {
  /** Of service account and roles, and their label `app.kubernetes.io/instance`. */
  readonly account: string
  /** Of the account, in the remote cluster. */
  readonly namespace: string
  /** The cluster's one name: key of the secret, and all names inside its kubeconfig. */
  readonly cluster: string
  /** Where the console runs, and reads its secrets. */
  readonly consoleNamespace: string
}

export const roleName = ({ account }: Names, mode: Mode): string => (mode === 'view' ? `${account}-viewer` : account)

export type Mode = 'edit' | 'view'

export const secretName = ({ cluster }: Names): string =>
  `kiali-remote-cluster-secret-${cluster.toLowerCase().replace(/[^-a-z0-9]/g, '-')}`

/** The label by which consoles find the secret, and the annotation that says whose it is. */
export const secretLabel = { name: 'kiali.io/multiCluster', value: 'true' } as const
export const clusterAnnotation = 'kiali.io/cluster'

/** An EKS ARN is cut to the cluster's own name. Throws when it cannot be the key of a Secret. */
export function checkedClusterName(name: string): string {
  const short = name.startsWith('arn:') ? name.slice(name.indexOf('cluster/') + 'cluster/'.length) : name
  if (/^[-._a-zA-Z0-9]{1,253}$/.test(short)) return short
  throw new Error(
    `\`${short}\` cannot be the name of a cluster: only letters, digits, \`-\`, \`.\` and \`_\`.\n` +
      '  Give the name that Istio calls it (global.multiCluster.clusterName) with --name.',
  )
}
