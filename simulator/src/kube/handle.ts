/**
 * The life of a request: fault, who asks, as whom, may he, what is it about, answer. Everything that goes wrong on the
 * way is a `Status`.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Answer, type Api, type Exchange, json, plainText } from './api.ts'
import { anonymous, authenticated, type Viewer } from './identities.ts'
import { list } from './list.ts'
import { podLog } from './logs.ts'
import { openApi } from './openApi.ts'
import { writeAll } from './outlet.ts'
import { type Attributes, refusal } from './rbac.ts'
import { formOf, objectText } from './representation.ts'
import { type PathInfo, type RequestInfo, type ResourceInfo, requestInfo } from './requestInfo.ts'
import { type ResourceType, resourceName } from './resources.ts'
import { review } from './reviews.ts'
import { forbidden, noSuchResource, notAcceptable, notFound, StatusError, statusOf, unauthorized } from './status.ts'
import { issueToken } from './tokens.ts'
import { watch } from './watch.ts'
import { create, deleteCollection, deleteObject, patch, readScale, update } from './write.ts'

/** Answers one request; never throws. */
export async function handle(api: Api, request: IncomingMessage, response: ServerResponse): Promise<void> {
  await api.faults.moving()
  const { slowMs } = api.faults.state
  if (slowMs > 0) await new Promise<void>((resolve) => api.schedule(slowMs, resolve))
  if (response.destroyed) return
  try {
    const fault = faultOf(api)
    if (fault) throw fault
    const answer = brokenAnswer(api) ?? (await answerOf(api, request, response))
    if (answer) await send(api, response, answer)
  } catch (error) {
    const status = error instanceof StatusError ? error : new StatusError(500, 'InternalError', String(error))
    if (response.headersSent) response.destroy()
    else await send(api, response, statusAnswer(status))
  }
}

function statusAnswer(error: StatusError): Answer {
  const answer = json(error.code, statusOf(error))
  return error.retryAfterS === undefined ? answer : { ...answer, headers: { 'retry-after': String(error.retryAfterS) } }
}

/** What an overloaded or failing server says to everything; undefined while it is well. */
export function faultOf(api: Api): StatusError | undefined {
  const { error } = api.faults.state
  if (error === 0) return undefined
  if (error === 429) {
    return new StatusError(
      error,
      'TooManyRequests',
      'the server has received too many requests and has asked us to try again later',
      {
        details: { retryAfterSeconds: 1 },
        retryAfterS: 1,
      },
    )
  }
  const reason = error === 503 ? 'ServiceUnavailable' : 'InternalError'
  return new StatusError(error, reason, 'the server is currently unable to handle the request')
}

/** What comes from a proxy in front of the server, or from a broken one. */
function brokenAnswer(api: Api): Answer | undefined {
  const { answer } = api.faults.state
  if (answer === 'html') {
    return {
      status: 200,
      contentType: 'text/html',
      body: '<!doctype html><title>Sign in</title><p>Please sign in.</p>',
    }
  }
  if (answer === 'garbage')
    return { status: 200, contentType: 'application/json', body: '{"kind":"PodList","items":[{' }
  return undefined
}

/** Undefined: the handler answers by itself, or has. */
async function answerOf(api: Api, request: IncomingMessage, response: ServerResponse): Promise<Answer | undefined> {
  const url = new URL(request.url ?? '/', 'https://127.0.0.1')
  const info = requestInfo(request.method ?? 'GET', url)
  const viewer = await viewerOf(api, request)
  permit(api, viewer, info)
  if (info.about === 'path') return pathAnswer(api, info)
  const { group, version } = info
  if (!api.documents.at(group === '' ? `/api/${version}` : `/apis/${group}/${version}`)) return pageNotFound
  return resourceAnswer(api, exchangeOf(api, info, viewer, url.searchParams, request, response))
}

/** Who asks, after impersonation. Throws 401 for a token that is not good, 403 for a mask he may not wear. */
export async function viewerOf(api: Api, request: IncomingMessage): Promise<Viewer> {
  const viewer = await bearer(api, request)
  const [user = ''] = headers(request, 'impersonate-user').map(asUtf8)
  if (user === '') return viewer
  const groups = headers(request, 'impersonate-group').map(asUtf8)
  const [, , namespace = '', account = ''] = user.split(':')
  const asked: Attributes[] = user.startsWith('system:serviceaccount:')
    ? [impersonation('serviceaccounts', account, namespace)]
    : [impersonation('users', user)]
  for (const wanted of [...asked, ...groups.map((group) => impersonation('groups', group))]) {
    if (api.authorizer.allows(viewer, wanted)) continue
    throw forbidden(refusal(viewer, wanted), 'path' in wanted ? {} : { name: wanted.name, kind: wanted.resource })
  }
  return user === anonymous.user ? anonymous : authenticated({ user, groups })
}

const impersonation = (resource: string, name: string, namespace = ''): Attributes => ({
  verb: 'impersonate',
  group: '',
  resource,
  subresource: '',
  namespace,
  name,
})

async function bearer(api: Api, request: IncomingMessage): Promise<Viewer> {
  const given = header(request, 'authorization')
  if (given === '') return anonymous
  const [, token = ''] = /^Bearer\s+(\S+)$/i.exec(given) ?? []
  await api.admit?.(token)
  const viewer = api.faults.state.tokenExpired ? undefined : api.identities.viewerOf(token)
  if (!viewer) throw unauthorized()
  return viewer
}

