/**
 * A source of clusters: the one we run in, with the service account of our pod. Its name is configured, or what its
 * istiod calls it; `Kubernetes` where there is none (reference: multicluster.md 1.1).
 */
import type { ClusterName } from '@binocle/api/identity'
import type { Config } from '../config/config.ts'
import { isRecord, records, text } from '../inventory/json.ts'
import type { ClusterAccess } from '../kube/access.ts'
import { createKubeApi, type KubeApi } from '../kube/api.ts'
import { thrown } from '../kube/failure.ts'
import type { ClusterSpec } from '../kube/spec.ts'
import type { Surroundings } from '../kube/surroundings.ts'
import { watchFiles } from './files.ts'
import type { ClusterSource } from './source.ts'

const defaultName = 'Kubernetes'
const askTimeoutMs = 3_000
const askAgainMs = 5_000
/** An istiod may be installed later. */
const lookAgainMs = 60_000

export function watchInCluster(
  where: NonNullable<Config['kubernetes']['inCluster']>,
  configuredName: ClusterName,
  { timers, log }: Pick<Surroundings, 'log' | 'timers'>,
  onSpecs: () => void,
): ClusterSource {
  const ca = watchFiles((files) => caOf(`${where.folder}/ca.crt`, files), timers, onSpecs)
  let name: ClusterName | undefined = configuredName || undefined
  let stopped = false
  let cancel = (): void => {}

  function access(cluster: ClusterName): ClusterAccess {
    const host = where.host.includes(':') ? `[${where.host}]` : where.host
    return {
      cluster,
      server: `https://${host}:${where.port}`,
      tls: { insecureSkipVerify: false, ...(ca.value === undefined ? {} : { ca: ca.value }) },
      credential: { kind: 'tokenFile', file: `${where.folder}/token` },
    }
  }

  async function findName(): Promise<void> {
    const before = name
    const api = createKubeApi(access(name ?? defaultName))
    let again = lookAgainMs
    try {
      const found = await clusterIdOf(api, where.istioNamespace)
      name = found ?? name ?? defaultName
      if (found !== undefined) again = 0
      else if (before === undefined) {
        log('warn', 'no istiod here names this cluster: set kubernetes_config.cluster_name', { cluster: name })
      }
    } catch (error) {
      again = askAgainMs
      name ??= defaultName
      log('info', 'the name of this cluster cannot be read yet', { reason: thrown(name, 'GET', error).message })
    }
    await api.close()
    if (stopped) return
    if (name !== before) onSpecs()
    if (again > 0) cancel = timers.after(again, () => void findName())
  }

  if (name === undefined) void findName()

  return {
    get specs(): readonly ClusterSpec[] {
      const origin = 'the service account of our pod'
      return name === undefined ? [] : [{ name, access: access(name), origin }]
    },
    get home() {
      return name ?? 'undecided'
    },
    stop: () => {
      stopped = true
      cancel()
      ca.stop()
    },
  }
}

function caOf(path: string, files: { text(path: string): string }): string | undefined {
  try {
    return files.text(path)
  } catch {
    return undefined
  }
}

/** CLUSTER_ID of the first istiod. Without the right to list all Deployments, of those in `namespace`. */
async function clusterIdOf(api: KubeApi, namespace: string): Promise<string | undefined> {
  const query = '?labelSelector=app%3Distiod'
  const options = { timeoutMs: askTimeoutMs }
  let answer: unknown
  try {
    answer = await api.get(`/apis/apps/v1/deployments${query}`, options)
  } catch (error) {
    if (thrown(api.cluster, 'GET', error).reason !== 'forbidden') throw error
    answer = await api.get(`/apis/apps/v1/namespaces/${namespace}/deployments${query}`, options)
  }
  const [istiod] = isRecord(answer) ? records(answer, 'items') : []
  const [container] = containersOf(istiod)
  const id = isRecord(container) ? records(container, 'env').find(({ name }) => name === 'CLUSTER_ID') : undefined
  return (id && text(id, 'value')) || undefined
}

function containersOf(deployment: unknown): readonly unknown[] {
  let at: unknown = deployment
  for (const field of ['spec', 'template', 'spec', 'containers']) at = isRecord(at) ? at[field] : undefined
  return Array.isArray(at) ? at : []
}
