/** One pod, running or crash-looping, with the statuses a kubelet would have written. */
import type { KubernetesJson, SimWorkload } from '../scenario.ts'
import type { SimPod } from '../topology.ts'
import { type Birth, made, type Owner } from './metadata.ts'
import { VOLUMES } from './proxy.ts'

/** The pod template after injection: what the pods of a workload share. */
export interface PodShape {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly containers: readonly NamedContainer[]
  readonly initContainers: readonly NamedContainer[]
}

export interface NamedContainer {
  readonly name: string
  readonly image: string
  readonly restartPolicy?: string
}

export const serviceAccountOf = (w: SimWorkload): string => (w.app === 'istiod' ? w.name : w.app)

/** How often the application's container has restarted, and when last; pods restart now and then. */
export interface Restarts {
  readonly count: number
  readonly lastAt: string
}

export function podObject(
  w: SimWorkload,
  pod: SimPod,
  shape: PodShape,
  owner: Owner,
  hostIp: string,
  birth: Birth,
  restarts: Restarts = { count: pod.ready ? 0 : 42, lastAt: birth.createdAt },
): KubernetesJson {
  return made(
    birth,
    {
      apiVersion: 'v1',
      kind: 'Pod',
      namespace: w.namespace,
      name: pod.name,
      generateName: `${owner.name}-`,
      labels:
        w.kind === 'StatefulSet' ? { ...shape.labels, 'statefulset.kubernetes.io/pod-name': pod.name } : shape.labels,
      ...(Object.keys(shape.annotations).length === 0 ? {} : { annotations: shape.annotations }),
      owner,
    },
    {
      spec: {
        nodeName: pod.node,
        serviceAccount: serviceAccountOf(w),
        serviceAccountName: serviceAccountOf(w),
        restartPolicy: 'Always',
        schedulerName: 'default-scheduler',
        containers: shape.containers,
        ...(shape.initContainers.length === 0 ? {} : { initContainers: shape.initContainers, volumes: VOLUMES }),
      },
      status: {
        phase: 'Running',
        conditions: conditions(pod, birth),
        hostIP: hostIp,
        podIP: pod.ip,
        podIPs: [{ ip: pod.ip }],
        qosClass: 'Burstable',
        startTime: birth.createdAt,
        containerStatuses: shape.containers.map((c) => (pod.ready ? running(c, restarts) : crashing(c, restarts))),
        ...(shape.initContainers.length === 0
          ? {}
          : { initContainerStatuses: shape.initContainers.map((c) => initStatus(c, birth)) }),
      },
    },
  )
}

function conditions(pod: SimPod, birth: Birth) {
  const at = { lastProbeTime: null, lastTransitionTime: birth.createdAt }
  const readiness = pod.ready
    ? { status: 'True' }
    : { status: 'False', reason: 'ContainersNotReady', message: 'containers with unready status: [app]' }
  return [
    { type: 'PodReadyToStartContainers', status: 'True', ...at },
    { type: 'Initialized', status: 'True', ...at },
    { type: 'Ready', ...readiness, ...at },
    { type: 'ContainersReady', ...readiness, ...at },
    { type: 'PodScheduled', status: 'True', ...at },
  ]
}

const running = (c: NamedContainer, restarts: Restarts) => ({
  name: c.name,
  image: c.image,
  imageID: '',
  ready: true,
  started: true,
  restartCount: restarts.count,
  lastState:
    restarts.count === 0 ? {} : { terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: restarts.lastAt } },
  state: { running: { startedAt: restarts.lastAt } },
})

const crashing = (c: NamedContainer, restarts: Restarts) => ({
  name: c.name,
  image: c.image,
  imageID: '',
  ready: false,
  started: false,
  restartCount: restarts.count,
  lastState: { terminated: { exitCode: 1, reason: 'Error', startedAt: restarts.lastAt, finishedAt: restarts.lastAt } },
  state: {
    waiting: {
      reason: 'CrashLoopBackOff',
      message: `back-off 5m0s restarting failed container=${c.name}`,
    },
  },
})

const initStatus = (c: NamedContainer, birth: Birth) => ({
  name: c.name,
  image: c.image,
  imageID: '',
  ready: true,
  restartCount: 0,
  lastState: {},
  ...(c.restartPolicy === 'Always'
    ? { started: true, state: { running: { startedAt: birth.createdAt } } }
    : {
        state: {
          terminated: { exitCode: 0, reason: 'Completed', startedAt: birth.createdAt, finishedAt: birth.createdAt },
        },
      }),
})
