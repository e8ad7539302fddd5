/**
 * The HTTP server: thin. It finds the route, the viewer and the parameters, and turns a reply that is plain data into
 * bytes. What is not a route is a file of the page, or 404 as Kiali says it.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import fastifyStatic from '@fastify/static'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Viewer } from '../access/scope.ts'
import type { Config } from '../config/config.ts'
import { BinocleError } from '../errors.ts'
import { urlForLog } from '../redact.ts'
import { arriving, requestIdOf } from './arriving.ts'
import type { Certificate } from './certificate.ts'
import { corsOf } from './cors.ts'
import { createExternal } from './external.ts'
import { failureOf } from './failures.ts'
import { securityHeaders } from './headers.ts'
import type { Check, Gate, Incoming } from './incoming.ts'
import { type Limits, limitsOf } from './limits.ts'
import { createListener, type ListenerOptions, refuse } from './listener.ts'
import { environmentScript, pageSource } from './page.ts'
import { readParameters } from './parameters.ts'
import { sendReply } from './reply.ts'
import type { Reply, Route } from './route.ts'
import { watchBody } from './slowBody.ts'

export interface ServerOptions {
  readonly config: Config['server']
  readonly routes: readonly Route[]
  /** In turn, for every request, before its body is read. */
  readonly gates?: readonly Gate[]
  /** In turn, for every request of a route, once the viewer is known and still before its body is read. */
  readonly checks?: readonly Check[]
  /** Who asks. Throws to refuse; routes with `auth: 'none'` are never asked about. */
  readonly viewerOf: (incoming: Incoming) => Viewer | Promise<Viewer>
  /** Asked before the page is served: a login may end there. undefined = serve the page. */
  readonly beforePage?: (incoming: Incoming) => Promise<Reply | undefined>
  /** For routes that need no login: a viewer without any right. */
  readonly nobody: Viewer
  /** Headers that say on whose behalf somebody asks count: a proxy before us sets them. */
  readonly keepsImpersonation?: boolean
  /** What to serve HTTPS with; absent = HTTP. */
  readonly certificate?: Certificate
  readonly limits?: Partial<Limits>
  /** `Set-Cookie` lines for a browser whose cookies have become too long to log in with. */
  readonly forget?: () => readonly string[]
  /** The built page; undefined = API only. */
  readonly webDir: string | undefined
  readonly onError: (error: unknown, route: string) => void
  /** `seconds` of one answer of a route (as written in the table, never the URL). */
  readonly onAnswer: (route: string, status: number, seconds: number) => void
}

