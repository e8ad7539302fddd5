/** For tests: certificates of every kind, and a server that keeps what it hears. */
import 'reflect-metadata' // @peculiar/x509 resolves its parts through it and refuses to load without
import { webcrypto } from 'node:crypto'
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { TLSSocket } from 'node:tls'
import {
  BasicConstraintsExtension,
  cryptoProvider,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'

cryptoProvider.set(webcrypto)
const dayMs = 86_400_000

const algorithms = {
  ecdsa: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  ed25519: { name: 'Ed25519' },
  rsa1024: {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: 1024,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  },
  rsa2048: {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  },
} as const

export interface Made {
  readonly cert: string
  readonly key: string
  readonly keys: CryptoKeyPair
  readonly name: string
}

type CryptoKeyPair = Awaited<ReturnType<typeof newKeys>>

async function newKeys(kind: keyof typeof algorithms) {
  const keys = await webcrypto.subtle.generateKey(algorithms[kind], true, ['sign', 'verify'])
  if (!('privateKey' in keys)) throw new Error('one key only')
  return keys
}

/** Without `by`: signed by itself. Days are from today. */
export async function certificate(
  name: string,
  how: {
    readonly authority?: boolean
    readonly by?: Made
    readonly kind?: keyof typeof algorithms
    readonly from?: number
    readonly to?: number
    /** Absent = the extension is not there. */
    readonly keyUsage?: 'digitalSignature' | 'keyCertSign'
  } = {},
): Promise<Made> {
  const kind = how.kind ?? 'ecdsa'
  const keys = await newKeys(kind)
  const signer = how.by
  const made = await X509CertificateGenerator.create({
    serialNumber: Buffer.from(webcrypto.getRandomValues(new Uint8Array(8)))
      .toString('hex')
      .replace(/^./, '1'),
    subject: `CN=${name}`,
    issuer: `CN=${signer?.name ?? name}`,
    notBefore: new Date(Date.now() + (how.from ?? -1) * dayMs),
    notAfter: new Date(Date.now() + (how.to ?? 30) * dayMs),
    signingAlgorithm: algorithms[signer === undefined ? kind : 'ecdsa'],
    signingKey: signer?.keys.privateKey ?? keys.privateKey,
    publicKey: keys.publicKey,
    extensions: [
      new BasicConstraintsExtension(how.authority ?? false, undefined, true),
      ...(how.keyUsage === undefined ? [] : [new KeyUsagesExtension(KeyUsageFlags[how.keyUsage], true)]),
      new SubjectAlternativeNameExtension([
        { type: 'ip', value: '127.0.0.1' },
        { type: 'dns', value: 'localhost' },
      ]),
    ],
  })
  return {
    cert: made.toString('pem'),
    key: PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY'),
    keys,
    name,
  }
}

export interface Heard {
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
  /** Of the client's certificate. */
  readonly clientName?: string
}

export interface Listening {
  readonly url: string
  readonly heard: Heard[]
  close(): Promise<void>
}

/** On this machine; with `tls`, over HTTPS. `port`: any free one unless told. */
export async function listening(
  answer: (request: Heard, response: ServerResponse) => void,
  tls?: ServerOptions,
  port = 0,
): Promise<Listening> {
  const heard: Heard[] = []
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      const { socket } = request
      const clientName = socket instanceof TLSSocket ? String(socket.getPeerCertificate().subject?.CN) : undefined
      const one = { url: request.url ?? '', headers: request.headers, body, ...(clientName && { clientName }) }
      heard.push(one)
      answer(one, response)
    })
  }
  const server: Server = tls === undefined ? createHttpServer(handle) : createHttpsServer(tls, handle)
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${portOf(server.address())}`,
    heard,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const portOf = (address: AddressInfo | string | null): number =>
  typeof address === 'object' && address !== null ? address.port : 0
