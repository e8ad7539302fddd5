/**
 * The way to an API server below Kubernetes: its name, a TCP connection, TLS with the trust of the kubeconfig, and the
 * head of one answer to a question without a credential (its date is the server's clock).
 */
import { lookup } from 'node:dns/promises'
import { request } from 'node:http'
import { connect as connectTcp, isIP, type LookupFunction, type Socket } from 'node:net'
import { connect as connectTls, type PeerCertificate, type TLSSocket } from 'node:tls'
import type { ClusterAccess, Tls } from '../kube/access.ts'
import { guardedLookup } from '../kube/barredHosts.ts'

export interface Endpoint {
  readonly host: string
  readonly port: number
  readonly encrypted: boolean
}

export function endpointOf(server: string): Endpoint {
  const { hostname, port, protocol } = new URL(server)
  const encrypted = protocol === 'https:'
  const usual = encrypted ? 443 : protocol.startsWith('socks') ? 1080 : 80
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || usual), encrypted }
}

/** Addresses of a host name; an address is its own. Rejects with the resolver's error. */
export async function resolved(host: string): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host]
  return (await lookup(host, { all: true })).map(({ address }) => address)
}

/**
 * Resolves with an open connection; rejects with the network's error. Given up when `signal` is aborted. `lookup`: where
 * names may not lead everywhere.
 */
export function opened({ host, port }: Endpoint, signal: AbortSignal, lookup?: LookupFunction): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ host, port, signal, ...(lookup === undefined ? {} : { lookup }) })
    socket.once('connect', () => resolve(socket))
    socket.once('error', reject)
  })
}

/** Of a cluster whose kubeconfig came from a Secret: names must not lead to this machine. Undefined = anywhere. */
export const lookupOf = ({ cluster, guard, proxy }: ClusterAccess): LookupFunction | undefined =>
  guard === undefined || proxy !== undefined ? undefined : guardedLookup(cluster, guard)

/** TLS over `socket`, verified as the kubeconfig says; rejects with OpenSSL's or Node's error. */
export function secured(socket: Socket, host: string, tls: Tls): Promise<TLSSocket> {
  const name = tls.serverName ?? (isIP(host) === 0 ? host : undefined)
  return new Promise((resolve, reject) => {
    const secure = connectTls({
      socket,
      host,
      ...(name === undefined ? {} : { servername: name }),
      rejectUnauthorized: !tls.insecureSkipVerify,
      ALPNProtocols: ['http/1.1'],
      ...(tls.ca === undefined ? {} : { ca: tls.ca }),
      ...(tls.client === undefined ? {} : { cert: tls.client.cert, key: tls.client.key }),
    })
    secure.once('secureConnect', () => resolve(secure))
    secure.once('error', reject)
    socket.once('close', () => reject(new Error('the connection was closed during the TLS handshake')))
  })
}

/** Who signed the server's certificate, whatever we trust: what to say when it is not trusted. */
export async function shownCertificate(access: ClusterAccess, signal: AbortSignal): Promise<PeerCertificate> {
  const endpoint = endpointOf(access.server)
  const secure = await secured(await opened(endpoint, signal, lookupOf(access)), endpoint.host, {
    insecureSkipVerify: true,
    ...(access.tls.serverName === undefined ? {} : { serverName: access.tls.serverName }),
  })
  try {
    return secure.getPeerCertificate()
  } finally {
    secure.destroy()
  }
}

/** The `Date` of an answer, Unix ms, to the second; undefined without one. No credential is sent. */
export function dateOver(secure: TLSSocket, server: string, signal: AbortSignal): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const { hostname, pathname } = new URL(server)
    const asked = request(
      {
        // The connection is made already, and encrypted: what goes over it is plain HTTP.
        createConnection: () => secure,
        host: hostname,
        path: `${pathname.replace(/\/+$/, '')}/version`,
        headers: { connection: 'close' },
        signal,
      },
      (answer) => {
        const date = Date.parse(answer.headers.date ?? '')
        answer.on('error', () => {})
        answer.destroy()
        resolve(Number.isNaN(date) ? undefined : date)
      },
    )
    asked.on('error', reject)
    asked.end()
  })
}
