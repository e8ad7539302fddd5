/**
 * What checks need to know of the workloads and pods of a namespace. Taken anew when something in the namespace
 * changes; what looks the same afterwards is no change, so that coming and going pods cost nothing further.
 */
import type { NamespaceFacts } from '../catalog/namespaceFacts.ts'
import type { Workload } from '../catalog/workload.ts'
import type { Labels } from '../inventory/objects.ts'
import { hasSidecar, isCaptured } from '../mesh/labels.ts'

export interface WorkloadFacts {
  readonly namespace: string
  readonly name: string
  readonly kind: string
  /** Of the pod template. */
  readonly labels: Labels
  readonly annotations: Labels
  readonly app: string | undefined
  readonly serviceAccounts: readonly string[]
  readonly hasPods: boolean
  /** Its pods have sidecars; also true without pods. */
  readonly sidecar: boolean
  /** ztunnel takes the traffic of its pods. */
  readonly ambient: boolean
  readonly somePodSidecar: boolean
  readonly somePodCaptured: boolean
  readonly isGateway: boolean
  readonly isWaypoint: boolean
  /** Equal texts: nothing a check could see differs. */
  readonly signature: string
}

/** Pods that look the same. */
export interface PodFacts {
  readonly namespace: string
  /** The labels as text, as these tell pods apart here. */
  readonly name: string
  readonly labels: Labels
  readonly sidecar: boolean
  readonly captured: boolean
}

export interface Digest {
  readonly workloads: readonly WorkloadFacts[]
  readonly pods: readonly PodFacts[]
}

export function digestOf({ workloads, podsOf }: NamespaceFacts, namespace: string): Digest {
  const pods = new Map<string, PodFacts>()
  for (const pod of podsOf({})) {
    const sidecar = hasSidecar(pod)
    const captured = isCaptured(pod)
    const name = `${JSON.stringify(pod.labels)} ${sidecar} ${captured}`
    if (!pods.has(name)) pods.set(name, { namespace, name, labels: pod.labels, sidecar, captured })
  }
  return { workloads: workloads.map(workloadFacts), pods: [...pods.values()] }
}

const ignoreAnnotation = 'kiali.io/ignore-validations'

function workloadFacts(workload: Workload): WorkloadFacts {
  const { pods, gvk } = workload
  const looked = gvk.Kind === 'Deployment' ? pods.slice(0, 1) : pods
  const ignored = workload.annotations[ignoreAnnotation]
  const facts = {
    namespace: workload.namespace,
    name: workload.name,
    kind: gvk.Kind,
    labels: workload.labels,
    annotations: ignored === undefined ? {} : { [ignoreAnnotation]: ignored },
    app: workload.app,
    serviceAccounts: workload.serviceAccounts,
    hasPods: pods.length > 0,
    sidecar: workload.group === undefined && looked.every(hasSidecar),
    ambient: looked.some(isCaptured),
    somePodSidecar: pods.some(hasSidecar),
    somePodCaptured: pods.some(isCaptured),
    isGateway: workload.isGateway,
    isWaypoint: workload.isWaypoint,
  }
  // Spread last, as in `metaOf`: they are many, and live long.
  return { signature: JSON.stringify(facts), ...facts }
}
