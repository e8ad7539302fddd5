/**
 * How much, how long and how many: what one request, one connection and all of them together may take. Node and Fastify
 * hold most of them; the rest is held where the table says (docs/security.md names them for users).
 */
import type { ServerConfig } from '../config/server.ts'

export interface Limits {
  /**
   * A namespace graph names all its namespaces in the URL: 2,000 names of 20 characters still fit.
   */
  readonly maxUrlBytes: number
  /** Names and values of all header lines. */
  readonly maxHeaderBytes: number
  readonly maxHeaderLines: number
  /** Of routes that say nothing of their own. */
  readonly maxBodyBytes: number
  /** From the first byte to the end of the headers. */
  readonly headersTimeoutMs: number
  /** From the first byte to the end of the body. */
  readonly requestTimeoutMs: number
  /** Between two requests of one connection. */
  readonly keepAliveTimeoutMs: number
  /** From `afterMs` on a body must have come at so many bytes a second. */
  readonly slowBody: { readonly afterMs: number; readonly bytesPerSecond: number }
  /** From the moment that an answer is ready until the client has taken all of it; streams aside. */
  readonly sendTimeoutMs: number
  readonly maxConnections: number
  readonly maxRequestsPerConnection: number
  /** How often Node looks for connections that are out of time. */
  readonly checkEveryMs: number
}

export const defaultLimits: Limits = {
  maxUrlBytes: 64 * 1024,
  maxHeaderBytes: 64 * 1024,
  maxHeaderLines: 100,
  maxBodyBytes: 1024 * 1024,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 60_000,
  slowBody: { afterMs: 10_000, bytesPerSecond: 1024 },
  sendTimeoutMs: 60_000,
  maxConnections: 4096,
  maxRequestsPerConnection: 1000,
  checkEveryMs: 1000,
}

export const limitsOf = (config: ServerConfig, given: Partial<Limits> = {}): Limits => ({
  ...defaultLimits,
  ...(config.maxHeaderBytes === undefined ? {} : { maxHeaderBytes: config.maxHeaderBytes }),
  ...(config.maxConnections === undefined ? {} : { maxConnections: config.maxConnections }),
  ...given,
})
