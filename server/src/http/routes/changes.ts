/** Routes that change something in one cluster: each is sent as the person who asks, written down, and waited for. */
import { createHash } from 'node:crypto'
import type { ChangeRequest } from '../../access/change.ts'
import type { Audit, AuditEvent } from '../../audit.ts'
import { namespaceOf } from '../../catalog/namespaces.ts'
import { serviceDetails } from '../../catalog/serviceDetails.ts'
import { namespaceAt } from '../../catalog/visible.ts'
import { workloadDetails } from '../../catalog/workloadDetails.ts'
import { workloadKind } from '../../catalog/workloadKind.ts'
import { BinocleError } from '../../errors.ts'
import { caughtUp, isAsNew } from '../../inventory/caughtUp.ts'
import type { Kind } from '../../inventory/inventory.ts'
import { resources } from '../../inventory/kinds.ts'
import { creation, deletion, patch, patchOf } from '../../istioconfig/change.ts'
import { changedDocument, headOf } from '../../istioconfig/changed.ts'
import { type ManagedType, requiredType } from '../../istioconfig/managed.ts'
import type { Mesh } from '../../model.ts'
import { knownCluster } from '../clusterName.ts'
import type { Later } from '../events.ts'
import { empty, json, type Reply, type Request, type Route, variable } from '../route.ts'
import { detailsQuery } from './details.ts'

/** As much as an API server takes. */
const maxBodyBytes = 3 * 1024 * 1024

