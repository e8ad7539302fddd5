/**
 * A Kubernetes API server in this process, for one simulated cluster: real HTTPS on loopback, real clients welcome.
 * It serves what its store holds; the scenario and the clients both change it.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type OpenShift, type OpenShiftOptions, openShiftRules, startOpenShift } from '../openshift/openshift.ts'
import { openShiftResources } from '../openshift/resources.ts'
import type { KubernetesJson } from '../scenario.ts'
import { keepAccountSecrets } from './accountSecrets.ts'
import type { Api, Backend, Schedule } from './api.ts'
import { certificateAuthority } from './certificates.ts'
import { discoveryDocuments } from './discovery.ts'
import { createFaults, type FaultState, type Faults, healthy } from './faults.ts'
import { handle } from './handle.ts'
import { createIdentities, type Identities, type Identity } from './identities.ts'
import { kubeconfigOf } from './kubeconfig.ts'
import { listen } from './listener.ts'
import type { LogSource } from './logs.ts'
import { admitOidc, type OidcIssuer } from './oidcTokens.ts'
import { acceptForwards } from './portForward.ts'
import { createAuthorizer } from './rbac.ts'
import { createSerialiser } from './representation.ts'
import { builtinResources, type Discovery, type ResourceType, resourcesOf, resourceTable } from './resources.ts'
import { createStore, type Store } from './store.ts'

export interface ApiServerOptions {
  /** Names the cluster in kubeconfigs and certificates. */
  readonly cluster: string
  /** With `apiVersion`, `kind` and `metadata.name`. The server adds what is missing. */
  readonly objects: Iterable<KubernetesJson>
  readonly identities: readonly Identity[]
  /** Unix ms. */
  readonly clock?: () => number
  /** Timers; unref'd real ones unless told otherwise. */
  readonly schedule?: Schedule
  /** 0: any free one. */
  readonly port?: number
  readonly faults?: Partial<FaultState>
  /** A recorded server's documents: served verbatim, and the resources follow from them. */
  readonly discovery?: Discovery
  /** Without `discovery`: which resources there are (leave some out to play a cluster without those CRDs). */
  readonly resources?: readonly ResourceType[]
  /** e.g. `v1.34.4`. */
  readonly kubernetesVersion?: string
  readonly logs?: LogSource
  readonly backend?: Backend
  readonly bookmarkMs?: number
  /** Changes remembered per resource, for watches that start in the past. */
  readonly window?: number
  /** All objects are text from the start, as in a server that has served them before; it takes memory. */
  readonly warm?: boolean
  /** Tokens of this identity provider are taken, too. */
  readonly oidc?: OidcIssuer
  /** Makes it an OpenShift. */
  readonly openShift?: OpenShiftOptions
}

/** One request as a test asks for it afterwards. */
export interface LoggedRequest {
  readonly atMs: number
  readonly method: string
  /** With its query. */
  readonly url: string
  readonly accept: string
  readonly userAgent: string
  /** The header as it came; '' without one. */
  readonly authorization: string
  /** Whom the client acts as: the user, then its groups, a header line each. */
  readonly impersonated: readonly string[]
  /** 0 until the answer has started. */
  readonly status: number
}

export interface ApiServer {
  readonly cluster: string
  /** e.g. `https://127.0.0.1:38211`. */
  readonly url: string
  readonly caPem: string
  readonly store: Store
  readonly identities: Identities
  readonly faults: Faults
  /** The latest requests, oldest first. */
  readonly requests: readonly LoggedRequest[]
  /** Absent: it is no OpenShift. */
  readonly openShift?: OpenShift
  /** A kubeconfig with this cluster alone. */
  kubeconfig(token: string): string
  close(): Promise<void>
}

const keptRequests = 10_000
/** Characters of JSON text kept for reuse: twenty clusters of a big mesh add up. */
const keptChars = 16 * 1024 * 1024

