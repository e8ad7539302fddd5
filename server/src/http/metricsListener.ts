/** The console's own metrics on a port of their own: without a login, and with nothing else on it. */
import type { Server, ServerResponse } from 'node:http'
import type { ServerConfig } from '../config/server.ts'
import type { Certificate } from './certificate.ts'
import { securityHeaders } from './headers.ts'
import { limitsOf } from './limits.ts'
import { createListener } from './listener.ts'

export interface Exposition {
  readonly contentType: string
  text(): Promise<string>
}

/** Resolves when it listens; undefined = there is no such port. Rejects when the port is taken. */
export async function listenForMetrics(
  config: ServerConfig,
  metrics: Exposition,
  certificate: Certificate | undefined,
): Promise<Server | undefined> {
  const { metricsPort } = config
  if (metricsPort === undefined || config.metricsEnabled === false) return undefined
  const headers = { ...securityHeaders(config).everyAnswer(certificate !== undefined), 'cache-control': 'no-store' }
  const server = createListener(
    ({ method, url }, response) => {
      const isAsked = method === 'GET' && url?.split('?', 1)[0] === '/metrics'
      if (isAsked) answer(response, metrics, headers)
      else response.writeHead(404, headers).end()
    },
    {
      limits: limitsOf(config, { maxConnections: 64, maxUrlBytes: 4096, maxHeaderBytes: 8192 }),
      headers: () => headers,
      ...(certificate ? { certificate } : {}),
    },
  )
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(metricsPort, config.metricsAddress ?? '127.0.0.1', resolve)
  })
  return server
}

function answer(response: ServerResponse, metrics: Exposition, headers: Readonly<Record<string, string>>): void {
  metrics.text().then(
    (body) => response.writeHead(200, { ...headers, 'content-type': metrics.contentType }).end(body),
    () => response.writeHead(500, headers).end(),
  )
}
