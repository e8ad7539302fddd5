/** One pod, and what its proxy says of itself: the proxy is asked when somebody asks. */
import type { Audit, AuditEvent } from '../../audit.ts'
import { podAlone, podAt, proxyOf } from '../../catalog/pod.ts'
import { findNamespace } from '../../catalog/visible.ts'
import { BinocleError } from '../../errors.ts'
import { identityDomain, meshFactsOf } from '../../mesh/mesh.ts'
import type { Mesh } from '../../model.ts'
import { type LogLevel, logLevels, type ProxyAdmin } from '../../proxies/admin.ts'
import { type Dump, textOf } from '../../proxies/dump.ts'
import type { PodRef } from '../../proxies/podRef.ts'
import { isSummarised, summaryOf } from '../../proxies/summary.ts'
import { ztunnelDocument } from '../../proxies/ztunnel.ts'
import { knownCluster } from '../clusterName.ts'
import { empty, json, jsonText, type Request, type Route, variable } from '../route.ts'

const path = '/api/namespaces/:namespace/pods/:pod'

/** `proxies`: absent = no proxy can be asked. */
export function podRoutes(mesh: Mesh, proxies: ProxyAdmin | undefined, audit: Audit): readonly Route[] {
  const refOf = (request: Request): PodRef => ({
    cluster: knownCluster(mesh, request.viewer.scope, request.query),
    namespace: variable(request, 'namespace'),
    name: variable(request, 'pod'),
  })

  /** A pod that may not be seen and one that is not there answer alike. */
  function checked(request: Request, wanted: 'envoy' | 'ztunnel'): PodRef {
    const ref = refOf(request)
    const pod = podAt(mesh, request.viewer.scope, ref, ref.name)
    if (proxyOf(pod) === wanted) return ref
    throw new BinocleError('BIN-PROXY-ABSENT', `pod "${ref.name}" has no ${names[wanted]}`, {
      cluster: ref.cluster,
      remedy: `Ask for ${owners[wanted]}.`,
    })
  }

  /** A configuration is nearly a secret, and a level is a change: both are written down. */
  async function told<T>(
    request: Request,
    { cluster, namespace, name }: PodRef,
    what: Pick<AuditEvent, 'type' | 'verb'>,
    ask: (admin: ProxyAdmin) => Promise<T>,
  ): Promise<T> {
    const note = (more: Pick<AuditEvent, 'outcome' | 'reason' | 'status'>): void => {
      const event = { ...what, ...more, cluster, namespace, name, gvk: '/v1, Kind=Pod' }
      audit.record(event, request.incoming, request.viewer.login)
    }
    try {
      if (proxies === undefined) throw new BinocleError('BIN-PROXY-ABSENT', 'No proxy can be asked here.', { cluster })
      const answer = await ask(proxies)
      note({ outcome: 'success', status: 200 })
      return answer
    } catch (error) {
      const known = error instanceof BinocleError ? error : undefined
      const outcome = known?.status === 403 ? 'denied' : 'failure'
      note({ outcome, status: known?.status ?? 500, reason: known?.code ?? 'BIN-INTERNAL' })
      throw error
    }
  }

  const dumpOf = (request: Request, ref: PodRef): Promise<Dump> =>
    told(request, ref, reading, (admin) => admin.dump(request.viewer.login, ref))

  return [
    {
      method: 'GET',
      path,
      handle: (request) => {
        const ref = refOf(request)
        return json(podAlone(mesh, podAt(mesh, request.viewer.scope, ref, ref.name)))
      },
    },
    {
      method: 'GET',
      path: `${path}/config_dump`,
      handle: async (request) => {
        const dump = await dumpOf(request, checked(request, 'envoy'))
        return jsonText(wrapped(textOf(dump)))
      },
    },
    {
      method: 'GET',
      path: `${path}/config_dump/:resource`,
      handle: async (request) => {
        const ref = checked(request, 'envoy')
        const resource = variable(request, 'resource')
        // Of anything else there is nothing to tell, whatever the proxy would say.
        if (!isSummarised(resource) || proxies === undefined) return json({})
        const dump = await dumpOf(request, ref)
        const { cluster } = ref
        const names = {
          domain: identityDomain(meshFactsOf(mesh.inventory), cluster, mesh.config.istio),
          isNamespace: (namespace: string) =>
            findNamespace(mesh, request.viewer.scope, { cluster, namespace }) !== undefined,
        }
        return json(await summaryOf(dump, resource, names, proxies.pacer))
      },
    },
    {
      method: 'GET',
      path: `${path}/config_dump_ztunnel`,
      handle: async (request) => {
        const { scope, login } = request.viewer
        const ref = checked(request, 'ztunnel')
        const dump = await told(request, ref, reading, (admin) => admin.ztunnelDump(login, ref))
        return json(proxies && (await ztunnelDocument(dump, scope, ref.cluster, proxies.pacer)))
      },
    },
    {
      method: 'POST',
      path: `${path}/logging`,
      handle: async (request) => {
        const level = levelOf(request)
        const ref = checked(request, 'envoy')
        const setting = { type: 'write', verb: 'update' } as const
        await told(request, ref, setting, (admin) => admin.setLogLevel(request.viewer.login, ref, level))
        return empty(200)
      },
    },
  ]
}

function* wrapped(dump: Iterable<string>): Generator<string> {
  yield '{"config_dump":'
  yield* dump
  yield '}'
}

const reading = { type: 'read', verb: 'get' } as const

const names = { envoy: 'Envoy', ztunnel: 'ztunnel' }
const owners = { envoy: 'a pod with a sidecar, a gateway or a waypoint', ztunnel: 'a pod of the ztunnel DaemonSet' }

/** Throws BIN-QUERY-PARAM, in Kiali's words. */
function levelOf({ query }: Request): LogLevel {
  const level = query.text('level')
  const found = logLevels.find((each) => each === level)
  if (found !== undefined) return found
  const valid = logLevels.join(', ')
  throw new BinocleError(
    'BIN-QUERY-PARAM',
    level === '' ? 'level query param is not set' : `${level} is an invalid log level. Valid log levels are: ${valid}`,
    { remedy: `Use one of: ${valid}.` },
  )
}