export function createServer(options: ServerOptions): FastifyInstance<Server> {
  const { config, webDir } = options
  const limits = limitsOf(config, options.limits)
  const external = createExternal(config)
  const security = securityHeaders(config)
  const isPinnedSecure = external.isSecure({ address: '', encrypted: false, headers: {}, rawHeaders: [] })
  const listener: Omit<ListenerOptions, 'limits'> = {
    headers: () => security.everyAnswer(isPinnedSecure),
    ...(options.certificate ? { certificate: options.certificate } : {}),
    ...(options.forget ? { forget: options.forget } : {}),
  }
  const app = fastify<Server>({
    logger: false,
    bodyLimit: limits.maxBodyBytes,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    handlerTimeout: config.requestTimeoutMs ?? 30_000,
    serverFactory: (handle) => createListener(handle, { ...listener, limits }),
    genReqId: requestIdOf,
    // Routes have no schemas: what would compile them takes a tenth of the start, and is left out of the bundle.
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    routerOptions: {
      maxParamLength: 1024,
      // Parameters are read by `parameters.ts`.
      querystringParser: () => ({}),
      ignoreTrailingSlash: false,
    },
    // A path that is not UTF-8, e.g. `/%ff`.
    frameworkErrors: (error, request, reply) => {
      setHeaders(reply.raw, security.everyAnswer(isPinnedSecure))
      const failure = failureOf(error, (cause) => options.onError(cause, urlForLog(request.url)))
      reply.raw.writeHead(failure.status, { 'content-type': 'application/json' }).end(JSON.stringify(failure.body))
    },
  })
  const cors = corsOf(config)
  const arrivals = new WeakMap<FastifyRequest, Arrived>()

  app.addHook('onRequest', async (request, reply) => {
    const incoming = arriving(request.raw, reply.raw, request.id, options.keepsImpersonation ?? false)
    setHeaders(reply.raw, security.everyAnswer(external.isSecure(incoming)))
    checkSizes(incoming, limits, options.forget)
    const { route } = request.routeOptions.config
    if (route !== undefined && authPath.test(route.path)) reply.raw.setHeader('referrer-policy', 'no-referrer')
    for (const gate of options.gates ?? []) gate(incoming, route)
    if (cors !== undefined) {
      const allowed = cors.preflight(incoming)
      setHeaders(reply.raw, allowed ?? cors.headers(incoming))
      if (allowed !== undefined) return reply.code(204).send()
    }
    if (route === undefined) {
      arrivals.set(request, { incoming, viewer: options.nobody })
      return
    }
    const viewer = await viewerFor(route, incoming, options)
    for (const check of options.checks ?? []) check(incoming, route, viewer)
    arrivals.set(request, { incoming, viewer })
  })
  app.addHook('preParsing', (request, _reply, _payload, done) => {
    if (!request.raw.complete && announcesBody(request.raw))
      watchBody(request.raw, limits.slowBody, () => refuse(request.raw.socket, 408, listener))
    done()
  })
  app.addHook('onSend', (_request, { raw }, _payload, done) => {
    const timer = setTimeout(() => raw.destroy(), limits.sendTimeoutMs).unref()
    raw.once('close', () => clearTimeout(timer))
    done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    options.onAnswer(request.routeOptions.url ?? 'none', reply.statusCode, reply.elapsedTime / 1000)
    done()
  })
  app.setErrorHandler((error, request, reply) => {
    const failure = failureOf(error, (cause) => options.onError(cause, request.routeOptions.url ?? 'none'))
    if (failure.retryAfterS !== undefined) reply.header('retry-after', failure.retryAfterS)
    void reply
      .code(failure.status)
      .type('application/json')
      .header('cache-control', 'no-store')
      .send(JSON.stringify(failure.body))
  })
  app.setNotFoundHandler((_request, reply) => notFound(reply))
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))

  const arrivalOf = (request: FastifyRequest): Arrived => {
    const arrived = arrivals.get(request)
    if (arrived === undefined) throw new Error('A request was handled that had not arrived')
    return arrived
  }
  for (const route of options.routes) addRoute(app, route, options, arrivalOf)
  addPage(app, options, security.page, arrivalOf)
  if (webDir !== undefined) app.register(fastifyStatic, { root: webDir, serve: false, preCompressed: true })
  return app
}

function noSchemas(): never {
  throw new Error('No route has a schema')
}

const announcesBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The row of the table; absent = the page, its files, or nowhere. */
    readonly route?: Route
  }
}

/** Their addresses may hold a code or a token for a moment. */
const authPath = /^\/api\/(auth|logout)/

interface Arrived {
  readonly incoming: Incoming
  readonly viewer: Viewer
}
type ArrivalOf = (request: FastifyRequest) => Arrived

function setHeaders(reply: ServerResponse, headers: Readonly<Record<string, string>>): void {
  for (const name in headers) reply.setHeader(name, headers[name] ?? '')
}

