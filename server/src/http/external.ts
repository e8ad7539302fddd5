/**
 * How we look from outside: the external URL, who the client is, and whether the way to them is encrypted. What is
 * configured decides; headers of a proxy count only when the peer is one of `server.trusted_proxies`.
 */
import { BlockList, isIP } from 'node:net'
import type { ServerConfig } from '../config/server.ts'
import type { Incoming } from './incoming.ts'

/** What of a request matters here. */
export type Arrival = Pick<Incoming, 'address' | 'encrypted' | 'headers' | 'rawHeaders'>

export interface External {
  /** With the web root, without a trailing slash: `https://mesh.example.com/kiali`. Default ports are left out. */
  url(incoming: Arrival): string
  /** As browsers write it: `https://mesh.example.com`. */
  origin(incoming: Arrival): string
  /** Name or address that the client asked for, lower case, without port; IPv6 in brackets. '' = none that can be read. */
  host(incoming: Arrival): string
  /** Cookies may carry `Secure`. Decided by the configuration, never lost because a header is absent or says less. */
  isSecure(incoming: Arrival): boolean
  /** Of the client, not of a trusted proxy before it. */
  address(incoming: Arrival): string
  /** The peer of the connection is a trusted proxy. */
  isProxied(incoming: Arrival): boolean
}

export function createExternal(config: ServerConfig): External {
  const { port, scheme, host: pinnedHost } = config.external ?? {}
  const proxies = rangesOf(config.trustedProxies ?? [])
  const ownTls = config.tls !== undefined
  const isProxied = ({ address }: Arrival): boolean => within(proxies, address)
  const forwarded = (incoming: Arrival, name: string): string | undefined =>
    isProxied(incoming) ? onlyLine(incoming, name) : undefined

  const schemeOf = (incoming: Arrival): 'http' | 'https' => {
    if (scheme !== undefined) return scheme
    const said = forwarded(incoming, 'x-forwarded-proto')
    if (said === 'http' || said === 'https') return said
    return ownTls || incoming.encrypted ? 'https' : 'http'
  }
  const asked = (incoming: Arrival): Authority =>
    readAuthority(forwarded(incoming, 'x-forwarded-host')) ??
    readAuthority(onlyLine(incoming, 'host')) ?? { host: '', port: undefined }

  /** Pinned, else as the proxy says, else as asked for; a pinned host without a port stands on the scheme's own. */
  const portOf = (incoming: Arrival): number | undefined => {
    if (port !== undefined) return port
    const said = forwarded(incoming, 'x-forwarded-port')
    if (said !== undefined && /^[0-9]{1,5}$/.test(said)) return Number(said)
    return pinnedHost === undefined ? asked(incoming).port : undefined
  }
  const origin = (incoming: Arrival): string => {
    const way = schemeOf(incoming)
    const at = portOf(incoming)
    const shown = at === undefined || at === (way === 'https' ? 443 : 80) ? '' : `:${at}`
    return `${way}://${pinnedHost ?? asked(incoming).host}${shown}`
  }
  return {
    url: (incoming) => `${origin(incoming)}${config.webRoot}`,
    origin,
    host: (incoming) => asked(incoming).host,
    isSecure: (incoming) =>
      ownTls ||
      scheme === 'https' ||
      (scheme === undefined && (pinnedHost !== undefined || schemeOf(incoming) === 'https')),
    address: (incoming) => clientOf(incoming, proxies),
    isProxied,
  }
}

interface Authority {
  readonly host: string
  readonly port: number | undefined
}

/** `name`, `name:80`, `[::1]:80`. undefined = cannot be read. */
export function readAuthority(text: string | undefined): Authority | undefined {
  const parts = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?$/.exec(text ?? '')
  const host = parts?.[1]?.toLowerCase()
  if (host === undefined || host.length > 255) return undefined
  return { host, port: parts?.[2] === undefined ? undefined : Number(parts[2]) }
}

/** A header that stands there exactly once. */
function onlyLine({ rawHeaders, headers }: Arrival, name: string): string | undefined {
  let found: string | undefined
  for (let at = 0; at < rawHeaders.length; at += 2)
    if (rawHeaders[at]?.toLowerCase() === name) {
      if (found !== undefined) return undefined
      found = rawHeaders[at + 1]
    }
  if (found !== undefined) return found.trim()
  const [joined] = [headers[name]].flat()
  return joined?.trim()
}

/** The nearest address that is not one of our proxies, read from the right: what stands left of it anybody may write. */
function clientOf(incoming: Arrival, proxies: BlockList): string {
  if (!within(proxies, incoming.address)) return plain(incoming.address)
  const hops = linesOf(incoming, 'x-forwarded-for')
    .join(',')
    .split(',')
    .map((hop) => plain(hop.trim()))
  let client = plain(incoming.address)
  for (const hop of hops.reverse()) {
    if (isIP(hop) === 0) return client
    client = hop
    if (!within(proxies, hop)) return client
  }
  return client
}

function linesOf({ rawHeaders, headers }: Arrival, name: string): string[] {
  const lines: string[] = []
  for (let at = 0; at < rawHeaders.length; at += 2)
    if (rawHeaders[at]?.toLowerCase() === name) lines.push(rawHeaders[at + 1] ?? '')
  return lines.length > 0 ? lines : [headers[name] ?? []].flat()
}

/** IPv4 that came over IPv6 is IPv4; zones say nothing beyond this machine. */
const plain = (address: string): string => address.replace(/^::ffff:(?=[0-9]+\.)/i, '').replace(/%.*$/, '')

/** Addresses and CIDRs, checked by the configuration. */
export function rangesOf(ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (prefix === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(prefix), family)
  }
  return list
}

/** Whether `address`, as a socket names it, lies in `ranges`, which do not change. Asked several times for each request. */
export function within(ranges: BlockList, address: string): boolean {
  const answers = asked.get(ranges) ?? new Map<string, boolean>()
  asked.set(ranges, answers)
  const answered = answers.get(address)
  if (answered !== undefined) return answered
  const known = plain(address)
  const version = isIP(known)
  const isWithin = version !== 0 && ranges.check(known, version === 6 ? 'ipv6' : 'ipv4')
  if (answers.size >= maxAnswers) answers.clear()
  answers.set(address, isWithin)
  return isWithin
}

const asked = new WeakMap<BlockList, Map<string, boolean>>()
const maxAnswers = 1000
