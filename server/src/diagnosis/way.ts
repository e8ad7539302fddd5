/** The steps below Kubernetes: DNS, TCP and TLS, each with its cause told apart from the others'. */
import { createHash, X509Certificate } from 'node:crypto'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { DiagnosisStep } from '@binocle/api/diagnosis'
import type { ClusterAccess } from '../kube/access.ts'
import { type KubeFailure, thrown } from '../kube/failure.ts'
import { endpointOf, lookupOf, opened, resolved, secured, shownCertificate } from './network.ts'
import { fromProblem, type Outcome, ok, runStep, type StepSurroundings, skipped, trouble } from './step.ts'

export interface Way {
  readonly steps: readonly DiagnosisStep[]
  /** Why nothing above can be tried. */
  readonly blocked?: string
  readonly secure?: TLSSocket
  /** What the API server shows. */
  readonly certificate?: X509Certificate
  close(): void
}

const limitMs = 3_000

/** Never rejects. Of a cluster behind a proxy it looks at the way to the proxy. */
export async function reach(access: ClusterAccess, surroundings: StepSurroundings): Promise<Way> {
  const { cluster, server, proxy } = access
  const endpoint = endpointOf(proxy ?? server)
  const place = `${endpoint.host}:${endpoint.port}`
  let socket: Socket | undefined
  let secure: TLSSocket | undefined
  const close = (): void => {
    secure?.destroy()
    socket?.destroy()
  }
  const blockedAt = (steps: readonly DiagnosisStep[], blocked: string): Way => ({ steps, blocked, close })

  const dns = await runStep('dns', surroundings, limitMs, async () => {
    try {
      const addresses = await resolved(endpoint.host)
      return ok(
        addresses[0] === endpoint.host
          ? `${endpoint.host} is an address.`
          : `${endpoint.host} is ${addresses.join(', ')}.`,
      )
    } catch (error) {
      return unreachable(thrown(cluster, 'DNS', error), `${endpoint.host} has no address.`, 'the name of the server')
    }
  })
  if (dns.state === 'failed') {
    const why = 'Its host name has no address.'
    return blockedAt([dns, skipped('tcp', why), skipped('tls', why)], why)
  }

  const tcp = await runStep('tcp', surroundings, limitMs, async (signal) => {
    try {
      socket = await opened(endpoint, signal, lookupOf(access))
      // The step is over, the connection goes on: errors from now on are TLS's.
      socket.on('error', () => {})
      return ok(`${place} accepts connections.`)
    } catch (error) {
      return unreachable(thrown(cluster, 'TCP', error), `${place} accepts no connection.`, 'address and port')
    }
  })
  if (tcp.state === 'failed' || socket === undefined) {
    const why = 'No connection can be made.'
    close()
    return blockedAt([dns, tcp, skipped('tls', why)], why)
  }

  if (proxy !== undefined) {
    close()
    return { steps: [dns, tcp, skipped('tls', 'It is reached through a proxy: see Authentication.')], close: () => {} }
  }
  const connection = socket
  const tls = await runStep('tls', surroundings, limitMs, async () => {
    if (!endpoint.encrypted) return plain(server)
    try {
      secure = await secured(connection, endpoint.host, access.tls)
      secure.on('error', () => {})
      return trusted(secure, access)
    } catch (error) {
      const failure = thrown(cluster, 'TLS', error)
      return refusedTls(failure, await shownWords(access))
    }
  })
  if (tls.state === 'failed') {
    close()
    return blockedAt([dns, tcp, tls], 'No TLS connection can be made.')
  }
  const raw = secure?.getPeerCertificate().raw
  return {
    steps: [dns, tcp, tls],
    close,
    ...(secure === undefined ? {} : { secure }),
    ...(raw === undefined ? {} : { certificate: new X509Certificate(raw) }),
  }
}

function unreachable(failure: KubeFailure, found: string, mended: string): Outcome {
  return {
    ...fromProblem(failure.problem, found, 'failed'),
    remedy: `Check ${mended} in the kubeconfig, that the API server runs, and firewalls between.`,
  }
}

const plain = (server: string): Outcome =>
  trouble(
    'warning',
    'The connection is not encrypted.',
    `The server URL is ${server}: our credential can be read on the way.`,
    'Use the https address of the API server.',
  )

function trusted(secure: TLSSocket, { tls }: ClusterAccess): Outcome {
  const protocol = secure.getProtocol() ?? 'TLS'
  const { subject } = secure.getPeerCertificate()
  const whose = subject === undefined ? 'It shows no certificate' : `Its certificate is of ${nameOf(subject)}`
  if (!tls.insecureSkipVerify) return ok(`${protocol}. ${whose}, signed by a CA that we trust.`)
  return trouble(
    'warning',
    `${protocol}. ${whose}.`,
    'It is not verified (insecure-skip-tls-verify): anybody between could read our credential.',
    'Give its CA as certificate-authority-data, and remove insecure-skip-tls-verify.',
  )
}

function refusedTls(failure: KubeFailure, shown: string): Outcome {
  const outcome = fromProblem(failure.problem, 'No trusted connection.', 'failed')
  return { ...outcome, cause: `${outcome.cause}${shown}` }
}

/** Who signed what the server shows, and which CA we expect instead; '' when it shows nothing. */
async function shownWords(access: ClusterAccess): Promise<string> {
  try {
    const shown = await shownCertificate(access, AbortSignal.timeout(limitMs / 3))
    const names = shown.subjectaltname === undefined ? '' : `, for ${shown.subjectaltname}`
    return `. It shows a certificate of ${nameOf(shown.subject)}${names}, signed by ${nameOf(shown.issuer)}${expected(access.tls.ca)}`
  } catch {
    return ''
  }
}

function expected(ca: string | undefined): string {
  if (ca === undefined) return '; we trust the authorities of this system'
  try {
    const certificate = new X509Certificate(ca)
    const print = createHash('sha256').update(certificate.raw).digest('hex').slice(0, 16)
    return `; we trust ${certificate.subject.replaceAll('\n', ', ')} (sha256 ${print}...)`
  } catch {
    return ''
  }
}

/** The common name where there is one. */
function nameOf(name: object): string {
  const fields = Object.entries(name)
  const common = fields.find(([field]) => field === 'CN')
  return String(common?.[1] ?? fields.map(([field, value]) => `${field}=${String(value)}`).join(', '))
}
