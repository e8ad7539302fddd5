/** A workload as a cluster holds it: the controller, its ReplicaSet, its service account and its pods. */
import type { KubernetesJson, SimWorkload } from '../scenario.ts'
import { podLabels, type SimPod, templateHash } from '../topology.ts'
import { istiodContainer } from './controlPlane.ts'
import { type Birth, made, ownerOf } from './metadata.ts'
import { type PodShape, podObject, serviceAccountOf } from './pods.ts'
import {
  injectedInitContainers,
  injectionAnnotations,
  type MeshFacts,
  meshLabels,
  proxyContainer,
  scrapeAnnotations,
} from './proxy.ts'

export function workloadObjects(
  w: SimWorkload,
  pods: readonly SimPod[],
  nodeIp: (node: string) => string,
  facts: MeshFacts,
  birth: Birth,
): KubernetesJson[] {
  const shape = shapeOf(w, facts)
  const hash = templateHash(w)
  const controller = controllerObject(w, facts, birth)
  const owner = ownerOf(birth, { ...describe(w), ...(w.kind === 'Deployment' ? replicaSetName(w) : {}) })
  const hashed: Record<string, string> =
    w.kind === 'Deployment' ? { 'pod-template-hash': hash } : { 'controller-revision-hash': hash }
  const labels = { ...shape.labels, ...hashed }
  return [
    controller,
    ...(w.kind === 'Deployment' ? [replicaSet(w, facts, birth)] : []),
    ...pods.map((pod) => podObject(w, pod, { ...shape, labels }, owner, nodeIp(pod.node), birth)),
  ]
}

const describe = (w: SimWorkload) => ({ apiVersion: 'apps/v1', kind: w.kind, namespace: w.namespace, name: w.name })

const replicaSetName = (w: SimWorkload) => ({ kind: 'ReplicaSet', name: `${w.name}-${templateHash(w)}` })

function controllerObject(w: SimWorkload, facts: MeshFacts, birth: Birth): KubernetesJson {
  const labels = { app: w.app, ...(w.version === '' ? {} : { version: w.version }), ...w.labels }
  const annotations = w.kind === 'Deployment' ? { 'deployment.kubernetes.io/revision': '1' } : undefined
  return made(
    birth,
    { ...describe(w), labels, ...(annotations === undefined ? {} : { annotations }) },
    {
      spec: {
        ...(w.kind === 'DaemonSet' ? {} : { replicas: w.replicas }),
        ...(w.kind === 'StatefulSet' ? { serviceName: w.app } : {}),
        selector: { matchLabels: selectorOf(w) },
        template: templateOf(w, facts),
      },
      status: w.kind === 'DaemonSet' ? daemonStatus(w) : replicaStatus(w, birth),
    },
  )
}

function replicaSet(w: SimWorkload, facts: MeshFacts, birth: Birth): KubernetesJson {
  const hash = { 'pod-template-hash': templateHash(w) }
  const template = templateOf(w, facts)
  return made(
    birth,
    {
      ...describe(w),
      ...replicaSetName(w),
      labels: { ...template.metadata.labels, ...hash },
      annotations: { 'deployment.kubernetes.io/revision': '1' },
      owner: ownerOf(birth, describe(w)),
    },
    {
      spec: {
        replicas: w.replicas,
        selector: { matchLabels: { ...selectorOf(w), ...hash } },
        template: { ...template, metadata: { ...template.metadata, labels: { ...template.metadata.labels, ...hash } } },
      },
      status: { replicas: w.replicas, readyReplicas: w.ready, availableReplicas: w.ready, observedGeneration: 1 },
    },
  )
}

const selectorOf = (w: SimWorkload) => ({ app: w.app, ...(w.version === '' ? {} : { version: w.version }) })

/** The template as its owner wrote it, before injection. */
function templateOf(w: SimWorkload, facts: MeshFacts) {
  return {
    metadata: {
      labels: w.gateway === undefined ? podLabels(w) : { ...podLabels(w), ...meshLabels(w, facts) },
      ...(w.gateway === undefined ? {} : { annotations: { 'istio.io/rev': facts.revision, ...scrapeAnnotations } }),
    },
    spec: { serviceAccountName: serviceAccountOf(w), containers: ownContainers(w, facts) },
  }
}

function shapeOf(w: SimWorkload, facts: MeshFacts): PodShape {
  const injected = w.mode === 'sidecar' && w.gateway === undefined
  const template = templateOf(w, facts)
  return {
    labels: injected ? { ...podLabels(w), ...meshLabels(w, facts) } : template.metadata.labels,
    annotations: {
      ...template.metadata.annotations,
      ...(injected ? injectionAnnotations(facts) : {}),
      ...(w.mode === 'ambient' ? { 'ambient.istio.io/redirection': 'enabled' } : {}),
    },
    containers: template.spec.containers,
    initContainers: injected ? injectedInitContainers(w, facts) : [],
  }
}

function ownContainers(w: SimWorkload, facts: MeshFacts) {
  if (w.gateway !== undefined) return [proxyContainer(w, facts, w.gateway === 'waypoint' ? 'waypoint' : 'router')]
  if (w.app === 'istiod') return [istiodContainer(w, facts)]
  return [
    {
      name: 'app',
      image: w.image,
      imagePullPolicy: 'IfNotPresent',
      ports: [{ containerPort: w.port ?? 8080, protocol: 'TCP' }],
      resources: { requests: { cpu: '100m', memory: '128Mi' } },
    },
  ]
}

function replicaStatus(w: SimWorkload, birth: Birth) {
  const healthy = w.ready >= w.replicas
  const at = { lastTransitionTime: birth.createdAt, lastUpdateTime: birth.createdAt }
  return {
    observedGeneration: 1,
    replicas: w.replicas,
    updatedReplicas: w.replicas,
    readyReplicas: w.ready,
    availableReplicas: w.ready,
    ...(w.kind === 'StatefulSet' ? { currentReplicas: w.replicas } : {}),
    ...(healthy ? {} : { unavailableReplicas: w.replicas - w.ready }),
    conditions: [
      {
        type: 'Available',
        status: healthy ? 'True' : 'False',
        reason: healthy ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
        message: healthy ? 'Deployment has minimum availability.' : 'Deployment does not have minimum availability.',
        ...at,
      },
    ],
  }
}

const daemonStatus = (w: SimWorkload) => ({
  observedGeneration: 1,
  desiredNumberScheduled: w.replicas,
  currentNumberScheduled: w.replicas,
  updatedNumberScheduled: w.replicas,
  numberReady: w.ready,
  numberAvailable: w.ready,
  numberMisscheduled: 0,
})
