/** The ordered diagnosis of one cluster: what `binocle doctor` says, on the page. */
import type { Diagnoses } from '../../diagnosis/diagnoses.ts'
import { BinocleError } from '../../errors.ts'
import type { Mesh } from '../../model.ts'
import { checkWholeCluster } from '../clusterName.ts'
import { json, type Route, variable } from '../route.ts'

export function diagnosisRoutes(mesh: Mesh, diagnoses: Diagnoses): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/api/multicluster/clusters/:cluster/diagnosis',
      parameters: ['fresh'],
      handle: async (request) => {
        const cluster = variable(request, 'cluster')
        // It names pods and rights of the whole cluster.
        checkWholeCluster(mesh, request.viewer.scope, cluster)
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
