/** Which certificates may vouch for others: what a bundle of authorities may hold (reference: auth.md 9.3). */
import { type KeyObject, X509Certificate } from 'node:crypto'

export interface Bundle {
  /** PEM, one certificate each. */
  readonly certificates: readonly string[]
  /** Why the others were left out, by subject. */
  readonly refused: readonly string[]
  /** What was taken and is odd. */
  readonly warnings: readonly string[]
}

/** Takes what is valid; one bad certificate does not take the others with it. `nowMs`: Unix. */
export function bundleOf(pem: string, nowMs: number): Bundle {
  const certificates: string[] = []
  const refused: string[] = []
  const warnings: string[] = []
  for (const [text] of pem.matchAll(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)) {
    const certificate = parsed(text)
    const why = certificate === undefined ? 'it cannot be read' : refusal(certificate, nowMs)
    if (certificate === undefined || why !== undefined) {
      refused.push(`${nameOf(certificate)}: ${why}`)
      continue
    }
    if (Date.parse(certificate.validFrom) > nowMs) {
      warnings.push(`${nameOf(certificate)}: it is not valid before ${certificate.validFrom}`)
    }
    certificates.push(`${text}\n`)
  }
  return { certificates, refused, warnings }
}

function parsed(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem)
  } catch {
    return undefined
  }
}

const nameOf = (certificate: X509Certificate | undefined): string =>
  (certificate?.subject ?? 'a certificate').replaceAll('\n', ', ').slice(0, 200)

function refusal(certificate: X509Certificate, nowMs: number): string | undefined {
  if (!certificate.ca) return 'it is not that of an authority'
  if (Date.parse(certificate.validTo) < nowMs) return `it expired on ${certificate.validTo}`
  if (!mayVouch(certificate.raw)) return 'its key usage does not let it sign certificates'
  return weakness(certificate.publicKey)
}

function weakness(key: KeyObject): string | undefined {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key
  const bits = details?.modulusLength ?? 0
  if (type === 'rsa' || type === 'rsa-pss') return bits < 2048 ? `its RSA key has only ${bits} bits` : undefined
  if (type === 'ec') {
    const curve = details?.namedCurve ?? ''
    return ['prime256v1', 'secp384r1', 'secp521r1'].includes(curve) ? undefined : `its curve is ${curve}`
  }
  return type === 'ed25519' ? undefined : `its key is of type ${type}`
}

/** KeyUsage (2.5.29.15), where it is stated, must hold keyCertSign. Node shows the extended key usage only. */
function mayVouch(der: Uint8Array): boolean {
  const tbs = children(children(der)[0]?.content ?? none)[0]
  const extensions = children(tbs?.content ?? none).find(({ tag }) => tag === 0xa3)
  for (const { content } of children(children(extensions?.content ?? none)[0]?.content ?? none)) {
    const fields = children(content)
    if (Buffer.from(fields[0]?.content ?? none).toString('hex') !== '551d0f') continue
    const bits = children(fields.at(-1)?.content ?? none)[0]?.content ?? none
    return ((bits[1] ?? 0) & keyCertSign) !== 0
  }
  return true
}

/** Bit 5 of KeyUsage, counted from the left. */
const keyCertSign = 0b0000_0100
const none = new Uint8Array()

interface Der {
  readonly tag: number
  readonly content: Uint8Array
}

/** The values of a DER sequence; OpenSSL has read the certificate before, so that lengths are right. */
function children(der: Uint8Array): readonly Der[] {
  const found: Der[] = []
  for (let at = 0; at + 2 <= der.length; ) {
    const short = der[at + 1] ?? 0
    const more = short < 0x80 ? 0 : short & 0x7f
    const length = more === 0 ? short : der.subarray(at + 2, at + 2 + more).reduce((sum, byte) => sum * 256 + byte, 0)
    const from = at + 2 + more
    found.push({ tag: der[at] ?? 0, content: der.subarray(from, from + length) })
    at = from + length
  }
  return found
}
