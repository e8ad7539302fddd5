/** Everything that can go wrong between us and an API server, sorted by what has to be done about it. */
import type { ClusterName } from '@binocle/api/identity'
import type { Problem } from '@binocle/api/problem'
import { isRecord, Malformed } from '../inventory/json.ts'
import { sentences } from '../outbound/networkWords.ts'
import { redactText } from '../redact.ts'
import type { TokenFacts } from './jwt.ts'
import { ProxyRefusal } from './tunnel.ts'

export type FailureReason =
  /** 404: no such path or object. */
  | 'absent'
  /** Not Kubernetes: HTML, truncated or wrong JSON, a redirect, too long. */
  | 'answer'
  /** We gave up ourselves. */
  | 'aborted'
  | 'config'
  /** No such host. */
  | 'dns'
  | 'forbidden'
  /** 410: the version is too old. */
  | 'gone'
  /** The proxy in between does not let us through. */
  | 'proxy'
  /** 400, 405, 406, 409, 415, 422: the server does not want it this way. */
  | 'refused'
  /** 429, 5xx. */
  | 'server'
  /** It answers, and its watches bring nothing. */
  | 'silent'
  | 'tls'
  | 'unauthorized'
  /** Refused, reset, timed out. */
  | 'unreachable'

export class KubeFailure extends Error {
  readonly reason: FailureReason
  readonly cluster: ClusterName
  /** HTTP status, or the code of an ERROR event; 0 without one. */
  readonly status: number
  /** Where more is known than what `reason` advises. */
  readonly remedy: string | undefined
  /** What Kubernetes itself says of it, without credentials, up to 2,000 characters; '' when it says nothing. */
  readonly said: string

  constructor(
    reason: FailureReason,
    cluster: ClusterName,
    message: string,
    status = 0,
    cause?: unknown,
    remedy?: string,
    said = '',
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'KubeFailure'
    this.reason = reason
    this.cluster = cluster
    this.status = status
    this.remedy = remedy
    this.said = said
  }

  get problem(): Problem {
    const { code, remedy } = advice[this.reason]
    return { code, message: this.message, cluster: this.cluster, remedy: this.remedy ?? remedy }
  }
}

const advice: Readonly<Record<FailureReason, { code: string; remedy: string }>> = {
  absent: { code: 'BIN-CLUSTER-ANSWER', remedy: 'Check that the server URL is that of a Kubernetes API server.' },
  aborted: { code: 'BIN-CLUSTER-UNREACHABLE', remedy: 'It is tried again by itself.' },
  answer: {
    code: 'BIN-CLUSTER-ANSWER',
    remedy: 'Check that the server URL is that of a Kubernetes API server, and no proxy answers for it.',
  },
  config: { code: 'BIN-CLUSTER-CONFIG', remedy: 'Mend the kubeconfig; it is read again by itself.' },
  dns: {
    code: 'BIN-CLUSTER-DNS',
    remedy: "Check the host name in the kubeconfig's server, and DNS where the console runs.",
  },
  forbidden: { code: 'BIN-CLUSTER-FORBIDDEN', remedy: 'Grant get, list and watch on it to our service account.' },
  gone: { code: 'BIN-CLUSTER-ANSWER', remedy: 'It is read anew by itself.' },
  proxy: {
    code: 'BIN-CLUSTER-PROXY',
    remedy: "Check proxy-url in the kubeconfig, and that the proxy allows CONNECT to the API server's address.",
  },
  refused: { code: 'BIN-CLUSTER-ANSWER', remedy: 'Check that the API server is of a supported version.' },
  server: {
    code: 'BIN-CLUSTER-UNREACHABLE',
    remedy: 'Look at the log of the API server; it is tried again by itself.',
  },
  silent: {
    code: 'BIN-CLUSTER-SILENT',
    remedy: 'Look at proxies and load balancers on the way: they must pass on at once what a watch brings.',
  },
  tls: {
    code: 'BIN-CLUSTER-TLS',
    remedy: 'Give the CA that signed it as certificate-authority-data, or its name as tls-server-name.',
  },
  unauthorized: { code: 'BIN-CLUSTER-AUTH', remedy: 'Renew the token or client certificate in the kubeconfig.' },
  unreachable: {
    code: 'BIN-CLUSTER-UNREACHABLE',
    remedy: 'Check that the API server runs and that its address can be reached from here.',
  },
}

/** From the status and body of an answer that is not a success. */
export function answered(cluster: ClusterName, what: string, status: number, body: unknown): KubeFailure {
  const message = isRecord(body) && typeof body.message === 'string' ? told(body.message) : ''
  const said = message === '' ? '' : `: ${cut(message)}`
  const reason = reasonOf(status, message)
  const words = reason === 'unauthorized' ? `${cluster} rejects our credential` : `${cluster} answers`
  return new KubeFailure(
    reason,
    cluster,
    `${words} (${status} to ${what})${said}`,
    status,
    undefined,
    undefined,
    message,
  )
}

