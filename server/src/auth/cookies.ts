/** Cookies of logins as they stand in headers: reading without trust, writing with every attribute (auth.md 5.2, 5.3). */
import type { ClusterName } from '@binocle/api/identity'
import type { Incoming } from '../http/incoming.ts'

/** What one request carries. */
export interface CookieJar {
  /** Every cookie of the request by name, the first of equals. */
  readonly all: ReadonlyMap<string, string>
  /** Names of ours that came twice: whoever else may write cookies for this host wrote one of them. */
  readonly doubled: ReadonlySet<string>
}

export interface CookieAttributes {
  readonly secure: boolean
  readonly sameSite: 'Lax' | 'Strict'
  readonly path: string
}

/** Base name of all our cookies. `prefix` is `__Host-`, `__Secure-` or ''. */
export const baseName = (prefix: string): string => `${prefix}kiali-token`

/** Kiali's name for the cookie of a cluster; bytes that no cookie name may hold are percent-encoded. */
export const sessionName = (prefix: string, cluster: ClusterName): string => `${baseName(prefix)}-${encoded(cluster)}`

export const chunkName = (name: string, chunk: number): string => (chunk === 0 ? name : `${name}-${chunk}`)

export const countName = (prefix: string, cluster: ClusterName): string =>
  `${baseName(prefix)}-chunks-${encoded(cluster)}`

export const flowName = (prefix: string, flow: string): string => `${baseName(prefix)}-flow-${flow}`

/** Of a login that is under way; also those that Kiali would use for it. */
export const isFlowName = (prefix: string, name: string): boolean =>
  ['flow', 'nonce', 'pkce-verifier'].some((kind) => name.startsWith(`${baseName(prefix)}-${kind}-`))

/** Whether a cookie of one may be taken for a cookie of the other. */
export function namesCollide(a: ClusterName, b: ClusterName): boolean {
  const [one, other] = [encoded(a), encoded(b)]
  return takes(one, other) || takes(other, one)
}

/** Whether a cluster of that name could not have a cookie beside those of a login under way. */
export const isReserved = (cluster: ClusterName): boolean => /^(flow|nonce|pkce-verifier)-/.test(cluster)

const takes = (one: string, other: string): boolean =>
  other === `chunks-${one}` || (other.startsWith(`${one}-`) && /^[0-9]+$/.test(other.slice(one.length + 1)))

const encoded = (cluster: ClusterName): string =>
  /^[\w!#$%&'*+.^`|~-]+$/.test(cluster)
    ? cluster
    : [...Buffer.from(cluster, 'utf8')]
        .map((byte) => {
          const character = String.fromCharCode(byte)
          return /[\w.-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
        })
        .join('')

/** Reads the lines as they came: what Node joins is not lost, and no name hides another. A request is read once. */
export function cookiesOf({ rawHeaders }: Pick<Incoming, 'rawHeaders'>, prefix: string): CookieJar {
  const known = jars.get(rawHeaders)
  if (known !== undefined) return known
  const jar = readCookies(rawHeaders, prefix)
  jars.set(rawHeaders, jar)
  return jar
}

const jars = new WeakMap<readonly string[], CookieJar>()

function readCookies(rawHeaders: readonly string[], prefix: string): CookieJar {
  const all = new Map<string, string>()
  const doubled = new Set<string>()
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() !== 'cookie') continue
    for (const pair of (rawHeaders[at + 1] ?? '').split(';')) {
      const equals = pair.indexOf('=')
      if (equals < 0) continue
      const name = pair.slice(0, equals).trim()
      if (all.has(name)) {
        if (name.startsWith(baseName(prefix))) doubled.add(name)
      } else all.set(name, unquoted(pair.slice(equals + 1).trim()))
    }
  }
  return { all, doubled }
}

const unquoted = (value: string): string =>
  value.length >= 2 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value

/** Values are base64url or digits: nothing in them needs an encoding. `expiresAt`: Unix ms. */
export function cookieLine(
  name: string,
  value: string,
  attributes: CookieAttributes,
  life: { readonly nowMs: number; readonly expiresAt: number },
): string {
  const seconds = Math.max(0, Math.floor((life.expiresAt - life.nowMs) / 1000))
  return `${name}=${value}; ${attributesOf(attributes, new Date(life.expiresAt), seconds)}`
}

export const deletionLine = (name: string, attributes: CookieAttributes): string =>
  `${name}=; ${attributesOf({ ...attributes, sameSite: 'Strict' }, new Date(0), 0)}`

const attributesOf = ({ path, sameSite, secure }: CookieAttributes, expires: Date, seconds: number): string =>
  [
    `Path=${path}`,
    `Expires=${expires.toUTCString()}`,
    `Max-Age=${seconds}`,
    'HttpOnly',
    ...(secure ? ['Secure'] : []),
    `SameSite=${sameSite}`,
  ].join('; ')
