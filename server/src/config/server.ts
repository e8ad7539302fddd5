/** How the console is reached and what it lets through: `server.*`, and the certificate it serves with. */
import { isIP } from 'node:net'
import type { AuthStrategy } from '@binocle/api/auth'
import { BinocleError } from '../errors.ts'
import type { Settings } from './settings.ts'

export interface ServerConfig {
  readonly address: string
  readonly port: number
  /** No trailing slash; '' for the root. */
  readonly webRoot: string
  /** Port of our own Prometheus metrics; undefined = on the main port under `/metrics`, where nobody logs in. */
  readonly metricsPort: number | undefined
  /** Absent = 127.0.0.1. */
  readonly metricsAddress?: string
  /** Absent = true. */
  readonly metricsEnabled?: boolean
  /** How the page writes its address; absent = `browser`. */
  readonly webHistoryMode?: 'browser' | 'hash'
  /** Compress answers; absent = true. */
  readonly compress?: boolean
  /** Time for one answer; absent = 30 s. */
  readonly requestTimeoutMs?: number
  /** What is pinned of the external URL; what is absent is taken from the request. */
  readonly external?: { readonly scheme?: 'http' | 'https'; readonly host?: string; readonly port?: number }
  /** Peers whose `X-Forwarded-*` count: addresses and CIDRs. Absent = none. */
  readonly trustedProxies?: readonly string[]
  /** Names under which we may be reached besides our own; `*.` in front stands for one or more labels. */
  readonly hostAliases?: readonly string[]
  /** Origins whose pages may ask for changes besides our own. */
  readonly trustedOrigins?: readonly string[]
  /** Origins that may show us in a frame. */
  readonly frameAncestors?: readonly string[]
  /** Origins whose pages may read answers, without cookies. */
  readonly corsOrigins?: readonly string[]
  /** Every origin may, with a bearer token of its own. */
  readonly corsAllowAll?: boolean
  /** `GET /api` needs a login too. */
  readonly requireAuth?: boolean
  /** Absent = true. */
  readonly auditLog?: boolean
  readonly hstsIncludeSubdomains?: boolean
  /** The header lines of one request; absent = 64 KiB. */
  readonly maxHeaderBytes?: number
  /** Absent = 4096. */
  readonly maxConnections?: number
  /** Absent = no limit. */
  readonly rates?: Rates
  /** Absent = plain HTTP. */
  readonly tls?: ServingTls
}

/** Token buckets: `rps` is the lasting rate, `burst` what may come at once. */
export interface Rates {
  readonly rps: number
  readonly burst: number
  /** Graphs and whatever else is expensive. */
  readonly graphRps: number
  readonly writesPerMinute: number
  /** Of one address; those that succeed do not count. */
  readonly loginsPerMinute: number
  /** Of all addresses together. */
  readonly allLoginsPerMinute: number
  /** How many people may share one address: its limits are so many times those of one. */
  readonly peoplePerAddress: number
}

export interface ServingTls {
  readonly certFile: string
  readonly keyFile: string
}

/** Throws BIN-CONFIG-KEY. `strategy`: how people log in. */
export function serverConfigOf(settings: Settings, strategy: AuthStrategy): ServerConfig {
  const metricsPort = settings.integer('server.observability.metrics.port')
  const tls = servingTlsOf(settings)
  return {
    address: settings.text('server.address'),
    port: settings.integer('server.port'),
    webRoot: webRootOf(settings.text('server.web_root')),
    metricsPort: metricsPort === 0 ? undefined : metricsPort,
    metricsAddress: settings.text('server.observability.metrics.address'),
    metricsEnabled: settings.boolean('server.observability.metrics.enabled'),
    webHistoryMode: settings.text('server.web_history_mode') === 'hash' ? 'hash' : 'browser',
    compress: settings.boolean('server.gzip_enabled'),
    requestTimeoutMs: Math.max(1, settings.duration('server.write_timeout')) * 1000,
    external: externalOf(settings),
    trustedProxies: each(settings, 'server.trusted_proxies', isAddressRange, 'an address or a CIDR'),
    hostAliases: each(settings, 'server.host_aliases', isHostPattern, 'a host name').map((name) => name.toLowerCase()),
    trustedOrigins: each(settings, 'server.trusted_origins', isOrigin, origin),
    frameAncestors: each(settings, 'server.frame_ancestors', isOrigin, origin),
    corsOrigins: each(settings, 'server.cors_origins', isOrigin, origin),
    corsAllowAll: corsAllowAllOf(settings, strategy),
    requireAuth: settings.boolean('server.require_auth'),
    auditLog: settings.boolean('server.audit_log'),
    hstsIncludeSubdomains: settings.boolean('server.hsts_include_subdomains'),
    maxHeaderBytes: Math.max(8192, settings.integer('server.max_header_bytes')),
    maxConnections: Math.max(1, settings.integer('server.max_connections')),
    ...(settings.boolean('server.rate_limits.enabled') ? { rates: ratesOf(settings) } : {}),
    ...(tls ? { tls } : {}),
  }
}

