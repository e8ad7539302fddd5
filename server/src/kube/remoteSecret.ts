/**
 * One entry of a remote-cluster secret: its key names the cluster, its value is a kubeconfig of that cluster alone
 * (reference: multicluster.md 2). What does not fit is refused by name and with a remedy.
 */
import type { ClusterName } from '@binocle/api/identity'
import type { Problem } from '@binocle/api/problem'
import { records, text } from '../inventory/json.ts'
import { tokenFacts } from './jwt.ts'
import { documentOf, parseKubeconfig } from './kubeconfig.ts'
import type { KubeconfigOptions } from './kubeconfigOptions.ts'
import { checkSecretKubeconfig, checkSecretSize, type SecretRights } from './secretPolicy.ts'
import type { ClusterSpec } from './spec.ts'
import { reasonOf, refused, Unusable } from './unusable.ts'

export interface SecretEntry {
  readonly secretName: string
  /** Of the data; the name of the cluster. */
  readonly key: string
  readonly kubeconfig: string
  /** In words, e.g. `Secret istio-system/west`. */
  readonly origin: string
  /** It carries Istio's label, or its name. */
  readonly istios: boolean
}

export function specOfEntry(
  entry: SecretEntry,
  options: Pick<KubeconfigOptions, 'execProvider' | 'files' | 'folder' | 'readFile'>,
  rights: SecretRights,
): ClusterSpec {
  const { key, origin, secretName } = entry
  const declared = { origin, secretName }
  try {
    checkSecretSize(entry.kubeconfig)
    if (!/^[A-Za-z0-9][-._A-Za-z0-9]{0,252}$/.test(key)) throw noName(entry)
    const document = documentOf(entry.kubeconfig)
    const clusters = records(document, 'clusters')
    const [cluster] = clusters
    if (cluster === undefined || clusters.length > 1) {
      throw new Unusable(
        `key ${key} of ${origin} names ${clusters.length} clusters`,
        'Give each cluster a key of its own, with a kubeconfig of that cluster alone.',
      )
    }
    if (text(cluster, 'name') !== key) throw otherName(entry, text(cluster, 'name'))
    if (records(document, 'users').length === 0) {
      throw new Unusable(`key ${key} of ${origin} has no user`, 'Make it anew: binocle remote-secret create.')
    }
    const [only] = records(document, 'contexts')
    checkSecretKubeconfig(document, rights)
    const contexts = text(document, 'current-context') === '' && only !== undefined ? [text(only, 'name')] : []
    const [spec] = parseKubeconfig(entry.kubeconfig, { ...options, file: key, contexts, nameOf: () => key })
    if (spec === undefined) throw new Unusable('it has no context', 'Make it anew: binocle remote-secret create.')
    if (!('access' in spec)) return { ...spec, ...declared, name: key }
    const notes = entry.istios || isReaders(spec.access.credential) ? [madeForIstio(key, origin)] : []
    const access = { ...spec.access, guard: { loopback: rights.loopback } }
    return { ...spec, access, ...declared, ...(notes.length > 0 ? { notes } : {}) }
  } catch (error) {
    return { ...refused(key, '', reasonOf(error)), ...declared }
  }
}

const noName = ({ key, origin }: SecretEntry): Unusable =>
  new Unusable(
    `key ${JSON.stringify(key.slice(0, 80))} of ${origin} cannot be the name of a cluster`,
    'Begin with a letter or a digit, and use letters, digits, `-`, `_` and `.`.',
    'BIN-CLUSTER-NAME',
  )

/** Two names of one cluster would make two halves of it: one with objects, one with telemetry. */
function otherName({ key, origin }: SecretEntry, inside: ClusterName): Unusable {
  const hint = key === 'config' ? ' It looks made by istioctl create-remote-secret --type=config.' : ''
  return new Unusable(
    `key ${key} of ${origin} holds the kubeconfig of a cluster named ${JSON.stringify(inside)}.${hint}`,
    `Name the key and clusters[0].name alike: as CLUSTER_ID of that cluster's istiod and its telemetry say.`,
    'BIN-CLUSTER-NAME',
  )
}

const isReaders = (credential: { readonly kind: string; readonly token?: string }): boolean =>
  (tokenFacts(credential.token ?? '').subject ?? '').endsWith(':istio-reader-service-account')

/** What Istio's reader lacks (reference: multicluster.md 4). */
export function madeForIstio(cluster: ClusterName, origin: string): Problem {
  return {
    code: 'BIN-CLUSTER-ISTIO-SECRET',
    message:
      `${cluster}: ${origin} was made by istioctl create-remote-secret. Its account istio-reader-service-account may not read ` +
      'Deployments, StatefulSets, DaemonSets, Jobs, CronJobs, routes of the Gateway API and logs of pods, nor forward ports.',
    cluster,
    remedy: `Make one for this console: binocle remote-secret create --name ${cluster} (or Kiali's kiali-prepare-remote-cluster.sh).`,
  }
}
