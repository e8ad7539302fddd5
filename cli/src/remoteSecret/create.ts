/** `remote-secret create`: account, roles and token in the remote cluster, and the secret beside the console. */
import { isRecord, record, text } from '@binocle/server/inventory/json'
import type { ClusterAccess } from '@binocle/server/kube/access'
import type { KubeApi } from '@binocle/server/kube/api'
import { called, labelOf, put, read, remove } from './cluster.ts'
import { checkNotInUse } from './inUse.ts'
import { type Mode, type Names, secretName } from './names.ts'
import { consoleSecret, type Entrance, type KubernetesObject, madeBy, remoteObjects, tokenSecret } from './objects.ts'
import { type TokenKind, tokenFor } from './token.ts'

export interface Creation {
  readonly names: Names
  readonly mode: Mode
  /** The console asks as the people who log in. */
  readonly impersonate?: boolean
  readonly token: TokenKind
  /** URL of the API server as the console reaches it; undefined = as we do. */
  readonly server?: string
  readonly insecure: boolean
}

/** The two clusters, each as the person who types. */
export interface Sides {
  readonly remote: KubeApi
  readonly remoteAccess: ClusterAccess
  readonly console: KubeApi
}

/** Tells each change in one line. Throws `KubeFailure`, or an Error that says what to do. */
export async function create(
  { remote, remoteAccess, console: home }: Sides,
  creation: Creation,
  tell: (line: string) => void,
  pause: (ms: number) => Promise<void>,
): Promise<void> {
  const { names, mode, impersonate } = creation
  await checkNotInUse(remote, names)
  await ensureNamespace(remote, names.namespace, tell)
  for (const object of remoteObjects(names, mode, impersonate)) {
    tell(`${remote.cluster}: ${called(object)} ${await put(remote, object)}`)
  }
  await dropOtherMode(remote, creation, tell)
  const token = await tokenFor(remote, names, creation.token, pause)
  tell(
    `${remote.cluster}: a token ${token.expiresAtMs === undefined ? 'that does not expire' : `until ${new Date(token.expiresAtMs).toISOString()}`}`,
  )
  const secret = consoleSecret(names, await entrance(remote, remoteAccess, creation, token.token))
  await ensureNamespace(home, names.consoleNamespace, tell)
  tell(`${home.cluster}: ${called(secret)} ${await put(home, secret)}`)
}

/** The same as manifests, with `dry-run` for the token. No cluster is asked. */
export function manifests(
  access: ClusterAccess,
  creation: Creation,
): { readonly remote: readonly KubernetesObject[]; readonly console: readonly KubernetesObject[] } {
  const { names, mode, impersonate, token } = creation
  const entrance = { ...way(access, creation), ...caOf(access.tls.ca), token: 'dry-run' }
  return {
    remote: [...remoteObjects(names, mode, impersonate), ...(token.kind === 'legacy' ? [tokenSecret(names)] : [])],
    console: [consoleSecret(names, entrance, true)],
  }
}

async function ensureNamespace(api: KubeApi, name: string, tell: (line: string) => void): Promise<void> {
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }
  if ((await read(api, namespace)) !== undefined) return
  tell(`${api.cluster}: ${called(namespace)} ${await put(api, namespace)}`)
}

/** Who could change things and now shall only look must lose the wider role; never what another tool made. */
async function dropOtherMode(api: KubeApi, { names, mode }: Creation, tell: (line: string) => void): Promise<void> {
  const other = remoteObjects(names, mode === 'view' ? 'edit' : 'view').filter(({ kind }) => kind !== 'ServiceAccount')
  for (const object of [...other].reverse()) {
    const present = await read(api, object)
    if (present === undefined) continue
    if (labelOf(present, 'app.kubernetes.io/managed-by') === madeBy) {
      await remove(api, object)
      tell(`${api.cluster}: ${called(object)} deleted`)
    } else tell(`${api.cluster}: ${called(object)} left as it is: another tool made it`)
  }
}

async function entrance(api: KubeApi, access: ClusterAccess, creation: Creation, token: string): Promise<Entrance> {
  const base = { ...way(access, creation), token }
  if (base.insecure) return base
  if (access.tls.ca !== undefined) return { ...base, ca: access.tls.ca }
  // Verified with the authorities of this system just now: the console's has them too.
  if (!access.tls.insecureSkipVerify) return base
  return { ...base, ca: await publishedCa(api, creation.names.namespace) }
}

function way({ server, tls, proxy }: ClusterAccess, creation: Creation): Omit<Entrance, 'ca' | 'token'> {
  return {
    server: creation.server ?? server,
    insecure: creation.insecure,
    ...(tls.serverName === undefined ? {} : { tlsServerName: tls.serverName }),
    ...(proxy === undefined ? {} : { proxyUrl: proxy }),
  }
}

const caOf = (ca: string | undefined) => (ca === undefined ? {} : { ca })

async function publishedCa(api: KubeApi, namespace: string): Promise<string> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps/kube-root-ca.crt`
  const map = await api.get(path).catch(() => undefined)
  const ca = isRecord(map) ? text(record(map, 'data'), 'ca.crt') : ''
  if (ca !== '') return ca
  throw new Error(
    `The CA of ${api.cluster} is not known: its kubeconfig has none, and no ConfigMap kube-root-ca.crt says it.\n` +
      '  Put certificate-authority-data into the kubeconfig, or allow unverified TLS with --insecure-skip-tls-verify.',
  )
}

/** For the last line: where the console finds it. */
export const whereFound = (names: Names): string =>
  `The console finds ${names.cluster} by the label of Secret ${names.consoleNamespace}/${secretName(names)}; Kiali mounts it at its next start.`
