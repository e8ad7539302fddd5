/** The root certificate that all clusters of a simulated mesh trust. Nothing is ever signed with it. */
import 'reflect-metadata' // @peculiar/x509 resolves its parts through it and refuses to load without
import { webcrypto } from 'node:crypto'
import { BasicConstraintsExtension, cryptoProvider, X509CertificateGenerator } from '@peculiar/x509'

/** PEM; valid for ten years around `nowMs`. */
export async function rootCertificate(meshId: string, nowMs: number): Promise<string> {
  cryptoProvider.set(webcrypto)
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: `O=${meshId}, CN=Root CA`,
    notBefore: new Date(nowMs - 30 * DAY_MS),
    notAfter: new Date(nowMs + 3650 * DAY_MS),
    signingAlgorithm: algorithm,
    keys,
    extensions: [new BasicConstraintsExtension(true, undefined, true)],
  })
  return `${certificate.toString('pem')}\n`
}

const DAY_MS = 86_400_000
