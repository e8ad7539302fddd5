/** The rim: what an answer must at least have for the page to read it. The server owns the full contract (api/). */
import type { AccessAnswer } from '@binocle/api/access'
import type { AuthInfo } from '@binocle/api/auth'
import type { AppDetails, ResourcePermissions, ServiceDetails, WorkloadDetails } from '@binocle/api/catalog'
import type { Diagnosis } from '@binocle/api/diagnosis'
import type {
  AcrossClusters,
  ClusterStatus,
  ClustersAnswer,
  DiagnosticsAnswer,
  LogicalList,
  MeshEvent,
  NamespacesAnswer,
  Overview,
} from '@binocle/api/multicluster'
import { isRecord } from './http.ts'

export const isAuthInfo = (answer: unknown): answer is AuthInfo =>
  isRecord(answer) && typeof answer.strategy === 'string' && isRecord(answer.sessionInfo)

export const isAccessAnswer = (answer: unknown): answer is AccessAnswer =>
  isRecord(answer) && everyRecord(answer.clusters, 'name', 'access') && everyRecord(answer.namespaces, 'name')

/** By namespace, then by type. */
export type Permissions = Readonly<Record<string, Readonly<Record<string, ResourcePermissions>>>>

export const isPermissions = (answer: unknown): answer is Permissions =>
  isRecord(answer) &&
  Object.values(answer).every(
    (types) =>
      isRecord(types) && Object.values(types).every((held) => isRecord(held) && typeof held.create === 'boolean'),
  )

export const isClustersAnswer = (answer: unknown): answer is ClustersAnswer =>
  isRecord(answer) && everyRecord(answer.clusters, 'name', 'state') && isRecord(answer.prometheus)

export const isDiagnosis = (answer: unknown): answer is Diagnosis =>
  isRecord(answer) && everyRecord(answer.steps, 'name', 'title', 'state', 'found') && Array.isArray(answer.rights)

export const isDiagnostics = (answer: unknown): answer is DiagnosticsAnswer =>
  isRecord(answer) &&
  Array.isArray(answer.clusters) &&
  answer.clusters.every(
    (cluster) => isRecord(cluster) && typeof cluster.name === 'string' && everyRecord(cluster.kinds, 'kind', 'state'),
  ) &&
  Array.isArray(answer.sources)

export const isLogicalList = (answer: unknown): answer is LogicalList =>
  isRecord(answer) && everyRecord(answer.objects, 'namespace', 'name') && Array.isArray(answer.unreachable)

export const isNamespacesAnswer = (answer: unknown): answer is NamespacesAnswer =>
  isRecord(answer) && everyRecord(answer.namespaces, 'name') && Array.isArray(answer.unreachable)

export const isOverview = (answer: unknown): answer is Overview =>
  isRecord(answer) && everyRecord(answer.problems, 'text', 'href') && isRecord(answer.counts)

export const isServiceDetails = (answer: unknown): answer is ServiceDetails =>
  isRecord(answer) && isRecord(answer.service) && typeof answer.service.name === 'string'

export const isWorkloadDetails = (answer: unknown): answer is WorkloadDetails =>
  isRecord(answer) && typeof answer.name === 'string' && isRecord(answer.gvk)

export const isAppDetails = (answer: unknown): answer is AppDetails =>
  isRecord(answer) && typeof answer.name === 'string' && Array.isArray(answer.serviceNames)

/** A detail answer for all clusters: each cluster's document beside the differences. */
export const isAcross =
  <Document>(isDocument: (value: unknown) => value is Document) =>
  (answer: unknown): answer is AcrossClusters<Document> =>
    isRecord(answer) &&
    isRecord(answer.clusters) &&
    Object.values(answer.clusters).every(isDocument) &&
    Array.isArray(answer.differences) &&
    Array.isArray(answer.unreachable) &&
    Array.isArray(answer.traffic)

const isClusterStatus = (value: unknown): value is ClusterStatus =>
  isRecord(value) && typeof value.name === 'string' && typeof value.state === 'string'

/** An event of the stream; anything else is ignored, so that a newer server may say more. */
export function isMeshEvent(value: unknown): value is MeshEvent {
  if (!isRecord(value)) return false
  if (value.type === 'hello') return true
  if (value.type === 'inventory') return everyRecord(value.changed, 'cluster')
  if (value.type === 'cluster-gone') return typeof value.name === 'string'
  if (value.type === 'cluster') return isClusterStatus(value.cluster)
  return value.type === 'traffic'
}

const everyRecord = (value: unknown, ...texts: string[]): boolean =>
  Array.isArray(value) && value.every((one) => isRecord(one) && texts.every((text) => typeof one[text] === 'string'))
