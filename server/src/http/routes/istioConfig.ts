/** Istio's configuration: lists, single objects, and what is found out about them. */
import type { Scope } from '../../access/scope.ts'
import { listedNamespaces, namespaceAt } from '../../catalog/visible.ts'
import { BinocleError } from '../../errors.ts'
import type { Labels } from '../../inventory/objects.ts'
import { istioConfigDetails } from '../../istioconfig/details.ts'
import { type ConfigQuery, listIstioConfig } from '../../istioconfig/list.ts'
import { istioPermissions } from '../../istioconfig/permissions.ts'
import { type LabelTest, parseSelector } from '../../istioconfig/selectorText.ts'
import type { Mesh } from '../../model.ts'
import { knownCluster } from '../clusterName.ts'
import type { Parameters } from '../parameters.ts'
import { json, type Request, type Route, variable } from '../route.ts'
import { withUnreachable } from '../unreachable.ts'

const ofLists = ['_', 'clusterName', 'labelSelector', 'objects', 'validate', 'workloadSelector']

export function istioConfigRoutes(mesh: Mesh): readonly Route[] {
  const list = (request: Request, namespace?: string) => {
    const { scope } = request.viewer
    const cluster = knownCluster(mesh, scope, request.query)
    const query = configQuery(request.query, cluster, namespace)
    return withUnreachable(mesh, scope, listIstioConfig(mesh, scope, query), [cluster])
  }
  return [
    { method: 'GET', path: '/api/istio/config', parameters: ofLists, handle: (request) => list(request) },
    {
      method: 'GET',
      path: '/api/namespaces/:namespace/istio',
      parameters: ofLists,
      handle: (request) => list(request, variable(request, 'namespace')),
    },
    {
      method: 'GET',
      path: '/api/namespaces/:namespace/istio/:group/:version/:kind/:object',
      parameters: ['clusterName', 'help', 'validate'],
      handle: async (request) => {
        const { scope } = request.viewer
        const at = { cluster: knownCluster(mesh, scope, request.query), namespace: variable(request, 'namespace') }
        return json(
          await istioConfigDetails(mesh, request.viewer, at, {
            type: `${variable(request, 'group')}/${variable(request, 'version')}, Kind=${variable(request, 'kind')}`,
            name: variable(request, 'object'),
            // Its presence counts, as Kiali does.
            help: request.query.raw.has('help'),
            validate: request.query.boolean('validate', false),
          }),
        )
      },
    },
    {
      method: 'GET',
      path: '/api/istio/permissions',
      parameters: ['clusterName', 'namespaces'],
      handle: async ({ query, viewer }) => {
        const cluster = knownCluster(mesh, viewer.scope, query)
        return json(await istioPermissions(mesh, viewer, cluster, query.list('namespaces')))
      },
    },
    {
      method: 'GET',
      path: '/api/istio/validations',
      parameters: ['clusterName', 'namespaces'],
      handle: ({ query, viewer }) => json(summaries(mesh, viewer.scope, query)),
    },
    {
      method: 'GET',
      path: '/api/namespaces/:namespace/validations',
      parameters: ['clusterName'],
      handle: (request) => {
        const { scope } = request.viewer
        const at = { cluster: knownCluster(mesh, scope, request.query), namespace: variable(request, 'namespace') }
        namespaceAt(mesh, scope, at)
        return json(mesh.validations?.summary(scope, at))
      },
    },
  ]
}

/** In the order asked for. A namespace that does not exist is the caller's mistake. */
function summaries(mesh: Mesh, scope: Scope, query: Parameters): readonly unknown[] {
  const cluster = knownCluster(mesh, scope, query)
  const named = query.list('namespaces')
  for (const namespace of named) namespaceAt(mesh, scope, { cluster, namespace })
  return listedNamespaces(mesh, scope, cluster, named).flatMap((at) => mesh.validations?.summary(scope, at) ?? [])
}

function configQuery(query: Parameters, cluster: string, namespace: string | undefined): ConfigQuery {
  const workload = query.text('workloadSelector')
  return {
    cluster,
    ...(namespace === undefined ? {} : { namespace }),
    objects: query
      .text('objects')
      .split(';')
      .map((key) => key.trim())
      .filter((key) => key !== ''),
    validate: query.boolean('validate', false),
    labels: labelTest(query.text('labelSelector')),
    ...(workload === '' ? {} : { workload: workloadLabels(workload) }),
  }
}

function labelTest(text: string): LabelTest {
  const test = parseSelector(text)
  if (test !== undefined) return test
  throw new BinocleError('BIN-QUERY-PARAM', `cannot parse query parameter 'labelSelector'`, {
    remedy: 'Use a label selector such as `app=web,version in (v1,v2)`.',
  })
}

const workloadLabels = (text: string): Labels =>
  Object.fromEntries(
    text
      .split(',')
      .map((pair) => pair.split('='))
      .map(([name = '', value = '']) => [name.trim(), value.trim()]),
  )
