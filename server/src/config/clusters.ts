/** Where clusters come from: kubeconfigs, the cluster we run in, remote-cluster secrets, and names alone. */
import { BinocleError } from '../errors.ts'
import type { Config } from './config.ts'
import type { Flags } from './flags.ts'
import { isTree, type Settings } from './settings.ts'

type Kubernetes = Config['kubernetes']
type Environment = Readonly<Record<string, string | undefined>>

/** Throws BIN-CONFIG-KEY. */
export function clustersOf(
  settings: Settings,
  env: Environment,
  flags: Flags,
): Pick<
  Kubernetes,
  'declared' | 'inCluster' | 'kialiUrls' | 'kubeconfigs' | 'nameOverrides' | 'secretsFolder' | 'watchedSecrets'
> {
  const stated = kubeconfigsOf(settings.tree('clustering.kubeconfigs'), env, flags)
  const inCluster = inClusterOf(settings, env, stated.length > 0)
  const secrets = 'clustering.autodetect_secrets'
  const namespace = settings.text(`${secrets}.namespace`)
  const isWatched = settings.boolean(`${secrets}.enabled`) && (inCluster !== undefined || namespace !== '')
  return {
    kubeconfigs: inCluster === undefined && stated.length === 0 ? byDefault(env, flags) : stated,
    nameOverrides: settings.map('deployment.cluster_name_overrides'),
    secretsFolder: settings.text('clustering.secrets_directory').replace(/\/+$/, ''),
    ...(inCluster === undefined ? {} : { inCluster }),
    ...(isWatched
      ? {
          watchedSecrets: {
            namespace: namespace || settings.text('deployment.namespace'),
            label: settings.text(`${secrets}.label`),
          },
        }
      : {}),
    declared: listOf(settings, 'clustering.clusters').map((entry) => ({
      name: named(entry, 'clustering.clusters'),
      secretName: textOf(entry.secret_name),
    })),
    kialiUrls: listOf(settings, 'clustering.kiali_urls').map((entry) => ({
      cluster: textOf(entry.cluster_name),
      instanceName: textOf(entry.instance_name),
      namespace: textOf(entry.namespace),
      url: textOf(entry.url),
    })),
  }
}

type Kubeconfigs = Kubernetes['kubeconfigs']

/** Flags beat the file, and that beats KUBECONFIG. */
function kubeconfigsOf(tree: unknown, env: Environment, flags: Flags): Kubeconfigs {
  const contexts = flags.contexts ?? []
  if (flags.kubeconfigs?.length) return flags.kubeconfigs.map((file) => ({ file, contexts }))
  const stated = Array.isArray(tree) ? tree.map(kubeconfigOf) : []
  if (stated.length > 0) return stated
  const files = (env.KUBECONFIG ?? '').split(':').filter((file) => file !== '')
  return files.map((file) => ({ file, contexts }))
}

/** What kubectl would read. */
const byDefault = ({ HOME }: Environment, { contexts = [] }: Flags): Kubeconfigs =>
  HOME ? [{ file: `${HOME}/.kube/config`, contexts }] : []

function kubeconfigOf(entry: unknown): Kubeconfigs[number] {
  if (typeof entry === 'string') return { file: entry, contexts: [] }
  if (isTree(entry) && typeof entry.file === 'string') {
    const { contexts = [], names = {} } = entry
    if (Array.isArray(contexts) && contexts.every((context) => typeof context === 'string') && isTree(names)) {
      return {
        file: entry.file,
        contexts,
        ...(Object.keys(names).length === 0
          ? {}
          : { names: Object.fromEntries(Object.entries(names).map(([context, name]) => [context, String(name)])) }),
      }
    }
  }
  throw new BinocleError('BIN-CONFIG-KEY', 'clustering.kubeconfigs must be a list of `{file, contexts, names}`.', {
    remedy: 'For example: `- {file: /etc/binocle/kubeconfig, contexts: [kind-east], names: {kind-east: east}}`.',
  })
}

/** As every client of Kubernetes finds it. A kubeconfig that is named beats it, unless told otherwise. */
function inClusterOf(settings: Settings, env: Environment, hasKubeconfigs: boolean): Kubernetes['inCluster'] {
  const wanted = settings.text('clustering.in_cluster')
  const { KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port = '443' } = env
  if (wanted === 'false' || host === '' || (wanted === 'auto' && hasKubeconfigs)) return undefined
  return {
    host,
    port,
    folder: '/var/run/secrets/kubernetes.io/serviceaccount',
    istioNamespace: settings.text('external_services.istio.root_namespace'),
  }
}

function listOf(settings: Settings, key: string): readonly Readonly<Record<string, unknown>>[] {
  const tree = settings.tree(key) ?? []
  if (Array.isArray(tree) && tree.every(isTree)) return tree
  throw new BinocleError('BIN-CONFIG-KEY', `${key} must be a list of maps.`, {
    remedy: `See ${key} in docs/configuration.md.`,
  })
}

function named(entry: Readonly<Record<string, unknown>>, key: string): string {
  const name = textOf(entry.name)
  if (name !== '') return name
  throw new BinocleError('BIN-CONFIG-KEY', `${key} has an entry without a name.`, { remedy: 'Name it.' })
}

const textOf = (value: unknown): string => (value === undefined || value === null ? '' : String(value))
