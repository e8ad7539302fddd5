/** Every route of the server, in one list. */
import type { Audit } from '../../audit.ts'
import { authRoutes, type Strategy } from '../../auth/auth.ts'
import type { Diagnoses } from '../../diagnosis/diagnoses.ts'
import { createGraphCache } from '../../graph/graphCache.ts'
import { trafficGraph } from '../../graph/trafficGraph.ts'
import type { Mesh } from '../../model.ts'
import type { OwnMetrics } from '../../ownMetrics.ts'
import type { ProxyAdmin } from '../../proxies/admin.ts'
import type { AboutPrometheus } from '../../status/aboutPrometheus.ts'
import type { IstiodAnswers } from '../../status/istiodStatus.ts'
import type { Later } from '../events.ts'
import { type Route, text } from '../route.ts'
import { accessRoutes } from './access.ts'
import { type Build, basicRoutes } from './basic.ts'
import { changeRoutes } from './changes.ts'
import { detailRoutes } from './details.ts'
import { diagnosisRoutes } from './diagnosis.ts'
import { diagnosticsRoutes } from './diagnostics.ts'
import { graphRoutes } from './graphs.ts'
import { istioConfigRoutes } from './istioConfig.ts'
import { listRoutes } from './lists.ts'
import { meshRoutes } from './mesh.ts'
import { metricsRoutes } from './metrics.ts'
import { multiclusterRoutes } from './multicluster.ts'
import { namespaceRoutes } from './namespaces.ts'
import { podRoutes } from './pods.ts'

export interface Served {
  readonly mesh: Mesh
  readonly strategy: Strategy
  readonly build: Build
  readonly prometheus: () => AboutPrometheus
  readonly istiodAnswers: IstiodAnswers
  readonly diagnoses: Diagnoses
  readonly metrics: Pick<OwnMetrics, 'contentType' | 'streamOpened' | 'text'>
  /** Absent = no proxy can be asked. */
  readonly proxies?: ProxyAdmin
  readonly later: Later
  readonly audit: Audit
}

export function allRoutes(served: Served): readonly Route[] {
  const { mesh } = served
  const graphs = createGraphCache(mesh, trafficGraph)
  return [
    ...authRoutes(served.strategy),
    ...basicRoutes(mesh, served.build, served.prometheus),
    ...meshRoutes(mesh, served.prometheus, served.istiodAnswers),
    ...namespaceRoutes(mesh),
    ...listRoutes(mesh),
    ...detailRoutes(mesh),
    ...podRoutes(mesh, served.proxies, served.audit),
    ...istioConfigRoutes(mesh),
    ...changeRoutes(mesh, served.audit, served.later),
    ...graphRoutes(mesh, graphs),
    ...multiclusterRoutes(mesh, graphs, { later: served.later, opened: served.metrics.streamOpened }),
    ...accessRoutes(mesh),
    ...diagnosisRoutes(mesh, served.diagnoses),
    ...diagnosticsRoutes(mesh),
    ...metricsRoutes(mesh),
    ...ownMetricsRoutes(served),
  ]
}

function ownMetricsRoutes({ mesh, metrics }: Served): readonly Route[] {
  const { auth, server } = mesh.config
  // They name all clusters: beside a login they have a port of their own.
  if (auth.strategy !== 'anonymous' || server.metricsEnabled === false || server.metricsPort !== undefined) return []
  return [{ method: 'GET', path: '/metrics', handle: async () => text(200, metrics.contentType, await metrics.text()) }]
}
