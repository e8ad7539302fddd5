/**
 * The HTTP server: thin. It finds the route, the viewer and the parameters, and turns a reply that is plain data into
 * bytes. What is not a route is a file of the page, or 404 as Kiali says it.
 */
import type { Server, ServerResponse } from 'node:http'
import fastifyStatic from '@fastify/static'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Viewer } from '../access/scope.ts'
import type { Config } from '../config/config.ts'
import { BinocleError } from '../errors.ts'
import { failureOf } from './failures.ts'
import { everyAnswer, pagePolicy } from './headers.ts'
import type { Gate, Incoming } from './incoming.ts'
import { environmentScript, pageSource } from './page.ts'
import { readParameters } from './parameters.ts'
import { sendReply } from './reply.ts'
import type { Reply, Route } from './route.ts'

export interface ServerOptions {
  readonly config: Config['server']
  readonly routes: readonly Route[]
  /** In turn, for every request. */
  readonly gates?: readonly Gate[]
  /** Who asks. Throws to refuse; routes with `auth: 'none'` are never asked about. */
  readonly viewerOf: (incoming: Incoming) => Viewer | Promise<Viewer>
  /** Asked before the page is served: a login may end there. undefined = serve the page. */
  readonly beforePage?: (incoming: Incoming) => Promise<Reply | undefined>
  /** For routes that need no login: a viewer without any right. */
  readonly nobody: Viewer
  /** The built page; undefined = API only. */
  readonly webDir: string | undefined
  readonly onError: (error: unknown, route: string) => void
  /** `seconds` of one answer of a route (as written in the table, never the URL). */
  readonly onAnswer: (route: string, status: number, seconds: number) => void
}

/**
 * A namespace graph names all its namespaces in the URL: 2,000 names of 20 characters still fit. Node itself refuses
 * what is longer than its header limit with 431.
 */
const maxUrlBytes = 64 * 1024
const maxHeaderBytes = 128 * 1024
const maxBodyBytes = 1024 * 1024

export function createServer(options: ServerOptions): FastifyInstance<Server> {
  const { config, webDir } = options
  const app = fastify({
    logger: false,
    bodyLimit: maxBodyBytes,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    handlerTimeout: config.requestTimeoutMs ?? 30_000,
    requestTimeout: 30_000,
    keepAliveTimeout: 60_000,
    http: { maxHeaderSize: maxHeaderBytes, headersTimeout: 10_000 },
    routerOptions: {
      maxParamLength: 1024,
      // Parameters are read by `parameters.ts`.
      querystringParser: () => ({}),
      ignoreTrailingSlash: false,
    },
    // A path that is not UTF-8, e.g. `/%ff`.
    frameworkErrors: (error, request, reply) => {
      setHeaders(reply.raw)
      const failure = failureOf(error, (cause) => options.onError(cause, request.url))
      reply.raw.writeHead(failure.status, { 'content-type': 'application/json' }).end(JSON.stringify(failure.body))
    },
  })

  app.addHook('onRequest', (request, reply, done) => {
    setHeaders(reply.raw)
    if (request.raw.url !== undefined && request.raw.url.length > maxUrlBytes)
      done(
        new BinocleError('BIN-QUERY-LENGTH', `The URL is longer than ${maxUrlBytes} bytes.`, {
          remedy: 'Ask for fewer names at once, or leave the list out to mean all.',
        }),
      )
    else done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    options.onAnswer(request.routeOptions.url ?? 'none', reply.statusCode, reply.elapsedTime / 1000)
    done()
  })
  app.setErrorHandler((error, request, reply) => {
    const failure = failureOf(error, (cause) => options.onError(cause, request.routeOptions.url ?? 'none'))
    void reply.code(failure.status).type('application/json').send(JSON.stringify(failure.body))
  })
  app.setNotFoundHandler((_request, reply) => notFound(reply))
  // Bodies are read by the routes that want them; today none does.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))

  for (const route of options.routes) addRoute(app, route, options)
  addPage(app, options)
  if (webDir !== undefined) app.register(fastifyStatic, { root: webDir, serve: false, preCompressed: true })
  return app
}

function setHeaders(reply: ServerResponse): void {
  for (const name in everyAnswer) reply.setHeader(name, everyAnswer[name] ?? '')
}

function addRoute(app: FastifyInstance<Server>, route: Route, options: ServerOptions): void {
  app.route<{ Params: Record<string, string> }>({
    method: route.method,
    url: `${options.config.webRoot}${route.path}`,
    handler: async (request, reply) => {
      const incoming = incomingOf(request, reply)
      const again = async (): Promise<Viewer> =>
        route.auth === 'none' ? options.nobody : await options.viewerOf(incoming)
      for (const gate of options.gates ?? []) gate(incoming, route)
      const viewer = await again()
      const query = readParameters(incoming.search, route.parameters)
      const { params: path, signal } = request
      const answer = await route.handle({ viewer, again, incoming, path, query, signal })
      return sendReply(answer, request, reply, options.config.compress ?? true)
    },
  })
}

function incomingOf(request: FastifyRequest, reply: FastifyReply): Incoming {
  const { raw } = request
  return {
    method: request.method,
    path: (raw.url ?? '').split('?', 1)[0] ?? '',
    search: searchOf(request),
    headers: raw.headers,
    rawHeaders: raw.rawHeaders,
    address: raw.socket.remoteAddress ?? '',
    encrypted: 'encrypted' in raw.socket && raw.socket.encrypted === true,
    requestId: request.id,
    body: typeof request.body === 'string' ? request.body : '',
    setCookie: (line) => void reply.raw.appendHeader('set-cookie', line),
  }
}

const searchOf = (request: FastifyRequest): string => {
  const url = request.raw.url ?? ''
  const at = url.indexOf('?')
  return at < 0 ? '' : url.slice(at + 1)
}

const notFound = (reply: FastifyReply): FastifyReply =>
  reply.code(404).type('text/plain; charset=utf-8').send('404 page not found\n')

/** Hashed by the bundler: the name changes with the content. */
const hashedFile = /^assets\/[^/]+-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$/

function addPage(app: FastifyInstance<Server>, options: ServerOptions): void {
  const { webRoot, webHistoryMode } = options.config
  const page = pageSource(options.webDir, webRoot)
  const known = options.routes.map(({ path }) => new RegExp(`^${path.replace(/:[a-zA-Z]+/g, '[^/]+')}/$`))

  const sendPage = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const instead = await options.beforePage?.(incomingOf(request, reply))
    if (instead !== undefined) return sendReply(instead, request, reply, options.config.compress ?? true)
    const html = await page()
    if (html === undefined) return notFound(reply)
    reply.header('content-security-policy', pagePolicy).header('cache-control', 'no-store')
    return reply.type('text/html').send(html)
  }
  const sendFile = (path: string, reply: FastifyReply): FastifyReply => {
    if (options.webDir === undefined || path.split('/').some((part) => part.startsWith('.'))) return notFound(reply)
    const forever = hashedFile.test(path)
    return reply.sendFile(path, { maxAge: forever ? '365d' : 0, immutable: forever, index: false })
  }

  app.route<{ Params: { '*': string } }>({
    method: ['GET', 'HEAD'],
    url: `${webRoot}/*`,
    handler: async (request, reply) => {
      const path = request.params['*']
      const slashed = `/${path}`
      if (request.method === 'GET' && known.some((pattern) => pattern.test(slashed)))
        return moved(`${webRoot}${slashed.slice(0, -1)}`, searchOf(request), reply)
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
