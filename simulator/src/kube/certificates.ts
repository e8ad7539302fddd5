/**
 * A certificate authority for each simulated cluster, and the certificate its API server shows. EC keys: made in
 * milliseconds. Valid by the machine's clock, not the scenario's: real clients check them by theirs.
 */
import 'reflect-metadata' // @peculiar/x509 resolves its parts through it and refuses to load without
import { webcrypto } from 'node:crypto'
import {
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import type { CertificateState } from './faults.ts'

export interface ServingCertificate {
  readonly certificatePem: string
  readonly keyPem: string
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const dayMs = 24 * 3600_000

export interface Authority {
  readonly caPem: string
  /** For 127.0.0.1 and localhost, or with what is wrong about it. Made once for each state. */
  certificate(state: CertificateState): Promise<ServingCertificate>
}

/** Signs what the API server of one cluster shows. */
export async function certificateAuthority(cluster: string): Promise<Authority> {
  const own = await newAuthority(`ca of simulated cluster ${cluster}`)
  const made = new Map<CertificateState, Promise<ServingCertificate>>()
  return {
    caPem: own.ca.toString('pem'),
    certificate(state) {
      const known = made.get(state) ?? issue(state, own)
      made.set(state, known)
      return known
    },
  }
}

interface Signer {
  readonly ca: X509Certificate
  readonly keys: Awaited<ReturnType<typeof newKeys>>
}

async function newAuthority(name: string): Promise<Signer> {
  cryptoProvider.set(webcrypto)
  const keys = await newKeys()
  const ca = await X509CertificateGenerator.createSelfSigned({
    ...lifetimes.ok,
    serialNumber: '01',
    name: `CN=${name}`,
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  })
  return { ca, keys }
}

/** Days from today. */
const between = (from: number, to: number) => ({
  notBefore: new Date(Date.now() + from * dayMs),
  notAfter: new Date(Date.now() + to * dayMs),
})

const lifetimes = { ok: between(-1, 3650), expired: between(-365, -1), notYetValid: between(1, 365) } as const

async function issue(state: CertificateState, own: Signer): Promise<ServingCertificate> {
  const { ca, keys: caKeys } = state === 'otherCa' ? await newAuthority('an authority nobody knows') : own
  const keys = await newKeys()
  const certificate = await X509CertificateGenerator.create({
    ...(state === 'expired' || state === 'notYetValid' ? lifetimes[state] : lifetimes.ok),
    serialNumber: '02',
    subject: 'CN=kube-apiserver',
    issuer: ca.subject,
    signingAlgorithm: algorithm,
    signingKey: caKeys.privateKey,
    publicKey: keys.publicKey,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(
        state === 'otherName'
          ? [{ type: 'dns', value: 'api.somewhere-else.example' }]
          : [
              { type: 'ip', value: '127.0.0.1' },
              { type: 'dns', value: 'localhost' },
              { type: 'dns', value: 'kubernetes.default.svc' },
            ],
      ),
    ],
  })
  return {
    certificatePem: certificate.toString('pem'),
    keyPem: PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY'),
  }
}

const newKeys = () => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
