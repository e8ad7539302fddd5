/** Controllers of pods: Deployments and the like, each with its own words for how many replicas there are. */
import { count, type Json, record, records, text, texts } from './json.ts'
import type { Controller, Labels, PodTemplate, TemplateContainer, WorkloadKind } from './objects.ts'
import type { Origin } from './origin.ts'
import { hasMap, metaOf, ownersOf, stringMap } from './slimMeta.ts'

export function slimController(json: Json, origin: Origin): Controller {
  const spec = record(json, 'spec')
  const kind = workloadKind(origin.kubernetesKind)
  const { share } = origin.sharing
  return {
    kind,
    apiVersion: share(origin.group === '' ? origin.version : `${origin.group}/${origin.version}`),
    owners: ownersOf(json, origin),
    selector: share(selectorOf(spec, kind)),
    template: share(templateOf(kind === 'CronJob' ? record(record(spec, 'jobTemplate'), 'spec') : spec)),
    ...replicas(kind, spec, record(json, 'status')),
    ...metaOf(json, origin),
  }
}

const workloadKinds: readonly WorkloadKind[] = [
  'CronJob',
  'DaemonSet',
  'Deployment',
  'DeploymentConfig',
  'Job',
  'ReplicaSet',
  'ReplicationController',
  'StatefulSet',
]

function workloadKind(name: string): WorkloadKind {
  const kind = workloadKinds.find((each) => each === name)
  if (kind === undefined) throw new Error(`${name} is not a kind of workload`)
  return kind
}

/** A ReplicationController's selector is the map itself. */
function selectorOf(spec: Json, kind: WorkloadKind): Labels {
  return kind === 'ReplicationController'
    ? stringMap(spec, 'selector')
    : stringMap(record(spec, 'selector'), 'matchLabels')
}

function templateOf(spec: Json): PodTemplate {
  const template = record(spec, 'template')
  const metadata = record(template, 'metadata')
  const pod = record(template, 'spec')
  const labels = stringMap(metadata, 'labels')
  const containers = records(pod, 'containers')
  const controlPlane = labels.app === 'istiod' || containers.some((each) => /\/pilot[:@]/.test(text(each, 'image')))
  return {
    labels,
    annotations: stringMap(metadata, 'annotations'),
    hasLabels: hasMap(metadata, 'labels'),
    hasAnnotations: hasMap(metadata, 'annotations'),
    serviceAccount: text(pod, 'serviceAccountName'),
    containers: containers.map((each) => templateContainer(each, controlPlane)),
  }
}

function templateContainer(container: Json, controlPlane: boolean): TemplateContainer {
  const ports = records(container, 'ports').map((port) => ({
    name: text(port, 'name'),
    port: count(port, 'containerPort'),
  }))
  const slim = {
    name: text(container, 'name'),
    image: text(container, 'image'),
    ...(ports.length > 0 ? { ports } : {}),
  }
  if (!controlPlane) return { env: {}, args: [], ...slim }
  return {
    env: Object.fromEntries(records(container, 'env').map((each) => [text(each, 'name'), text(each, 'value')])),
    args: [...texts(container, 'args')],
    resources: record(container, 'resources'),
    ...slim,
  }
}

type Replicas = Pick<Controller, 'availableReplicas' | 'currentReplicas' | 'desiredReplicas' | 'readyReplicas'>

/** As Kiali counts them. A Job's are its pods: finished ones count as desired and available. */
function replicas(kind: WorkloadKind, spec: Json, status: Json): Replicas {
  switch (kind) {
    case 'DaemonSet':
      return {
        desiredReplicas: count(status, 'desiredNumberScheduled'),
        currentReplicas: count(status, 'currentNumberScheduled'),
        availableReplicas: count(status, 'numberAvailable'),
        readyReplicas: count(status, 'numberReady'),
      }
    case 'Job': {
      const running = count(status, 'active')
      const finished = count(status, 'succeeded')
      const all = running + finished + count(status, 'failed')
      return {
        desiredReplicas: all,
        currentReplicas: all,
        availableReplicas: running + finished,
        readyReplicas: count(status, 'ready'),
      }
    }
    case 'CronJob':
      return { desiredReplicas: 0, currentReplicas: 0, availableReplicas: 0, readyReplicas: 0 }
    default:
      return {
        desiredReplicas: count(spec, 'replicas', 1),
        currentReplicas: count(status, 'replicas'),
        availableReplicas: count(status, 'availableReplicas'),
        readyReplicas: count(status, 'readyReplicas'),
      }
  }
}
