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
  // OpenSSL's word: basic constraints say so, and a stated key usage lets it sign certificates.
  if (!certificate.ca) return 'it is not that of an authority'
  if (Date.parse(certificate.validTo) < nowMs) return `it expired on ${certificate.validTo}`
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