function checkSizes(incoming: Incoming, limits: Limits, forget: ServerOptions['forget']): void {
  const { path, rawHeaders, search } = incoming
  if (path.length + search.length > limits.maxUrlBytes)
    throw new BinocleError('BIN-QUERY-LENGTH', `The URL is longer than ${limits.maxUrlBytes} bytes.`, {
      remedy: 'Ask for fewer names at once, or leave the list out to mean all.',
    })
  const isTooMany = rawHeaders.length / 2 > limits.maxHeaderLines
  if (isTooMany || rawHeaders.reduce((bytes, text) => bytes + text.length, 0) > limits.maxHeaderBytes) {
    for (const line of forget?.() ?? []) incoming.setCookie(line)
    throw new BinocleError('BIN-REQUEST-HEADERS', 'The headers of the request are too long, or too many.', {
      remedy: 'Delete the cookies of this site, and log in again.',
    })
  }
  if (rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host').length > 1)
    throw new BinocleError('BIN-REQUEST', 'The request names two hosts.', { remedy: 'Send one Host header.' })
}

async function viewerFor(route: Route, incoming: Incoming, { nobody, viewerOf }: ServerOptions): Promise<Viewer> {
  if (route.auth === 'none') return nobody
  try {
    return await viewerOf(incoming)
  } catch (error) {
    if (route.auth === 'optional' && error instanceof BinocleError) return nobody
    throw error
  }
}

function addRoute(app: FastifyInstance<Server>, route: Route, options: ServerOptions, arrivalOf: ArrivalOf): void {
  app.route<{ Params: Record<string, string> }>({
    method: route.method,
    url: `${options.config.webRoot}${route.path}`,
    config: { route },
    ...(route.maxBodyBytes === undefined ? {} : { bodyLimit: route.maxBodyBytes }),
    handler: async (request, reply) => {
      const arrived = arrivalOf(request)
      const incoming = typeof request.body === 'string' ? { ...arrived.incoming, body: request.body } : arrived.incoming
      const { viewer } = arrived
      const query = readParameters(incoming.search, route.parameters)
      const { params: path, signal } = request
      const again = (): Promise<Viewer> => viewerFor(route, incoming, options)
      const answer = await route.handle({ viewer, again, incoming, path, query, signal })
      return sendReply(answer, request, reply, options.config.compress ?? true)
    },
  })
}

const notFound = (reply: FastifyReply): FastifyReply =>
  reply.code(404).type('text/plain; charset=utf-8').send('404 page not found\n')

/** The bundler names files so; nothing begins with a dot. */
const fileOfPage = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/

/** Hashed by the bundler: the name changes with the content. */
const hashedFile = /-[A-Za-z0-9_-]{8}\.[a-z0-9]+$/

function addPage(
  app: FastifyInstance<Server>,
  options: ServerOptions,
  pageHeaders: Readonly<Record<string, string>>,
  arrivalOf: ArrivalOf,
): void {
  const { webRoot, webHistoryMode } = options.config
  const page = pageSource(options.webDir, webRoot)
  const known = options.routes.map(({ path }) => new RegExp(`^${path.replace(/:[a-zA-Z]+/g, '[^/]+')}/$`))

  const sendPage = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const instead = await options.beforePage?.(arrivalOf(request).incoming)
    if (instead !== undefined) return sendReply(instead, request, reply, options.config.compress ?? true)
    const html = await page()
    if (html === undefined) return notFound(reply)
    return reply.headers(pageHeaders).type('text/html').send(html)
  }
  const sendFile = (path: string, reply: FastifyReply): FastifyReply => {
    if (options.webDir === undefined || !fileOfPage.test(path)) return notFound(reply)
    const forever = path.startsWith('assets/') && hashedFile.test(path)
    return reply.sendFile(path, { maxAge: forever ? '365d' : 0, immutable: forever, index: false })
  }

  app.route<{ Params: { '*': string } }>({
    method: ['GET', 'HEAD'],
    url: `${webRoot}/*`,
    handler: async (request, reply) => {
      const path = request.params['*']
      const slashed = `/${path}`
      if (request.method === 'GET' && known.some((pattern) => pattern.test(slashed)))
        return moved(`${webRoot}${slashed.slice(0, -1)}`, arrivalOf(request).incoming.search, reply)
      if (path === 'env.js')
        return reply
          .type('text/javascript')
          .header('cache-control', 'no-store')
          .send(environmentScript(webHistoryMode ?? 'browser'))
      if (path === '' || path === 'index.html' || /^console(\/|$)/.test(path)) return sendPage(request, reply)
      if (path.startsWith('api/') || path === 'api') return notFound(reply)
      return sendFile(path, reply)
    },
  })
  if (webRoot === '') return
  // No redirect: it would lose the fragment that a login may bring.
  app.get(webRoot, (request, reply) => sendPage(request, reply))
  app.get('/', (_request, reply) => reply.redirect(`${webRoot}/`, 302))
}

/** Written as Go writes it. `path` was matched by a route, so that it holds nothing that means something in HTML. */
function moved(path: string, search: string, reply: FastifyReply): FastifyReply {
  const target = encodeURI(path) + (search === '' ? '' : `?${search}`)
  return reply
    .code(301)
    .header('location', target)
    .type('text/html; charset=utf-8')
    .send(`<a href="${target.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`)}">Moved Permanently</a>.\n\n`)
}