/** Header lines are bytes, which Node shows as Latin-1. */
const asUtf8 = (line: string): string => Buffer.from(line, 'latin1').toString()

const header = (request: IncomingMessage, name: string): string => headers(request, name)[0] ?? ''

const headers = (request: IncomingMessage, name: string): readonly string[] => request.headersDistinct[name] ?? []

/** Throws 403 when the viewer may not, or nobody may by the fault. */
export function permit(api: Api, viewer: Viewer, info: RequestInfo): void {
  const wanted: Attributes =
    info.about === 'path'
      ? { verb: info.verb, path: info.path }
      : {
          verb: info.verb,
          group: info.group,
          resource: info.plural,
          subresource: info.subresource,
          namespace: info.namespace,
          name: info.name,
        }
  const name = info.about === 'path' ? '' : resourceName(info)
  const closed = api.faults.state.forbidden.some((one) => one === name || (one === '*' && name !== ''))
  if (!closed && api.authorizer.allows(viewer, wanted)) return
  const details =
    info.about === 'path'
      ? {}
      : {
          ...(info.name === '' ? {} : { name: info.name }),
          ...(info.group === '' ? {} : { group: info.group }),
          kind: info.plural,
        }
  throw forbidden(refusal(viewer, wanted), details)
}

function pathAnswer(api: Api, { path, verb }: PathInfo): Answer {
  if (/^\/(healthz|livez|readyz)(\/.*)?$/.test(path)) return plainText(200, 'ok')
  if (path === '/version' || path === '/version/') return json(200, api.documents.version)
  if (path === '/.well-known/oauth-authorization-server' && api.openShift) return json(200, api.openShift.wellKnown)
  const document = verb === 'get' ? (api.documents.at(path) ?? openApi(api.resources, path)) : undefined
  return document ? json(200, document) : pageNotFound
}

/** The request with its resource. Throws 404 when the server does not serve it. */
export function exchangeOf(
  api: Api,
  info: ResourceInfo,
  viewer: Viewer,
  query: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
): Exchange {
  const type = api.resources.byPlural(info.group, info.version, info.plural)
  if (!type || (info.namespace !== '' && !type.namespaced && info.plural !== 'namespaces')) throw noSuchResource()
  const form = formOf(request.headers.accept ?? '')
  if (!form && info.subresource !== 'log') throw notAcceptable()
  const representation = {
    type,
    version: info.version,
    form: form ?? 'object',
    includeObject: query.get('includeObject') ?? 'Metadata',
    nowMs: api.clock(),
  }
  return { info: inStore(info, type), type, viewer, query, representation, request, response }
}

/** A namespace is authorised as lying in itself, but is stored as cluster-scoped. */
const inStore = (info: ResourceInfo, type: ResourceType): ResourceInfo =>
  type.namespaced ? info : { ...info, namespace: '' }

async function resourceAnswer(api: Api, exchange: Exchange): Promise<Answer | undefined> {
  const { info, type } = exchange
  if (info.subresource !== '' && !type.subresources.some(({ name }) => name === info.subresource))
    throw noSuchResource()
  switch (info.subresource) {
    case '':
    case 'status':
    case 'finalize':
      break
    case 'log':
      return void podLog(api, exchange)
    case 'token':
      return issueToken(api, exchange)
    case 'scale':
      if (info.verb === 'get') return readScale(api, exchange)
      break
    default:
      throw new StatusError(400, 'BadRequest', 'Upgrade request required')
  }
  const reviewed = info.verb === 'create' ? await review(api, exchange) : undefined
  if (reviewed) return reviewed
  const special = api.openShift?.answer(exchange)
  if (special) return special
  switch (info.verb) {
    case 'get':
      return get(api, exchange)
    case 'list':
      return list(api, exchange)
    case 'watch':
      return void watch(api, exchange)
    case 'create':
      return create(api, exchange)
    case 'update':
      return update(api, exchange)
    case 'patch':
      return patch(api, exchange)
    case 'delete':
      return deleteObject(api, exchange)
    default:
      return deleteCollection(api, exchange)
  }
}

function get(api: Api, { info, type, representation }: Exchange): Answer {
  const object = api.store.get(type, info.namespace, info.name)
  if (!object) throw notFound(type, info.name)
  return {
    status: 200,
    contentType: 'application/json',
    body: `${objectText(object, representation, api.serialiser)}\n`,
  }
}

const pageNotFound = plainText(404, '404 page not found\n')

async function send(api: Api, response: ServerResponse, answer: Answer): Promise<void> {
  await api.faults.moving()
  if (response.destroyed) return
  const { body, status, contentType } = answer
  if (api.faults.state.answer === 'truncated') return cut(response, answer)
  if (typeof body === 'string') {
    const length = { 'content-length': String(Buffer.byteLength(body)) }
    response.writeHead(status, { 'content-type': contentType, ...length, ...answer.headers })
    response.end(body)
    return
  }
  response.writeHead(status, { 'content-type': contentType, ...answer.headers })
  await writeAll(response, body, api.faults)
  if (!response.destroyed) response.end()
}

/** Half of the answer, then the connection is gone. */
function cut(response: ServerResponse, { status, contentType, body }: Answer): void {
  const text = typeof body === 'string' ? body : [...body].join('')
  response.writeHead(status, { 'content-type': contentType, 'content-length': String(Buffer.byteLength(text)) })
  response.write(text.slice(0, Math.floor(text.length / 2)), () => response.destroy())
}
