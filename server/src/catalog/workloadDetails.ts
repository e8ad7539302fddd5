/** One workload of one cluster with its pods (reference: api.md 12.2, 13.1). */
import type { ContainerDocument, PodDocument, WorkloadDetails, WorkloadEntryDocument } from '@binocle/api/catalog'
import type { NamespaceRef } from '@binocle/api/identity'
import type { Scope } from '../access/scope.ts'
import { BinocleError } from '../errors.ts'
import { namespaceHealths } from '../health/namespaceHealth.ts'
import { noWorkloadHealth } from '../health/objects.ts'
import type { ConfigObject, Container, Labels, Pod } from '../inventory/objects.ts'
import { fieldsOf, textOf } from '../istioconfig/read.ts'
import { hasSidecar, inject, isCaptured, isWaypoint, type LabelNames, proxyContainers } from '../mesh/labels.ts'
import { type MeshFacts, meshFactsOf } from '../mesh/mesh.ts'
import type { Mesh } from '../model.ts'
import { namespaceFacts } from './namespaceFacts.ts'
import type { WorkloadDetailsQuery } from './query.ts'
import { kubernetesOverview } from './services.ts'
import { snapshotFor } from './snapshots.ts'
import { namespaceAt } from './visible.ts'
import { capturedBy, waypointsOf } from './waypoints.ts'
import type { Workload } from './workload.ts'
import { entriesOf, entryLabels } from './workloadEntries.ts'
import { workloadOverview } from './workloads.ts'

/** GET /api/namespaces/{namespace}/workloads/{workload}. Throws when there is none that may be seen. */
export async function workloadDetails(
  mesh: Mesh,
  scope: Scope,
  at: NamespaceRef,
  name: string,
  query: WorkloadDetailsQuery,
): Promise<WorkloadDetails> {
  namespaceAt(mesh, scope, at)
  const workload = findWorkload(mesh, at, name, query.gvk)
  if (workload === undefined) {
    throw new BinocleError('BIN-NOT-FOUND', `Workload.Kiali "${name}" not found`, { cluster: at.cluster })
  }
  const snapshot = await snapshotFor(mesh, query.window)
  const facts = namespaceFacts(mesh, at)
  const captured = workload.isWaypoint ? capturedBy(mesh, scope, workload) : undefined
  const injected = injection(workload)
  return {
    ...workloadOverview(workload),
    istioReferences: null,
    podCount: 0,
    dashboardAnnotations: dashboardAnnotations(workload.annotations),
    ...(injected === undefined ? {} : { istioInjectionAnnotation: injected }),
    ...(workload.group !== undefined || isEmpty(workload.labels) ? {} : { templateLabels: workload.labels }),
    ...(isEmpty(workload.templateAnnotations) ? {} : { templateAnnotations: workload.templateAnnotations }),
    desiredReplicas: workload.desiredReplicas,
    currentReplicas: workload.currentReplicas,
    availableReplicas: workload.availableReplicas,
    pods: workload.pods.map((pod) => podDocument(mesh, pod, facts.labelNames)),
    services: facts.servicesOf(workload).map((service) => kubernetesOverview(facts, service)),
    runtimes: (await mesh.runtimes?.(at, [workload])) ?? [],
    additionalDetails: [],
    validations: query.validate ? (mesh.validations?.details(scope, at.cluster, 'workload', name) ?? {}) : {},
    waypointServices: captured?.services ?? null,
    waypointWorkloads: captured?.workloads ?? waypointsOf(mesh, scope, workload),
    workloadEntries:
      workload.group === undefined
        ? null
        : entriesOf(mesh.inventory, workload.group).map((entry) => entryDocument(entry, facts.labelNames)),
    health: query.health ? namespaceHealths(mesh, at, 'detailed', snapshot).workload(workload) : noWorkloadHealth(),
  }
}