function reasonOf(status: number, said: string): FailureReason {
  if (status === 401) return 'unauthorized'
  // Without a usable credential an API server may let us in as nobody and then refuse everything.
  if (status === 403) return said.includes('"system:anonymous"') ? 'unauthorized' : 'forbidden'
  if (status === 404) return 'absent'
  if (status === 410) return 'gone'
  if (status >= 500 || status === 429) return 'server'
  if (status >= 400) return 'refused'
  return 'answer'
}

/** From what the network threw. */
export function thrown(cluster: ClusterName, what: string, error: unknown): KubeFailure {
  if (error instanceof KubeFailure) return error
  if (error instanceof Malformed) {
    return new KubeFailure(
      'answer',
      cluster,
      `${cluster} answers ${what} with what is not Kubernetes: ${error.message}`,
    )
  }
  const code = codeOf(error)
  if (code === 'UND_ERR_ABORTED' || (error instanceof Error && error.name === 'AbortError')) {
    return new KubeFailure('aborted', cluster, `${cluster}: ${what} was given up`, 0, error)
  }
  if (error instanceof ProxyRefusal) return new KubeFailure('proxy', cluster, `${cluster}: ${error.message}`, 0, error)
  if (isTls(code)) {
    return new KubeFailure('tls', cluster, `${cluster}: ${tlsWords(code)} (${code})`, 0, error, tlsRemedy(code))
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return new KubeFailure('dns', cluster, `${cluster} cannot be found: ${words(code, error)}`, 0, error)
  }
  return new KubeFailure('unreachable', cluster, `${cluster} does not answer: ${words(code, error)}`, 0, error)
}

/** Happy Eyeballs wraps one error for each address tried. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0])
  if (!(error instanceof Error)) return ''
  if ('code' in error && typeof error.code === 'string') return error.code
  return error.cause === undefined ? '' : codeOf(error.cause)
}

const isTls = (code: string): boolean =>
  /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|^ERR_TLS_|^ERR_SSL_|^ERR_OSSL_|EPROTO|INVALID_CA|HOSTNAME_MISMATCH/.test(
    code,
  )

function tlsWords(code: string): string {
  if (code === 'CERT_HAS_EXPIRED') return 'the certificate of its API server has expired'
  if (code === 'CERT_NOT_YET_VALID') return 'the certificate of its API server is not valid yet'
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'the certificate of its API server is for another name'
  if (/SELF_SIGNED|UNABLE_TO|ISSUER/.test(code))
    return 'the certificate of its API server is not signed by the CA we were given'
  return 'no TLS connection can be made to its API server'
}

function tlsRemedy(code: string): string | undefined {
  if (code === 'CERT_HAS_EXPIRED') return 'Renew the certificate of the API server.'
  if (code === 'CERT_NOT_YET_VALID') return 'Compare the clocks here and there.'
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'Give a name that the certificate has as tls-server-name.'
  if (/SELF_SIGNED|UNABLE_TO|ISSUER/.test(code)) return 'Give the CA that signed it as certificate-authority-data.'
  return undefined
}

/** What is wrong with the token that a server rejected, as far as the token itself says. */
export function rejected(failure: KubeFailure, { expiresAt, subject }: TokenFacts, now: number): KubeFailure {
  if (failure.reason !== 'unauthorized' || (expiresAt === undefined && subject === undefined)) return failure
  const { cluster, message, status } = failure
  const whose = subject === undefined ? 'our token' : `our token, of ${subject},`
  const when = expiresAt === undefined ? '' : new Date(expiresAt).toISOString()
  const why =
    expiresAt === undefined
      ? `${whose} names no end: its account or secret may be gone`
      : expiresAt <= now
        ? `${whose} expired at ${when}`
        : `${whose} is good until ${when}: it was revoked, or made for another cluster`
  const remedy = `Make a new token: binocle remote-secret create --name ${cluster}; it is taken over while we run.`
  return new KubeFailure('unauthorized', cluster, `${message}; ${why}`, status, failure, remedy)
}

function words(code: string, error: unknown): string {
  const known = sentences[code]
  if (known !== undefined) return `${known} (${code})`
  return code === '' ? short(error instanceof Error ? error.message : 'no reason given') : code
}

/** A server may repeat what it was sent, our credential too. */
const told = (text: string): string => redactText(text.slice(0, 2000))

const cut = (text: string): string => (text.length > 300 ? `${text.slice(0, 300)}...` : text)

const short = (text: string): string => cut(told(text))
