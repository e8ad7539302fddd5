/** The Kubernetes objects that let a console into a cluster, as plain data. */
import { roleRules } from '@binocle/server/access/consoleRights'
import { stringify } from 'yaml'
import { clusterAnnotation, type Mode, type Names, roleName, secretLabel, secretName } from './names.ts'

/** A manifest. */
export interface KubernetesObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly [field: string]: unknown
}

/** Who made it, so that only what this tool made is ever taken away unasked. */
export const madeBy = 'binocle'

const labels = ({ account }: Names) => ({
  'app.kubernetes.io/instance': account,
  'app.kubernetes.io/managed-by': madeBy,
  'app.kubernetes.io/part-of': 'kiali',
})

/** In the remote cluster, in the order in which they are made. */
export function remoteObjects(names: Names, mode: Mode, impersonate = false): readonly KubernetesObject[] {
  const { account, namespace } = names
  const role = roleName(names, mode)
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: account, namespace, labels: labels(names) } },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: role, labels: labels(names) },
      rules: roleRules(mode, impersonate),
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: role, labels: labels(names) },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
      subjects: [{ kind: 'ServiceAccount', name: account, namespace }],
    },
  ]
}

/** The Secret that Kubernetes fills with a token that does not expire. */
export function tokenSecret(names: Names): KubernetesObject {
  const { account, namespace } = names
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/service-account-token',
    metadata: {
      name: account,
      namespace,
      labels: labels(names),
      annotations: { 'kubernetes.io/service-account.name': account },
    },
  }
}

/** What the console needs to reach the cluster. */
export interface Entrance {
  readonly server: string
  /** PEM; undefined = the authorities that its system trusts. */
  readonly ca?: string
  readonly insecure: boolean
  readonly tlsServerName?: string
  readonly proxyUrl?: string
  readonly token: string
}

/** In the console's cluster. `readable`: with the kubeconfig as text, for people; the API server makes the same of it. */
export function consoleSecret(names: Names, entrance: Entrance, readable = false): KubernetesObject {
  const content = kubeconfig(names.cluster, entrance)
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: {
      name: secretName(names),
      namespace: names.consoleNamespace,
      labels: { [secretLabel.name]: secretLabel.value, 'app.kubernetes.io/managed-by': madeBy },
      annotations: { [clusterAnnotation]: names.cluster },
    },
    ...(readable
      ? { stringData: { [names.cluster]: content } }
      : { data: { [names.cluster]: Buffer.from(content).toString('base64') } }),
  }
}

/** All four names inside are the cluster's: consoles look it up by any of them. */
export function kubeconfig(
  cluster: string,
  { server, ca, insecure, tlsServerName, proxyUrl, token }: Entrance,
): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    preferences: {},
    'current-context': cluster,
    contexts: [{ name: cluster, context: { cluster, user: cluster } }],
    clusters: [
      {
        name: cluster,
        cluster: {
          server,
          ...(tlsServerName === undefined ? {} : { 'tls-server-name': tlsServerName }),
          ...(proxyUrl === undefined ? {} : { 'proxy-url': proxyUrl }),
          ...(insecure ? { 'insecure-skip-tls-verify': true } : {}),
          ...(insecure || ca === undefined ? {} : { 'certificate-authority-data': Buffer.from(ca).toString('base64') }),
        },
      },
    ],
    users: [{ name: cluster, user: { token } }],
  })
}
