/**
 * Which TLS we speak, as server and as client: versions, cipher suites, groups (`deployment.tls_config`; reference:
 * auth.md 9.4). The same four facts come from the configuration or from an OpenShift profile (`tlsProfile.ts`).
 */
import { getCiphers } from 'node:tls'
import { BinocleError } from '../errors.ts'

export interface TlsPolicy {
  readonly minVersion: TlsVersion
  readonly maxVersion: TlsVersion
  /** In OpenSSL's form; undefined = Node's own list. Suites of TLS 1.3 stand in it too. */
  readonly ciphers?: string
  /** In OpenSSL's form, `X25519:P-256`; undefined = Node's own. */
  readonly groups?: string
}

export type TlsVersion = 'TLSv1.2' | 'TLSv1.3'

/** What was written; '' and [] = not set. */
export interface TlsWishes {
  readonly minVersion: string
  readonly maxVersion: string
  /** IANA's or OpenSSL's names. */
  readonly ciphers: readonly string[]
  readonly groups: readonly string[]
}

export interface ReadTlsPolicy {
  readonly policy: TlsPolicy
  /** Names that were left out because nobody here knows them. */
  readonly unknown: readonly string[]
}

export const defaultTlsPolicy: TlsPolicy = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3' }

/** `groupWorks`: whether the OpenSSL that we run on has a group, by its own name. Throws BIN-CONFIG-TLS. */
export function tlsPolicyOf(wishes: TlsWishes, groupWorks: (name: string) => boolean): ReadTlsPolicy {
  const minVersion = versionOf(wishes.minVersion, 'min_version') ?? 'TLSv1.2'
  const maxVersion = versionOf(wishes.maxVersion, 'max_version') ?? 'TLSv1.3'
  if (minVersion > maxVersion) throw wrong('max_version is below min_version', 'Raise max_version, or leave it out.')
  const unknown: string[] = []
  const groups = chosen(wishes.groups, 'groups', unknown, (name) => {
    const known = groupNames[name.toLowerCase()]
    return known !== undefined && groupWorks(known) ? known : undefined
  })
  // Where 1.3 is all we speak its three suites are all there are: a list says nothing.
  const ciphers =
    minVersion === 'TLSv1.3'
      ? undefined
      : chosen(wishes.ciphers, 'cipher_suites', unknown, cipherOf)?.concat(suitesOf13)
  return {
    policy: {
      minVersion,
      maxVersion,
      ...(ciphers === undefined ? {} : { ciphers: [...new Set(ciphers)].join(':') }),
      ...(groups === undefined ? {} : { groups: groups.join(':') }),
    },
    unknown,
  }
}

/** For `createSecureContext`, servers and connections alike. */
export function tlsOptions({ minVersion, maxVersion, ciphers, groups }: TlsPolicy) {
  return {
    minVersion,
    maxVersion,
    ...(ciphers === undefined ? {} : { ciphers }),
    ...(groups === undefined ? {} : { ecdhCurve: groups }),
  }
}

function versionOf(text: string, key: string): TlsVersion | undefined {
  if (text === '') return undefined
  const digits = /^(?:TLSv1\.|TLS1\.|VersionTLS1)([0-9])$/.exec(text)?.[1]
  if (digits === '2') return 'TLSv1.2'
  if (digits === '3') return 'TLSv1.3'
  const why = digits === undefined ? 'is no version of TLS' : 'is too old to be safe'
  throw wrong(`${key} ${JSON.stringify(text)} ${why}`, 'Write TLSv1.2 or TLSv1.3.')
}

/** The known of `names`, in order; undefined where none is named. */
function chosen(
  names: readonly string[],
  key: string,
  unknown: string[],
  known: (name: string) => string | undefined,
): string[] | undefined {
  if (names.length === 0) return undefined
  const found = names.flatMap((name) => {
    const ours = known(name)
    if (ours === undefined) unknown.push(name)
    return ours === undefined ? [] : [ours]
  })
  if (found.length > 0) return found
  throw wrong(`none of ${key} is known here: ${names.slice(0, 20).join(', ')}`, `Name others, or leave ${key} out.`)
}

/** OpenSSL wants these whenever a list is given, or it would speak no TLS 1.3 at all. */
const suitesOf13 = ['TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_128_GCM_SHA256']

/** What the operator may not even ask for by name: no forward secrecy, no authentication, or broken. */
const weak = /null|anon|aecdh|adh|export|rc4|des|md5|psk|srp|camellia|idea|seed|aria/

function cipherOf(name: string): string | undefined {
  const iana = /^TLS_(ECDHE_RSA|ECDHE_ECDSA|DHE_RSA|RSA)_WITH_(AES_128|AES_256|CHACHA20)_(.+)$/.exec(name)
  const openssl = iana === null ? name : opensslName(iana[1] ?? '', iana[2] ?? '', iana[3] ?? '')
  const isKnown = getCiphers().includes(openssl.toLowerCase()) && !weak.test(openssl.toLowerCase())
  return isKnown ? openssl.toUpperCase() : undefined
}

/** `ECDHE_RSA`, `AES_128`, `GCM_SHA256` -> `ECDHE-RSA-AES128-GCM-SHA256`. CBC and plain RSA are not spelled out. */
function opensslName(exchange: string, cipher: string, rest: string): string {
  const mode = rest
    .replace(/^CBC_/, '')
    .replace(/^POLY1305_SHA256$/, 'POLY1305')
    .replaceAll('_', '-')
  return [...(exchange === 'RSA' ? [] : [exchange.replace('_', '-')]), cipher.replace('_', ''), mode]
    .join('-')
    .replace('AES-', 'AES')
}

const groupNames: Readonly<Record<string, string>> = {
  x25519: 'X25519',
  secp256r1: 'P-256',
  secp384r1: 'P-384',
  secp521r1: 'P-521',
  x25519mlkem768: 'X25519MLKEM768',
  secp256r1mlkem768: 'SecP256r1MLKEM768',
  secp384r1mlkem1024: 'SecP384r1MLKEM1024',
}

const wrong = (what: string, remedy: string): BinocleError =>
  new BinocleError('BIN-CONFIG-TLS', `deployment.tls_config: ${what}.`, { remedy })