/** By name, and by `<group>/<version>, Kind=<Kind>` when it is of that form. */
export function findWorkload(mesh: Mesh, at: NamespaceRef, name: string, gvk?: string): Workload | undefined {
  const wanted = gvk?.match(/^([^/]*)\/([^/,]*), Kind=(.+)$/)
  return namespaceFacts(mesh, at).workloads.find(
    (workload) => workload.name === name && (!wanted || workload.gvk.Kind === wanted[3]),
  )
}

const isEmpty = (labels: Labels): boolean => Object.keys(labels).length === 0

const dashboardAnnotations = (annotations: Labels): Record<string, string> =>
  Object.fromEntries(Object.entries(annotations).filter(([name]) => name === 'kiali.io/dashboards'))

/** The label of the template, else its annotation when that says no. */
function injection({ labels, templateAnnotations }: Workload): boolean | undefined {
  const label = asFlag(labels[inject])
  if (label !== undefined) return label
  return asFlag(templateAnnotations[inject]) === false ? false : undefined
}

const asFlag = (text: string | undefined): boolean | undefined =>
  text === 'true' ? true : text === 'false' ? false : undefined

export function podDocument(mesh: Mesh, pod: Pod, names: LabelNames): PodDocument {
  const { names: proxies, initNames } = proxyContainers(pod)
  const gatewayProxy = (name: string) => name === 'istio-proxy' && isSystem(meshFactsOf(mesh.inventory), pod)
  const documents = (containers: readonly Container[], isProxy: (name: string) => boolean) =>
    containers.map((container) => containerDocument(container, isProxy(container.name), isCaptured(pod)))
  const istio = pod.containers.filter(({ name }) => proxies.has(name))
  const istioInit = pod.initContainers.filter(({ name }) => initNames.has(name))
  const own = pod.containers.filter(({ name }) => !proxies.has(name))
  return {
    name: pod.name,
    labels: pod.hasLabels ? pod.labels : null,
    createdAt: pod.createdAt,
    createdBy: pod.owners.length === 0 ? null : pod.owners.map(({ name, kind }) => ({ name, kind })),
    containers: own.length === 0 ? null : documents(own, gatewayProxy),
    istioContainers: istio.length === 0 ? null : documents(istio, () => true),
    istioInitContainers: istioInit.length === 0 ? null : documents(istioInit, () => true),
    status: pod.phase,
    statusMessage: pod.message,
    statusReason: pod.reason,
    appLabel: names.appOf(pod.labels) !== undefined,
    versionLabel: names.versionOf(pod.labels) !== undefined,
    annotations: pod.hasAnnotations ? pod.annotations : null,
    protocol: mesh.istiod?.protocol?.(pod, pod.name) ?? '',
    proxyStatus: hasSidecar(pod) || isWaypoint(pod.labels) ? (mesh.istiod?.proxyStatus(pod, pod.name) ?? null) : null,
    serviceAccountName: pod.serviceAccount,
  }
}

/** A namespace where some control plane of the cluster lives, or would: a remote's has the name of its primary's. */
const isSystem = (facts: MeshFacts, { cluster, namespace }: NamespaceRef): boolean =>
  [...facts.controlPlanesIn(cluster), ...facts.managersOf(cluster)].some((plane) => plane.namespace === namespace)

const containerDocument = (
  { name, image, ready }: Container,
  isProxy: boolean,
  isAmbient: boolean,
): ContainerDocument => ({ name, image, isProxy, isReady: ready, isAmbient })

function entryDocument(entry: ConfigObject, names: LabelNames): WorkloadEntryDocument {
  const labels = entryLabels(entry)
  return {
    name: entry.name,
    labels,
    createdAt: entry.createdAt,
    status: 'Running',
    statusReason: '',
    appLabel: names.appOf(labels) !== undefined,
    versionLabel: names.versionOf(labels) !== undefined,
    annotations: entry.hasAnnotations ? entry.annotations : null,
    serviceAccountName: textOf(fieldsOf(entry.resource.spec).serviceAccount),
  }
}