/** '' for the root. As Kiali's, but for the characters that mean something in HTML or in a route. */
function webRootOf(text: string): string {
  const segments = text.split('/')
  if (text === '/' || text === '') return ''
  if (!/^(\/[A-Za-z0-9._~-]+)+$/.test(text) || segments.includes('..') || segments.includes('.'))
    throw new BinocleError('BIN-CONFIG-KEY', `server.web_root ${JSON.stringify(text)} is not a path.`, {
      remedy: 'Begin with `/`, end without one, and use letters, digits, `.`, `-`, `_` and `~`: `/kiali`.',
    })
  return text
}

function externalOf(settings: Settings): NonNullable<ServerConfig['external']> {
  const scheme = settings.text('server.web_schema')
  const host = settings.text('server.web_fqdn')
  const port = settings.text('server.web_port')
  if (host !== '' && !isHost(host)) throw refused('server.web_fqdn', host, 'a host name without scheme and port')
  if (port !== '' && !isPort(port)) throw refused('server.web_port', port, 'a port')
  return {
    ...(scheme === 'http' || scheme === 'https' ? { scheme } : {}),
    ...(host === '' ? {} : { host: host.toLowerCase() }),
    ...(port === '' ? {} : { port: Number(port) }),
  }
}

const origin = 'an origin such as `https://console.example.com`'

function each(
  settings: Settings,
  path: string,
  accepts: (text: string) => boolean,
  expected: string,
): readonly string[] {
  const texts = settings.texts(path)
  for (const text of texts) if (!accepts(text)) throw refused(path, text, expected)
  return texts
}

const refused = (path: string, value: string, expected: string): BinocleError =>
  new BinocleError('BIN-CONFIG-KEY', `${path}: ${JSON.stringify(value)} is not ${expected}.`, {
    remedy: `See ${path} in docs/configuration.md.`,
  })

/** `10.0.0.0/8`, `::1`. */
export function isAddressRange(text: string): boolean {
  const [address = '', prefix, ...more] = text.split('/')
  const version = isIP(address)
  if (version === 0 || more.length > 0) return false
  return prefix === undefined || (/^[0-9]{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128))
}

const isHostPattern = (text: string): boolean => isHost(text.replace(/^\*\./, ''))

/** A DNS name or an address, IPv6 in brackets. */
const isHost = (text: string): boolean =>
  text.length <= 253 &&
  (/^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(text) || isIP(text.replace(/^\[(.*)\]$/, '$1')) === 6)

const isPort = (text: string): boolean => /^[0-9]{1,5}$/.test(text) && Number(text) > 0 && Number(text) < 65_536

/** As a browser writes it: no path, no default port. */
const isOrigin = (text: string): boolean => {
  try {
    const { origin: written, protocol } = new URL(text)
    return written === text && (protocol === 'http:' || protocol === 'https:')
  } catch {
    return false
  }
}

/** Answers for every origin must not hang on something that a browser adds by itself, or on nothing at all. */
function corsAllowAllOf(settings: Settings, strategy: AuthStrategy): boolean {
  const allowed = settings.boolean('server.cors_allow_all')
  if (allowed && (strategy === 'anonymous' || strategy === 'header'))
    throw new BinocleError(
      'BIN-CONFIG-KEY',
      `server.cors_allow_all cannot be combined with auth.strategy \`${strategy}\`: any page could read the mesh.`,
      { remedy: 'Name the origins that may read in server.cors_origins.' },
    )
  return allowed
}

const ratesOf = (settings: Settings): Rates => ({
  rps: positive(settings, 'server.rate_limits.requests_per_second'),
  burst: positive(settings, 'server.rate_limits.burst'),
  graphRps: positive(settings, 'server.rate_limits.graphs_per_second'),
  writesPerMinute: positive(settings, 'server.rate_limits.writes_per_minute'),
  loginsPerMinute: positive(settings, 'server.rate_limits.logins_per_minute'),
  allLoginsPerMinute: positive(settings, 'server.rate_limits.all_logins_per_minute'),
  peoplePerAddress: positive(settings, 'server.rate_limits.people_per_address'),
})

const positive = (settings: Settings, path: string): number => Math.max(1, settings.integer(path))

function servingTlsOf(settings: Settings): ServingTls | undefined {
  const certFile = settings.text('identity.cert_file')
  const keyFile = settings.text('identity.private_key_file')
  if (certFile === '' && keyFile === '') return undefined
  if (certFile === '' || keyFile === '')
    throw new BinocleError('BIN-CONFIG-KEY', 'identity.cert_file and identity.private_key_file belong together.', {
      remedy: 'Set both to serve HTTPS, or none to serve HTTP.',
    })
  return { certFile, keyFile }
}
