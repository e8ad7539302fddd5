/** Control planes, the mesh graph, and the state of Istio's components. */
import { controlPlaneDocuments } from '../../meshgraph/controlPlanes.ts'
import { meshGraph } from '../../meshgraph/meshGraph.ts'
import { parseMeshGraphOptions } from '../../meshgraph/options.ts'
import type { Mesh } from '../../model.ts'
import type { AboutPrometheus } from '../../status/aboutPrometheus.ts'
import { componentStatus } from '../../status/componentStatus.ts'
import type { IstiodAnswers } from '../../status/istiodStatus.ts'
import { kialiVersion } from '../../status/status.ts'
import { json, type Route } from '../route.ts'

export function meshRoutes(
  mesh: Mesh,
  prometheus: () => AboutPrometheus,
  istiodAnswers: IstiodAnswers,
): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/api/istio/status',
      handle: ({ viewer }) => json(componentStatus(mesh, viewer.scope, istiodAnswers)),
    },
    {
      method: 'GET',
      path: '/api/mesh/controlplanes',
      handle: ({ viewer }) => json(controlPlaneDocuments(mesh, viewer.scope, istiodAnswers)),
    },
    {
      method: 'GET',
      path: '/api/mesh/graph',
      handle: ({ query, viewer }) =>
        json(
          meshGraph(mesh, viewer.scope, parseMeshGraphOptions(query.raw), {
            istiodAnswers,
            consoleVersion: kialiVersion,
            prometheusVersion: prometheus().version,
          }),
        ),
    },
  ]
}