export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { cluster, clock = Date.now, schedule = realSchedule } = options
  const authority = await certificateAuthority(cluster)
  const listener = await listen(authority.certificate, options.port ?? 0, { ...healthy, ...options.faults })
  const faults = createFaults(options.faults ?? {}, listener)
  const skewed = (): number => clock() + faults.state.clockSkewMs
  const served = options.discovery ? resourcesOf(options.discovery) : (options.resources ?? builtinResources)
  const types = options.openShift ? [...served, ...openShiftResources] : served
  const resources = resourceTable(types)
  const store = createStore({
    resources,
    objects: options.objects,
    clock: skewed,
    seed: cluster,
    ...(options.window === undefined ? {} : { window: options.window }),
  })
  const serialiser = createSerialiser(options.warm ? Number.POSITIVE_INFINITY : keptChars)
  if (options.warm)
    for (const type of types)
      for (const object of store.page(type, { namespace: '' })?.objects ?? []) serialiser.bare(object)
  store.subscribeAll(({ previous }) => previous && serialiser.forget(previous))
  const identities = createIdentities(options.identities, skewed)
  const plain: Api = {
    cluster,
    resources,
    documents: discoveryDocuments(types, options.kubernetesVersion ?? 'v1.34.4', options.discovery),
    store,
    serialiser,
    identities,
    authorizer: createAuthorizer(store, resources, options.openShift && openShiftRules),
    faults,
    clock: skewed,
    schedule,
    logs: options.logs ?? (() => undefined),
    backend: options.backend ?? (() => undefined),
    bookmarkMs: options.bookmarkMs ?? 60_000,
    ...(options.oidc === undefined ? {} : { admit: admitOidc(options.oidc, identities, skewed) }),
  }
  const openShift = options.openShift && (await startOpenShift(plain, options.openShift))
  const api: Api = openShift ? { ...plain, openShift } : plain
  const requests: LoggedRequest[] = []
  const note = (entry: LoggedRequest): void => {
    requests.push(entry)
    if (requests.length > 2 * keptRequests) requests.splice(0, keptRequests)
  }
  listener.https.on('request', (request, response) => {
    note(entered(clock(), request, response))
    const { clockSkewMs } = faults.state
    if (clockSkewMs !== 0) response.setHeader('date', new Date(Date.now() + clockSkewMs).toUTCString())
    void handle(api, request, response)
  })
  keepAccountSecrets(api, authority.caPem)
  const stopForwards = acceptForwards(api, listener.https, (request, status) =>
    note(upgraded(clock(), request, status)),
  )

  const url = `https://127.0.0.1:${listener.port}`
  const { caPem } = authority
  return {
    cluster,
    url,
    caPem,
    store,
    identities: api.identities,
    faults: api.faults,
    requests,
    ...(openShift ? { openShift } : {}),
    kubeconfig: (token) => kubeconfigOf([{ cluster, url, caPem }], { [cluster]: token }),
    async close() {
      stopForwards()
      await Promise.all([listener.close(), openShift?.close()])
    },
  }
}

function entered(atMs: number, request: IncomingMessage, response: ServerResponse): LoggedRequest {
  // A log must not keep answers alive: the response is let go when it is over.
  let open: ServerResponse | undefined = response
  let status = 0
  response.once('close', () => {
    status = response.statusCode
    open = undefined
  })
  return {
    ...asked(atMs, request),
    get status() {
      return open?.headersSent ? open.statusCode : status
    },
  }
}

const upgraded = (atMs: number, request: IncomingMessage, status: number): LoggedRequest => ({
  ...asked(atMs, request),
  status,
})

const asked = (
  atMs: number,
  { method = '', url = '', headers, headersDistinct }: IncomingMessage,
): Omit<LoggedRequest, 'status'> => ({
  atMs,
  method,
  url,
  accept: headers.accept ?? '',
  userAgent: headers['user-agent'] ?? '',
  authorization: headers.authorization ?? '',
  impersonated: [...(headersDistinct['impersonate-user'] ?? []), ...(headersDistinct['impersonate-group'] ?? [])],
})

/** Never keeps the process alive. */
function realSchedule(ms: number, then: () => void): () => void {
  const timer = setTimeout(then, ms).unref()
  return () => clearTimeout(timer)
}
