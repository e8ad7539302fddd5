/** The ordered diagnosis of one cluster: what `binocle doctor` says, on the page. */
import type { Scope } from '../../access/scope.ts'
import type { Diagnoses } from '../../diagnosis/diagnoses.ts'
import { BinocleError } from '../../errors.ts'
import type { Mesh } from '../../model.ts'
import { checkCluster } from '../clusterName.ts'
import { json, type Route, variable } from '../route.ts'

export function diagnosisRoutes(mesh: Mesh, diagnoses: Diagnoses): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/api/multicluster/clusters/:cluster/diagnosis',
      parameters: ['fresh'],
      handle: async (request) => {
        const cluster = variable(request, 'cluster')
        checkWhole(mesh, request.viewer.scope, cluster)
        const answer = diagnoses.of(cluster, request.query.boolean('fresh', false))
        if (answer === undefined) {
          throw new BinocleError('BIN-NOT-FOUND', `There is nothing to diagnose: [${cluster}] is only known by name.`, {
            remedy: 'Give the console access to it with: binocle remote-secret create.',
          })
        }
        return json(await answer)
      },
    },
  ]
}

/** It names pods and rights of the whole cluster: only for who may read cluster-wide facts. */
function checkWhole(mesh: Mesh, scope: Scope, cluster: string): void {
  checkCluster(mesh, scope, cluster)
  if (scope.seesCluster(cluster) === 'yes') return
  throw new BinocleError('BIN-QUERY-CLUSTER', `You may not diagnose cluster [${cluster}].`, {
    status: 403,
    remedy: 'Ask for the right to see the whole cluster.',
  })
}
