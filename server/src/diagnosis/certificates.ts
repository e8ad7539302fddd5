/** What will expire, and when: the server's certificate, the CA we trust, our own credential, the mesh's root. */
import { X509Certificate } from 'node:crypto'
import type { DiagnosisFinding } from '@binocle/api/diagnosis'
import { isRecord, record, text } from '../inventory/json.ts'
import type { ClusterAccess } from '../kube/access.ts'
import type { KubeApi } from '../kube/api.ts'
import { KubeFailure } from '../kube/failure.ts'
import { tokenFacts } from '../kube/jwt.ts'
import { moment, span } from './ago.ts'
import { type Outcome, ok, trouble } from './step.ts'

/** Something that ends. */
export interface Expiry {
  readonly what: string
  /** Unix ms. */
  readonly expiresAtMs: number
  /** API servers and service accounts renew theirs themselves, in due time. */
  readonly soonMs: number
}

const dayMs = 86_400_000

export function expiriesOf(access: ClusterAccess, served: X509Certificate | undefined): Expiry[] {
  const { tls, credential } = access
  const endsAt = credential.kind === 'token' ? tokenFacts(credential.token).expiresAt : undefined
  return [
    ...(served === undefined ? [] : [ofCertificate('the certificate of its API server', served, 7 * dayMs)]),
    ...certificatesIn(tls.ca).map((ca) => ofCertificate('the CA in our kubeconfig', ca, 30 * dayMs)),
    ...certificatesIn(tls.client?.cert).map((each) => ofCertificate('our client certificate', each, 14 * dayMs)),
    ...(endsAt === undefined ? [] : [{ what: 'our token', expiresAtMs: endsAt, soonMs: 14 * dayMs }]),
  ]
}

/** Istio's root of trust in this cluster, as every namespace has it; empty where it cannot be read. */
export async function meshRoots(api: KubeApi, namespace: string, signal: AbortSignal): Promise<Expiry[]> {
  try {
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps/istio-ca-root-cert`
    const map = await api.get(path, { signal })
    const pem = isRecord(map) ? text(record(map, 'data'), 'root-cert.pem') : ''
    return certificatesIn(pem).map((root) => ofCertificate('the root certificate of the mesh', root, 30 * dayMs))
  } catch (error) {
    if (error instanceof KubeFailure && (error.reason === 'absent' || error.reason === 'forbidden')) return []
    throw error
  }
}

export function certificatesOutcome(expiries: readonly Expiry[], now: number): Outcome {
  const findings = expiries.map((each) => finding(each, now))
  const over = findings.filter(({ state }) => state === 'failed')
  const soon = findings.filter(({ state }) => state === 'warning')
  const remedy = 'Renew it before it ends; a token of ours with: binocle remote-secret create.'
  const [first] = [...over, ...soon]
  if (first !== undefined) {
    const found = `${over.length} expired, ${soon.length} about to expire, of ${expiries.length}.`
    return trouble(over.length > 0 ? 'failed' : 'warning', found, `${upper(first.text)}.`, remedy, { findings })
  }
  const next = [...expiries].sort((a, b) => a.expiresAtMs - b.expiresAtMs)[0]
  if (next === undefined) return ok('Nothing here is known to expire.')
  return ok(`The first to expire is ${next.what}, in ${span(next.expiresAtMs - now)}.`, findings)
}

function finding({ what, expiresAtMs, soonMs }: Expiry, now: number): DiagnosisFinding {
  const left = expiresAtMs - now
  if (left <= 0) return { state: 'failed', text: `${what} expired ${span(left)} ago (${moment(expiresAtMs)})` }
  const state = left < soonMs ? 'warning' : 'ok'
  return { state, text: `${what} expires in ${span(left)} (${moment(expiresAtMs)})` }
}

const ofCertificate = (what: string, certificate: X509Certificate, soonMs: number): Expiry => ({
  what,
  expiresAtMs: Date.parse(certificate.validTo),
  soonMs,
})

function certificatesIn(pem: string | undefined): X509Certificate[] {
  const blocks = pem?.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? []
  return blocks.flatMap((block) => {
    try {
      return [new X509Certificate(block)]
    } catch {
      return []
    }
  })
}

const upper = (sentence: string): string => sentence.charAt(0).toUpperCase() + sentence.slice(1)
