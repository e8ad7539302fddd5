/** What moves in the simulated clusters by themselves: now and then a container restarts, and crash loops go on. */
import type { ApiServer } from './kube/apiServer.ts'
import { fieldsAt, isFields, listAt, numberAt } from './kube/json.ts'
import { hash32 } from './names.ts'
import { timestamp } from './objects/metadata.ts'
import type { Topology } from './topology.ts'

/** Calls back after a time, again and again; returns how to stop. */
export type Every = (ms: number, then: () => void) => () => void

export const everyMs: Every = (ms, then) => {
  const timer = setInterval(then, ms).unref()
  return () => clearInterval(timer)
}

/** A healthy pod's container restarts at once and stays ready: a restart is an event, not a fault. */
export function live(
  topology: Topology,
  servers: ReadonlyMap<string, ApiServer>,
  clock: () => number,
  every: Every = everyMs,
): () => void {
  const pods = topology.workloads
    .filter((w) => w.gateway === undefined && w.app !== 'istiod')
    .flatMap((w) => topology.pods(w).map((pod) => ({ cluster: w.cluster, namespace: w.namespace, pod })))
  const crashing = pods.filter(({ pod }) => !pod.ready)
  const steady = pods.filter(({ pod }) => pod.ready)
  let turn = 0
  const stops = [
    every(RESTART_MS, () => {
      turn++
      const chosen = steady[hash32(`${topology.scenario.seed}/${turn}`) % Math.max(1, steady.length)]
      if (chosen) restart(servers, chosen.cluster, chosen.namespace, chosen.pod.name, clock())
    }),
    every(CRASH_MS, () => {
      for (const { cluster, namespace, pod } of crashing) restart(servers, cluster, namespace, pod.name, clock())
    }),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}

const RESTART_MS = 90_000
/** The longest back-off of a kubelet. */
const CRASH_MS = 300_000

function restart(
  servers: ReadonlyMap<string, ApiServer>,
  cluster: string,
  namespace: string,
  name: string,
  nowMs: number,
): void {
  const store = servers.get(cluster)?.store
  const pod = { apiVersion: 'v1', kind: 'Pod', namespace, name }
  const fields = store?.read(pod)
  if (!store || !fields) return
  const at = timestamp(nowMs)
  const containerStatuses = listAt(fields, 'status', 'containerStatuses').map((status) =>
    isFields(status) ? restarted(status, at) : status,
  )
  store.patch(pod, { status: { containerStatuses } })
}

function restarted(status: Readonly<Record<string, unknown>>, at: string): Record<string, unknown> {
  const running = Object.keys(fieldsAt(status, 'state', 'running')).length > 0
  return {
    ...status,
    restartCount: numberAt(status, 'restartCount') + 1,
    lastState: { terminated: { exitCode: running ? 137 : 1, reason: running ? 'OOMKilled' : 'Error', finishedAt: at } },
    ...(running ? { state: { running: { startedAt: at } } } : {}),
  }
}
