/**
 * Through an HTTP(S) proxy to an API server (`proxy-url`): CONNECT, so that the proxy sees where to and nothing of what
 * is said, our credential least of all. The same way for requests, watches and port-forwards.
 */
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP, type Socket } from 'node:net'
import { rootCertificates, type SecureContextOptions, connect as tlsConnect } from 'node:tls'
import { buildConnector } from 'undici'
import type { ClusterAccess } from './access.ts'

/** What a proxy refused, or why it cannot be reached; never repeats its URL, which may hold a password. */
export class ProxyRefusal extends Error {}

/** A connection to `host:port` through `access.proxy`. Throws `ProxyRefusal`. */
export function openTunnel(
  { proxy = '', tls }: Pick<ClusterAccess, 'proxy' | 'tls'>,
  host: string,
  port: number | string,
  timeoutMs: number,
): Promise<Socket> {
  const url = new URL(proxy)
  const isTls = url.protocol === 'https:'
  const authority = `${host}:${port}`
  return new Promise((resolve, reject) => {
    const request = (isTls ? httpsRequest : httpRequest)({
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port || (isTls ? 443 : 80),
      method: 'CONNECT',
      path: authority,
      headers: { host: authority, ...proxyAuthorization(url) },
      agent: false,
      timeout: timeoutMs,
      ...(isTls ? { rejectUnauthorized: !tls.insecureSkipVerify, ca: [...rootCertificates, tls.ca ?? ''] } : {}),
    })
    request.once('connect', (response, socket) => {
      if (response.statusCode === 200) return resolve(socket)
      socket.destroy()
      reject(new ProxyRefusal(`its proxy answers ${response.statusCode} to CONNECT`))
    })
    request.once('response', (response) => {
      response.destroy()
      reject(new ProxyRefusal(`its proxy answers ${response.statusCode} to CONNECT`))
    })
    request.once('timeout', () => request.destroy(new ProxyRefusal('its proxy does not answer within the time limit')))
    request.once('error', (error) => reject(error instanceof ProxyRefusal ? error : unreachable(error)))
    request.end()
  })
}

function proxyAuthorization({ username, password }: URL): Record<string, string> {
  if (username === '') return {}
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` }
}

function unreachable(error: Error): ProxyRefusal {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'no reason given'
  return new ProxyRefusal(`its proxy cannot be reached (${code})`, { cause: error })
}

/**
 * For clients on `node:http` and `ws`: what makes them use a tunnel that is open already; empty without a proxy. `tls` is
 * what holds for the API server behind it.
 */
export async function throughProxy(
  access: Pick<ClusterAccess, 'proxy' | 'server' | 'tls'>,
  tls: SecureContextOptions & { servername?: string; rejectUnauthorized: boolean },
  timeoutMs: number,
): Promise<{ createConnection?: () => Socket }> {
  if (access.proxy === undefined) return {}
  const { protocol, hostname, port } = new URL(access.server)
  const isTls = protocol === 'https:'
  const socket = await openTunnel(access, hostname, port || (isTls ? 443 : 80), timeoutMs)
  const host = hostname.replace(/^\[|\]$/g, '')
  const servername = tls.servername ?? (isIP(host) === 0 ? host : '')
  return { createConnection: () => (isTls ? tlsConnect({ host, ...tls, servername, socket }) : socket) }
}

/** For undici: what `options` say of TLS holds for the API server behind the proxy. */
export function tunnelConnector(
  access: Pick<ClusterAccess, 'cluster' | 'proxy' | 'server' | 'tls'>,
  options: buildConnector.BuildOptions,
): buildConnector.connector {
  const overSocket = buildConnector(options)
  return (to, callback) => {
    const port = to.port || (to.protocol === 'https:' ? 443 : 80)
    openTunnel(access, to.hostname, port, options.timeout ?? 5_000).then(
      (socket) => {
        if (to.protocol === 'https:') overSocket({ ...to, httpSocket: socket }, callback)
        else callback(null, socket)
      },
      (error: unknown) => callback(error instanceof Error ? error : new ProxyRefusal('its proxy fails'), null),
    )
  }
}
