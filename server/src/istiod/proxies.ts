/**
 * What the istiods know of their proxies, asked in the background from every istiod pod of every cluster. An istiod that
 * does not answer keeps its last answer; nothing waits for it.
 */
import type { ProxyStatus } from '@binocle/api/catalog'
import type { ClusterName, NamespaceRef } from '@binocle/api/identity'
import type { ProxyStatuses } from '../catalog/providers.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { Log } from '../kube/surroundings.ts'
import { meshFactsOf } from '../mesh/mesh.ts'
import { parseSyncz, type SyncedProxy } from './syncz.ts'

export interface IstiodPod {
  readonly cluster: ClusterName
  readonly namespace: string
  readonly pod: string
  readonly monitoringPort: number
  readonly revision: string
}

export interface ProxyWatch extends ProxyStatuses {
  /** Whether some istiod pod of the namespace with this revision answered the last time; undefined = not asked yet. */
  answers(at: NamespaceRef, revision: string): boolean | undefined
  /** Every istiod pod that is known has answered or failed at least once. */
  settled(): boolean
  close(): void
}

export interface ProxyWatchOptions {
  readonly inventory: Inventory
  /** GET of a path at a port of a pod, parsed. */
  readonly ask: (pod: IstiodPod, path: string) => Promise<unknown>
  readonly later: (callback: () => void, delayMs: number) => () => void
  readonly clock: () => number
  readonly log: Log
}

const pollMs = 20_000
/** How often we look whether there are istiods that were never asked. */
const lookMs = 500

export function watchProxies({ ask, clock, inventory, later, log }: ProxyWatchOptions): ProxyWatch {
  const answers = new Map<string, Answer>()
  let known = new Map<string, ProxyStatus>()
  let version = 0
  let cancel: () => void = () => {}

  const keep = (name: string, proxies: readonly SyncedProxy[] | undefined): void => {
    const last = answers.get(name)
    if (last === undefined) return
    const text = proxies === undefined ? last.text : JSON.stringify(proxies)
    answers.set(name, {
      ...last,
      proxies: proxies ?? last.proxies,
      text,
      answered: true,
      lastFailed: proxies === undefined,
    })
    if (text !== last.text) rebuild()
  }
  const rebuild = (): void => {
    known = new Map()
    for (const { proxies } of answers.values())
      for (const { cluster, namespace, pod, status } of proxies) known.set(keyOf({ cluster, namespace }, pod), status)
    version++
  }
  const look = (): void => {
    const pods = istiodPods(inventory)
    const names = new Set(pods.map(nameOf))
    for (const name of answers.keys()) {
      if (names.has(name)) continue
      answers.delete(name)
      rebuild()
    }
    for (const pod of pods) {
      const name = nameOf(pod)
      const last = answers.get(name)
      if (last !== undefined && clock() - last.askedMs < pollMs) continue
      answers.set(name, { ...(last ?? never), pod, askedMs: clock() })
      ask(pod, '/debug/syncz')
        .then((answer) => keep(name, parseSyncz(answer)))
        .catch((error: unknown) => {
          keep(name, undefined)
          log('debug', 'istiod does not answer', { cluster: pod.cluster, pod: pod.pod, why: String(error) })
        })
    }
    cancel = later(look, lookMs)
  }
  look()
  return {
    get version() {
      return version
    },
    proxyStatus: (at, pod) => known.get(keyOf(at, pod)),
    answers: (at, revision) => {
      const of = [...answers.values()].filter(
        ({ answered, pod }) =>
          answered && pod?.cluster === at.cluster && pod.namespace === at.namespace && pod.revision === revision,
      )
      return of.length === 0 ? undefined : of.some(({ lastFailed }) => !lastFailed)
    },
    settled: () => answers.size > 0 && [...answers.values()].every(({ answered }) => answered),
    close: () => cancel(),
  }
}

interface Answer {
  readonly pod: IstiodPod | undefined
  readonly lastFailed: boolean
  readonly askedMs: number
  readonly answered: boolean
  readonly proxies: readonly SyncedProxy[]
  readonly text: string
}

const never: Answer = { pod: undefined, lastFailed: false, askedMs: 0, answered: false, proxies: [], text: '' }

const keyOf = ({ cluster, namespace }: NamespaceRef, pod: string): string => `${cluster}/${namespace}/${pod}`

const nameOf = ({ cluster, namespace, pod }: IstiodPod): string => keyOf({ cluster, namespace }, pod)

/** Running pods of every control plane. */
export function istiodPods(inventory: Inventory): readonly IstiodPod[] {
  return meshFactsOf(inventory).controlPlanes.flatMap(({ cluster, monitoringPort, namespace, revision }) =>
    inventory
      .in('pods', { cluster, namespace })
      .filter(
        ({ labels, phase }) =>
          phase === 'Running' && labels.app === 'istiod' && (labels['istio.io/rev'] ?? '') === revision,
      )
      .map(({ name }) => ({ cluster, namespace, pod: name, monitoringPort, revision })),
  )
}