export function changeRoutes(mesh: Mesh, audit: Audit, later: Later): readonly Route[] {
  const { inventory } = mesh

  /** A namespace that does not exist and one that may not be seen answer alike, before anything is sent. */
  function placeOf(request: Request): Place {
    const { scope } = request.viewer
    const at = { cluster: knownCluster(mesh, scope, request.query), namespace: variable(request, 'namespace') }
    namespaceAt(mesh, scope, at)
    return at
  }

  /** What is to be changed is written down also where it cannot be found. */
  function found<T>(request: Request, verb: string, find: () => T): T {
    try {
      return find()
    } catch (error) {
      const { incoming, viewer } = request
      const where = { cluster: request.query.text('clusterName'), namespace: variable(request, 'namespace') }
      audit.record({ type: 'write', verb, ...where, ...outcomeOf(error) }, incoming, viewer.login)
      throw error
    }
  }

  async function send(request: Request, at: Place, what: Named, change: () => ChangeRequest): Promise<unknown> {
    const { incoming, viewer } = request
    let known = what
    const note = (more: Pick<AuditEvent, 'outcome' | 'reason' | 'status'>): void =>
      audit.record({ type: 'write', ...at, ...known, ...digestOf(incoming.body), ...more }, incoming, viewer.login)
    try {
      if (mesh.change === undefined) throw new BinocleError('BIN-VIEW-ONLY', 'Nothing can be changed here.')
      const sent = change()
      known = { name: headOf(sent.body).name, ...what }
      const answer = await mesh.change(viewer.login, sent)
      // A name may be made by the cluster.
      known = { name: headOf(answer).name, ...what }
      note({ outcome: 'success', status: 200 })
      return answer
    } catch (error) {
      note(outcomeOf(error))
      throw error
    }
  }

  /** What the API server answered is in the inventory, or something newer is. */
  async function taken(kind: Kind, at: Place, answer: unknown): Promise<void> {
    const { name, resourceVersion } = headOf(answer)
    await caughtUp(inventory, () => isAsNew(inventory.get(kind, at, name)?.resourceVersion, resourceVersion), later)
  }

  const ofConfig = (request: Request): { readonly at: Place; readonly type: ManagedType } => ({
    type: requiredType(
      `${variable(request, 'group')}/${variable(request, 'version')}, Kind=${variable(request, 'kind')}`,
    ),
    at: placeOf(request),
  })

  return [
    {
      method: 'POST',
      path: '/api/namespaces/:namespace/istio/:group/:version/:kind',
      parameters: ['clusterName'],
      maxBodyBytes,
      handle: async (request) => {
        const { at, type } = found(request, 'create', () => ofConfig(request))
        const what = { verb: 'create', gvk: type.key }
        const answer = await send(request, at, what, () => creation(mesh, at, type, request.incoming.body))
        await taken(type.kind, at, answer)
        return json(changedDocument(at, type, answer))
      },
    },
    {
      method: 'PATCH',
      path: '/api/namespaces/:namespace/istio/:group/:version/:kind/:object',
      parameters: ['clusterName'],
      maxBodyBytes,
      handle: async (request) => {
        const { at, type } = found(request, 'update', () => ofConfig(request))
        const name = variable(request, 'object')
        const what = { verb: 'update', gvk: type.key, name }
        const answer = await send(request, at, what, () => patchOf(mesh, at, type, name, request.incoming.body))
        await taken(type.kind, at, answer)
        return json(changedDocument(at, type, answer))
      },
    },
    {
      method: 'DELETE',
      path: '/api/namespaces/:namespace/istio/:group/:version/:kind/:object',
      parameters: ['clusterName'],
      handle: async (request) => {
        const { at, type } = found(request, 'delete', () => ofConfig(request))
        const name = variable(request, 'object')
        const what = { verb: 'delete', gvk: type.key, name }
        try {
          const answer = await send(request, at, what, () => deletion(mesh, at, type, name))
          // A finalizer may keep it for long: then it is only marked.
          const isGone = (): boolean => headOf(answer).isMarked || inventory.get(type.kind, at, name) === undefined
          await caughtUp(inventory, isGone, later)
        } catch (error) {
          // Gone is what was wanted, as Kiali has it.
          if (!(error instanceof BinocleError) || error.status !== 404) throw error
        }
        return empty(200)
      },
    },
    {
      method: 'PATCH',
      path: '/api/namespaces/:namespace',
      parameters: ['clusterName'],
      maxBodyBytes,
      handle: async (request) => {
        const { cluster, namespace } = found(request, 'update', () => placeOf(request))
        const whole = { cluster, namespace: '' }
        const what = { verb: 'update', gvk: '/v1, Kind=Namespace', name: namespace }
        const answer = await send(request, { cluster, namespace }, what, () =>
          patch(mesh, whole, 'namespaces', namespace, request.incoming.body, 'merge'),
        )
        await taken('namespaces', whole, answer)
        return json(namespaceOf(mesh, request.viewer.scope, { cluster, namespace }))
      },
    },
    {
      method: 'PATCH',
      path: '/api/namespaces/:namespace/services/:service',
      parameters: ['clusterName', 'patchType', 'queryTime', 'rateInterval', 'validate'],
      maxBodyBytes,
      handle: async (request) => {
        const at = found(request, 'update', () => placeOf(request))
        const name = variable(request, 'service')
        await patched(request, at, 'services', name)
        return json(await serviceDetails(mesh, request.viewer.scope, at, name, detailsQuery(mesh, request)))
      },
    },
    {
      method: 'PATCH',
      path: '/api/namespaces/:namespace/workloads/:workload',
      parameters: ['clusterName', 'gvk', 'patchType', 'queryTime', 'rateInterval', 'validate'],
      maxBodyBytes,
      handle: async (request): Promise<Reply> => {
        const name = variable(request, 'workload')
        const gvk = request.query.text('gvk')
        const { at, kind } = found(request, 'update', () => {
          const at = placeOf(request)
          return { at, kind: workloadKind(mesh, at, name, gvk) }
        })
        await patched(request, at, kind, name)
        return json(
          await workloadDetails(mesh, request.viewer.scope, at, name, { ...detailsQuery(mesh, request), gvk }),
        )
      },
    },
  ]

  async function patched(request: Request, at: Place, kind: Kind, name: string): Promise<void> {
    const { group, kubernetesKind, versions } = resources[kind]
    const gvk = `${group}/${versions[0] ?? ''}, Kind=${kubernetesKind}`
    const form = request.query.text('patchType')
    const answer = await send(request, at, { verb: 'update', gvk, name }, () =>
      patch(mesh, at, kind, name, request.incoming.body, form),
    )
    await taken(kind, at, answer)
  }
}

interface Place {
  readonly cluster: string
  readonly namespace: string
}

function outcomeOf(error: unknown): Pick<AuditEvent, 'outcome' | 'reason' | 'status'> {
  const { code: reason, status } = error instanceof BinocleError ? error : { code: 'BIN-INTERNAL', status: 500 }
  return { outcome: status === 403 ? 'denied' : 'failure', reason, status }
}

type Named = Pick<AuditEvent, 'gvk' | 'name' | 'verb'>

const digestOf = (body: string): Pick<AuditEvent, 'bodyBytes' | 'bodySha256'> =>
  body === '' ? {} : { bodyBytes: Buffer.byteLength(body), bodySha256: createHash('sha256').update(body).digest('hex') }
