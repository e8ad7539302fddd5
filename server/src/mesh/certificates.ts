/** The roots of trust that a control plane gives to workloads: ConfigMap `istio-ca-root-cert`, key `root-cert.pem`. */
import { X509Certificate } from 'node:crypto'
import type { ConfigMap } from '../inventory/objects.ts'

export interface Root {
  /** SHA-256, hex pairs with colons; '' when it cannot be read. */
  readonly fingerprint: string
  /** As Go prints a name: `CN=Mesh Root CA,O=example`. */
  readonly issuer: string
  /** Unix ms; 0 when it cannot be read. */
  readonly notBefore: number
  readonly notAfter: number
  /** null = it names none. */
  readonly dnsNames: readonly string[] | null
  /** Why it cannot be read; '' when it can. */
  readonly error: string
}

const read = new WeakMap<ConfigMap, readonly Root[]>()

/** One for each PEM block: during a rotation old and new root are side by side. One with an error when there is none. */
export function rootsOf(configMap: ConfigMap): readonly Root[] {
  let roots = read.get(configMap)
  if (roots === undefined) {
    const blocks = (configMap.data['root-cert.pem'] ?? '').match(pemBlock) ?? []
    roots = blocks.length === 0 ? [broken('There is no PEM block in root-cert.pem.')] : blocks.map(rootOf)
    read.set(configMap, roots)
  }
  return roots
}

const pemBlock = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

const broken = (error: string): Root => ({
  fingerprint: '',
  issuer: '',
  notBefore: 0,
  notAfter: 0,
  dnsNames: null,
  error,
})

function rootOf(pem: string): Root {
  try {
    const certificate = new X509Certificate(pem)
    const names = (certificate.subjectAltName ?? '')
      .split(', ')
      .flatMap((name) => (name.startsWith('DNS:') ? [name.slice(4)] : []))
    return {
      fingerprint: certificate.fingerprint256,
      issuer: goName(certificate.issuer),
      notBefore: Date.parse(certificate.validFrom),
      notAfter: Date.parse(certificate.validTo),
      dnsNames: names.length > 0 ? names : null,
      error: '',
    }
  } catch (error) {
    return broken(`It is no certificate: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** The order in which Go prints the attributes of a name, and the spelling Node has for each. */
const attributes = ['serialNumber', 'CN', 'postalCode', 'street', 'ST', 'L', 'OU', 'O', 'C']
const spelling = new Map([
  ['serialNumber', 'SERIALNUMBER'],
  ['postalCode', 'POSTALCODE'],
  ['street', 'STREET'],
])

/** Node's lines `O=example`, `CN=Root`, in the order of the certificate -> Go's one line. */
export function goName(lines: string): string {
  const pairs = lines.split('\n').filter((line) => line.includes('='))
  return attributes
    .map((attribute) =>
      pairs
        .filter((pair) => pair.startsWith(`${attribute}=`))
        .map((pair) => `${spelling.get(attribute) ?? attribute}${pair.slice(attribute.length)}`)
        .join('+'),
    )
    .filter((text) => text !== '')
    .join(',')
}
