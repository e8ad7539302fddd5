/**
 * The catalogue of errors: every code that an answer, a cluster's state or the log can carry, on one page. Documented
 * for users in `docs/errors.md`; a test holds both together.
 */
import type { ClusterName } from '@binocle/api/identity'
import type { Problem } from '@binocle/api/problem'

/** Status of the HTTP answer when a request fails with it, and what it means. */
export const catalogue = {
  'BIN-QUERY-PARAM': { status: 400, meaning: 'A query parameter is unknown, malformed or outside its range.' },
  'BIN-QUERY-NAMESPACE': {
    status: 403,
    meaning: 'The namespace does not exist in any cluster, or you may not see it.',
  },
  'BIN-QUERY-CLUSTER': { status: 400, meaning: 'No cluster of that name is part of the mesh, or you may not see it.' },
  'BIN-QUERY-TYPE': { status: 400, meaning: 'Objects of this group, version and kind are not managed.' },
  'BIN-QUERY-LENGTH': { status: 414, meaning: 'The URL is longer than we read.' },
  'BIN-REQUEST': { status: 400, meaning: 'The request itself is malformed: its path, its headers or its body.' },
  'BIN-REQUEST-HEADERS': { status: 431, meaning: 'The header lines are too long, or too many.' },
  'BIN-REQUEST-HOST': { status: 421, meaning: 'The console was asked for by a host name that is not its own.' },
  'BIN-REQUEST-ORIGIN': { status: 403, meaning: 'A page of another origin asks for a change.' },
  'BIN-REQUEST-TYPE': { status: 415, meaning: 'The body is compressed, or of a type that is not read there.' },
  'BIN-REQUEST-RATE': { status: 429, meaning: 'One person or one address asks too often.' },
  'BIN-CHANGE-BODY': { status: 400, meaning: 'The body is no object, or no patch, of what the path names.' },
  'BIN-CHANGE-FORBIDDEN': { status: 403, meaning: 'The cluster does not let you make this change.' },
  'BIN-CHANGE-CONFLICT': { status: 409, meaning: 'The object exists already, or was changed by somebody else.' },
  'BIN-CHANGE-REFUSED': { status: 422, meaning: 'The cluster, or a webhook of it, refuses the change as wrong.' },
  'BIN-VIEW-ONLY': { status: 403, meaning: 'The console is in view-only mode.' },
  'BIN-TIMEOUT': { status: 503, meaning: 'The answer took longer than `server.write_timeout`.' },
  'BIN-AUTH-LOGIN': { status: 401, meaning: 'Nobody is logged in, or the session is over.' },
  'BIN-AUTH-TOKEN': { status: 401, meaning: 'The token is missing, not valid, expired, or opens nothing.' },
  'BIN-AUTH-REQUEST': { status: 400, meaning: 'The login is malformed, or the strategy has no such way to log in.' },
  'BIN-AUTH-FORBIDDEN': { status: 403, meaning: 'The identity is valid, and may not use the console.' },
  'BIN-AUTH-SIZE': { status: 400, meaning: 'The session would not fit the cookies of a browser.' },
  'BIN-AUTH-UNAVAILABLE': { status: 503, meaning: 'Who would confirm the login does not answer.' },
  'BIN-AUTH-PROVIDER': { status: 501, meaning: 'The identity provider cannot do what our login needs.' },
  'BIN-PORT-TAKEN': { status: 500, meaning: 'Another process listens on the address we were told to listen on.' },
  'BIN-NOT-FOUND': { status: 404, meaning: 'There is no such object, or you may not see it.' },
  'BIN-CLUSTER-UNREACHABLE': { status: 503, meaning: "The cluster's API server does not answer." },
  'BIN-CLUSTER-AUTH': { status: 503, meaning: "The cluster's API server rejects our credential." },
  'BIN-CLUSTER-FORBIDDEN': { status: 503, meaning: 'Our credential may not read this kind in this cluster.' },
  'BIN-CLUSTER-TLS': { status: 503, meaning: "The cluster's certificate is not signed by the CA we were given." },
  'BIN-CLUSTER-CONFIG': { status: 503, meaning: 'The kubeconfig, or the context in it, cannot be used.' },
  'BIN-CLUSTER-ANSWER': { status: 503, meaning: "The cluster's API server answers something that is not Kubernetes." },
  'BIN-CLUSTER-SILENT': { status: 503, meaning: "The cluster's API server answers, but its watches bring nothing." },
  'BIN-FORWARD-DENIED': { status: 503, meaning: 'Our credential may not open a port-forward to the pod.' },
  'BIN-PROXY-ABSENT': { status: 404, meaning: 'The pod has no proxy of the kind that was asked for.' },
  'BIN-PROXY-FORBIDDEN': { status: 403, meaning: 'You may not open a port-forward to the pod.' },
  'BIN-PROXY-UNREACHABLE': { status: 503, meaning: 'A proxy does not answer over the port-forward.' },
  'BIN-PROXY-ANSWER': { status: 503, meaning: 'A proxy answers something that we cannot read.' },
  'BIN-ISTIOD-UNREACHABLE': { status: 503, meaning: 'An istiod does not answer over the port-forward.' },
  'BIN-ISTIOD-ANSWER': { status: 503, meaning: 'An istiod answers something that we cannot read.' },
  'BIN-ISTIOD-DISABLED': { status: 503, meaning: 'Istiods are not asked, or this one does not serve what was asked.' },
  'BIN-CLUSTER-DNS': { status: 503, meaning: "The host name of the cluster's API server cannot be looked up." },
  'BIN-CLUSTER-PROXY': { status: 503, meaning: "The proxy to the cluster's API server does not let us through." },
  'BIN-CLUSTER-NAME': { status: 503, meaning: 'The names that one cluster is given differ.' },
  'BIN-CLUSTER-DUPLICATE': { status: 503, meaning: 'Two declarations name the same cluster and differ.' },
  'BIN-CLUSTER-ISTIO-SECRET': { status: 503, meaning: "The cluster's secret was made for Istio, not for a console." },
  'BIN-CLUSTER-DECLARED': { status: 503, meaning: 'The cluster is only named: we have no access to it.' },
  'BIN-MESH-CONTROL-PLANE': { status: 503, meaning: 'No control plane that we can see manages the cluster.' },
  'BIN-MESH-UNREAD': { status: 503, meaning: 'An istiod cannot read the cluster.' },
  'BIN-MESH-CONFIG-IGNORED': { status: 503, meaning: 'Istio objects live where no istiod reads them.' },
  'BIN-MESH-NETWORK': { status: 503, meaning: 'The network of the cluster cannot be entered from other networks.' },
  'BIN-MESH-TRUST': { status: 503, meaning: 'Clusters of one mesh share no root certificate.' },
  'BIN-MESH-CERTIFICATE': { status: 503, meaning: 'A root certificate expired, or expires soon.' },
  'BIN-PROMETHEUS-UNREACHABLE': { status: 503, meaning: 'Prometheus does not answer.' },
  'BIN-PROMETHEUS-ANSWER': { status: 503, meaning: 'Prometheus answers something that is not its API.' },
  'BIN-PROMETHEUS-EMPTY': { status: 503, meaning: 'Prometheus answers, but knows no Istio metric.' },
  'BIN-PROMETHEUS-DISABLED': { status: 503, meaning: 'No Prometheus is configured.' },
  'BIN-CONFIG-FILE': { status: 500, meaning: 'The configuration file cannot be read.' },
  'BIN-CONFIG-KEY': { status: 500, meaning: 'A configuration key has a value outside its range, or is not honoured.' },
  'BIN-CONFIG-CREDENTIAL': {
    status: 500,
    meaning: 'A credential of the configuration is not there, or may not be used.',
  },
  'BIN-CONFIG-INSECURE': { status: 500, meaning: 'The environment or the configuration switches a protection off.' },
  'BIN-CONFIG-TLS': {
    status: 500,
    meaning: 'The TLS policy cannot be had: versions, cipher suites, groups or profile.',
  },
  'BIN-CLUSTER-POLICY': {
    status: 503,
    meaning: "The kubeconfig of a cluster's Secret asks for more than such a kubeconfig may.",
  },
  'BIN-INTERNAL': { status: 500, meaning: 'A defect of the console.' },
} as const satisfies Record<string, { status: number; meaning: string }>

export type ErrorCode = keyof typeof catalogue

/** Thrown to end a request; becomes `{error, code, remedy}`. `message` is exactly what the answer's `error` says. */
export class BinocleError extends Error {
  readonly code: ErrorCode
  readonly status: number
  readonly remedy: string | undefined
  readonly cluster: ClusterName | undefined
  /** When it is worth trying again. */
  readonly retryAfterS: number | undefined

  constructor(
    code: ErrorCode,
    message: string,
    more: { remedy?: string; cluster?: ClusterName; status?: number; retryAfterS?: number; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause })
    this.name = 'BinocleError'
    this.code = code
    this.status = more.status ?? catalogue[code].status
    this.remedy = more.remedy
    this.cluster = more.cluster
    this.retryAfterS = more.retryAfterS
  }

  /** The same as plain data, for states and answers. */
  get problem(): Problem {
    return {
      code: this.code,
      message: this.message,
      ...(this.cluster === undefined ? {} : { cluster: this.cluster }),
      ...(this.remedy === undefined ? {} : { remedy: this.remedy }),
    }
  }
}
