/**
 * How the console proves to a provider that it is the client that was registered there: by a secret, by what it signs
 * with a private key (RFC 9700 2.5 prefers it), or not at all. What is in the file says which.
 */
import { createPrivateKey, type KeyObject } from 'node:crypto'
import { importPKCS8 } from 'jose'
import * as client from 'openid-client'
import { OpenIdError } from './failure.ts'

/** `proof`: a secret, or a private key as PEM; '' = a public client. Rejects with OpenIdError `idp` for a key of no use. */
export async function clientProof(proof: string): Promise<client.ClientAuth> {
  if (proof === '') return client.None()
  return isPrivateKey(proof) ? client.PrivateKeyJwt(await signingKey(proof)) : client.ClientSecretBasic(proof)
}

const isPrivateKey = (text: string): boolean => /^\s*-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)

async function signingKey(pem: string): ReturnType<typeof importPKCS8> {
  const key = readKey(pem)
  const algorithm = key && algorithmOf(key)
  if (key === undefined || algorithm === undefined)
    throw new OpenIdError('idp', "the client's private key cannot be used: RSA, and ECDSA on P-256 or P-384 can")
  return await importPKCS8(key.export({ format: 'pem', type: 'pkcs8' }).toString(), algorithm)
}

function readKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem)
  } catch {
    return undefined
  }
}

function algorithmOf({ asymmetricKeyDetails, asymmetricKeyType }: KeyObject): string | undefined {
  if (asymmetricKeyType === 'rsa') return 'RS256'
  return asymmetricKeyType === 'ec' ? curves.get(asymmetricKeyDetails?.namedCurve ?? '') : undefined
}

const curves: ReadonlyMap<string, string> = new Map([
  ['prime256v1', 'ES256'],
  ['secp384r1', 'ES384'],
])
