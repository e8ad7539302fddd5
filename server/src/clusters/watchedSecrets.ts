/**
 * A source of clusters: Secrets labelled as remote clusters, watched over the API of the home cluster. While that does
 * not answer, what they said last stays. Istio's own remote secrets are watched for their names alone: they tell of
 * clusters that Istio knows and we have no access to.
 */
import type { Problem } from '@binocle/api/problem'
import type { Config } from '../config/config.ts'
import { isRecord, record, text } from '../inventory/json.ts'
import type { KubeApi } from '../kube/api.ts'
import { type Reflector, startReflector } from '../kube/reflector.ts'
import { madeForIstio, type SecretEntry, specOfEntry } from '../kube/remoteSecret.ts'
import { createSlots } from '../kube/slots.ts'
import type { ClusterSpec } from '../kube/spec.ts'
import type { Surroundings } from '../kube/surroundings.ts'
import type { Pacer } from '../outbound/pacer.ts'
import type { ClusterSource, KubernetesConfig, RightsOf } from './source.ts'
import { watchSeconds } from './watchSeconds.ts'

export interface WatchedSecrets extends ClusterSource {
  /** Why the Secrets cannot be read now. */
  readonly problem: Problem | undefined
  /** Of the home cluster, whenever it may have changed. */
  through(api: KubeApi | undefined): void
}

export const istiosLabel = 'istio/multiCluster=true'

export function watchSecrets(
  { namespace, label }: NonNullable<Config['kubernetes']['watchedSecrets']>,
  execProvider: KubernetesConfig['kubernetes']['execProvider'],
  rightsOf: RightsOf,
  surroundings: Surroundings,
  pacer: Pacer,
  onSpecs: () => void,
): WatchedSecrets {
  const bySecret = new Map<string, readonly ClusterSpec[]>()
  let api: KubeApi | undefined
  let reflector: Reflector | undefined
  let problem: Problem | undefined
  let cancel: (() => void) | undefined

  /** A hundred Secrets that arrive together are one change. */
  function changed(): void {
    cancel ??= surroundings.timers.after(50, () => {
      cancel = undefined
      onSpecs()
    })
  }

  function put(object: unknown): string {
    const { name, specs } = readSecret(object, label, execProvider, rightsOf)
    bySecret.set(name, specs)
    changed()
    return name
  }

  function start(through: KubeApi): Reflector {
    return startReflector({
      api: through,
      path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`,
      selector: `labelSelector=${encodeURIComponent(label)}`,
      surroundings,
      pacer,
      syncSlots: createSlots(1),
      watchSeconds: () => watchSeconds('core', 1, surroundings.random()),
      sink: {
        put,
        remove: (object) => {
          bySecret.delete(nameOf(object))
          changed()
        },
        resync: () => {
          const missing = new Set(bySecret.keys())
          return {
            put: (object) => missing.delete(put(object)),
            done: () => {
              for (const name of missing) bySecret.delete(name)
              changed()
            },
          }
        },
      },
      onState: (state) => {
        const before = problem?.message
        problem = state.state === 'failing' ? state.failure.problem : undefined
        if (problem?.code === 'BIN-CLUSTER-FORBIDDEN' && problem.message !== before) {
          surroundings.log('warn', 'remote-cluster Secrets cannot be read', { namespace, label, ...problem })
        }
      },
    })
  }

  return {
    get specs() {
      return [...bySecret].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, specs]) => specs)
    },
    get problem() {
      return problem
    },
    through: (next) => {
      if (next === api) return
      reflector?.stop()
      api = next
      reflector = next === undefined ? undefined : start(next)
    },
    stop: () => {
      reflector?.stop()
      cancel?.()
    },
  }
}

const nameOf = (object: unknown): string => (isRecord(object) ? text(record(object, 'metadata'), 'name') : '')

function readSecret(
  object: unknown,
  label: string,
  execProvider: KubernetesConfig['kubernetes']['execProvider'],
  rightsOf: RightsOf,
): { readonly name: string; readonly specs: readonly ClusterSpec[] } {
  if (!isRecord(object)) return { name: '', specs: [] }
  const metadata = record(object, 'metadata')
  const secretName = text(metadata, 'name')
  const origin = `Secret ${text(metadata, 'namespace')}/${secretName}`
  const istios = record(metadata, 'labels')['istio/multiCluster'] === 'true'
  const specs = Object.entries(record(object, 'data')).map(([key, value]): ClusterSpec => {
    if (label === istiosLabel) {
      return { name: key, server: '', only: 'declared', origin, problem: madeForIstio(key, origin) }
    }
    const kubeconfig = Buffer.from(typeof value === 'string' ? value : '', 'base64').toString('utf8')
    const entry: SecretEntry = { secretName, key, kubeconfig, origin, istios }
    return specOfEntry(entry, { execProvider, folder: '/', files: 'none', readFile: () => '' }, rightsOf(key))
  })
  return { name: secretName, specs }
}
