/** The console's own metrics on a port of their own, for a Prometheus in the cluster: no login, and nothing else. */
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { ServerConfig } from '../config/server.ts'
import type { Certificate } from './certificate.ts'

/** Undefined where metrics have no port of their own. Rejects when the port is taken. With a certificate: HTTPS. */
export async function listenForMetrics(
  { metricsAddress, metricsEnabled, metricsPort }: ServerConfig,
  metrics: { readonly contentType: string; text(): Promise<string> },
  certificate: Certificate | undefined,
): Promise<Server | undefined> {
  if (metricsPort === undefined || metricsEnabled === false) return undefined
  const answer: RequestListener = (_request, response) => {
    metrics.text().then(
      (body) => response.writeHead(200, { 'content-type': metrics.contentType }).end(body),
      () => response.writeHead(500).end(),
    )
  }
  const server = certificate === undefined ? createServer(answer) : createTlsServer(certificate.current(), answer)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(metricsPort, metricsAddress ?? '127.0.0.1', resolve)
  })
  return server
}
