/**
 * For tests: simulated OpenShift clusters, a real console over them, and a browser that carries cookies as browsers do:
 * strict ones stay at home when another site sends it to us.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ApiServer, type ApiServerOptions, startApiServer } from '@binocle/simulator/kube/apiServer'
import { kubeconfigOf } from '@binocle/simulator/kube/kubeconfig'
import { clientOf, namespace } from '@binocle/simulator/kube/testClient'
import { vi } from 'vitest'
import type { Config } from '../../config/config.ts'
import { loadConfig } from '../../config/load.ts'
import { isRecord } from '../../inventory/json.ts'
import { type RunningServer, startServer } from '../../main.ts'

/** Where the console is from outside; its browser is sent to it wherever it listens. */
export const outside = 'https://mesh.example.com/kiali'

export interface Bed {
  readonly clusters: ReadonlyMap<string, ApiServer>
  readonly console: RunningServer
  /** The lines of the audit, parsed. */
  readonly audit: readonly Readonly<Record<string, unknown>>[]
  /** All that was logged, as text. */
  readonly logged: () => string
  close(): Promise<void>
}

export interface BedOptions {
  readonly clusters: readonly string[]
  /** Further keys of `auth.openshift`, as YAML in braces. */
  readonly openshift?: string
  /** Clusters that are no OpenShift. */
  readonly plain?: readonly string[]
  /** Clusters whose API server does not answer at the start. */
  readonly down?: readonly string[]
  readonly objects?: (cluster: string) => ApiServerOptions['objects']
  readonly people?: NonNullable<ApiServerOptions['openShift']>['people']
  /** The pod's service account is that of the first cluster. */
  readonly inPod?: boolean
  /** Unix ms of the console. */
  readonly clock?: () => number
  readonly tokenMaxAgeS?: number
  /** Of every OAuthClient, before the right one. */
  readonly firstRedirectUri?: string
  /** The authority of the OAuth servers is not mounted. */
  readonly untrusted?: boolean
}

const people = [
  { name: 'alice', groups: ['shop-admins', 'auditors'] },
  { name: 'wendy', groups: [] },
  { name: 'Jürgen', groups: [] },
  { name: 'kube:admin', groups: ['system:cluster-admins'] },
]

export const redirectUri = (cluster: string, home: boolean): string =>
  `${outside}/api/auth/callback${home ? '' : `/${cluster}`}`

export async function startBed(options: BedOptions): Promise<Bed> {
  const [home = ''] = options.clusters
  const servers = await Promise.all(
    options.clusters.map((cluster) =>
      startApiServer({
        cluster,
        objects: [
          namespace('shop'),
          ...rights,
          ...(options.objects?.(cluster) ?? []),
          ...oauthClient(cluster, options),
        ],
        identities: [
          { token: `console-${cluster}`, user: 'system:serviceaccount:istio-system:kiali', groups: ['system:masters'] },
        ],
        faults: options.down?.includes(cluster) === true ? { connection: 'down' } : {},
        ...(options.plain?.includes(cluster) === true ? {} : { openShift: { people: options.people ?? people } }),
      }),
    ),
  )
  const folder = await mkdtemp(join(tmpdir(), 'binocle-openshift-'))
  const kubeconfig = join(folder, 'kubeconfig.yaml')
  const [first, ...others] = servers
  const inFile = options.inPod === true ? others : servers
  const tokens = Object.fromEntries(servers.map(({ cluster }) => [cluster, `console-${cluster}`]))
  await writeFile(kubeconfig, kubeconfigOf(inFile, tokens), { mode: 0o600 })
  await writeFile(join(folder, 'token'), tokens[home] ?? '', { mode: 0o600 })
  await writeFile(join(folder, 'ca.crt'), first?.caPem ?? '')
  const oauthCas = servers.map(({ openShift }) => openShift?.oauth.caPem ?? '').join('\n')
  if (options.untrusted !== true) await writeFile(join(folder, 'oauth-server-ca.crt'), oauthCas)
  const { config } = loadConfig({
    file: { name: 'test', text: yamlOf(home, folder, options.openshift ?? '{}') },
    flags: { port: 0, kubeconfigs: [kubeconfig], contexts: ['*'] },
  })
  const pod = {
    host: '127.0.0.1',
    port: first === undefined ? '' : new URL(first.url).port,
    folder,
    istioNamespace: 'istio-system',
  }
  const adapted: Config =
    options.inPod === true ? { ...config, kubernetes: { ...config.kubernetes, inCluster: pod } } : config
  const audit: Readonly<Record<string, unknown>>[] = []
  const log: string[] = []
  const console = await startServer(adapted, {
    log: (level, message, fields) => log.push(JSON.stringify({ level, message, ...fields })),
    auditLine: (line) => {
      const record: unknown = JSON.parse(line)
      if (isRecord(record)) audit.push(record)
    },
    ...(options.clock === undefined ? {} : { clock: options.clock }),
  }).catch(async (error: unknown) => {
    await Promise.all(servers.map((server) => server.close()))
    await rm(folder, { recursive: true })
    throw error
  })
  return {
    clusters: new Map(servers.map((server) => [server.cluster, server])),
    console,
    audit,
    logged: () => log.join('\n'),
    async close() {
      await console.close()
      await Promise.all(servers.map((server) => server.close()))
      await rm(folder, { recursive: true })
    },
  }
}

const yamlOf = (home: string, folder: string, openshift: string): string => `
auth: {strategy: openshift, openshift: ${openshift}}
login_token: {signing_key: "kM3-vT9_xQ7zR2wY"}
kubernetes_config: {cluster_name: ${home}}
server:
  address: 127.0.0.1
  web_root: /kiali
  web_fqdn: mesh.example.com
  web_schema: https
  observability: {metrics: {enabled: false}}
external_services: {prometheus: {enabled: false}}
credentials: {directories: [${folder}], ca_directory: ${folder}}
`

const oauthClient = (
  cluster: string,
  { clusters, plain, tokenMaxAgeS, firstRedirectUri }: BedOptions,
): ApiServerOptions['objects'] =>
  plain?.includes(cluster) === true
    ? []
    : [
        {
          apiVersion: 'oauth.openshift.io/v1',
          kind: 'OAuthClient',
          metadata: { name: 'kiali-istio-system' },
          grantMethod: 'auto',
          redirectURIs: [
            ...(firstRedirectUri === undefined ? [] : [firstRedirectUri]),
            redirectUri(cluster, cluster === clusters[0]),
            'https://elsewhere.example.com/',
          ],
          ...(tokenMaxAgeS === undefined ? {} : { accessTokenMaxAgeSeconds: tokenMaxAgeS }),
        },
      ]

/** Alice and Jürgen may read the namespace `shop` of every cluster; wendy nothing. */
const rights: ApiServerOptions['objects'] = [
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'reader' },
    rules: [{ apiGroups: [''], resources: ['namespaces', 'pods'], verbs: ['get', 'list', 'watch'] }],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'alice', namespace: 'shop' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'reader' },
    subjects: ['alice', 'Jürgen'].map((name) => ({ kind: 'User', name })),
  },
]

export interface Answered {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** undefined when it is no JSON. */
  readonly body: unknown
}

export interface Browser {
  /** Cookies by name, with their attributes in lower case. */
  readonly cookies: Map<string, { value: string; attributes: string }>
  /** A request to the console; `path` below its web root. `from`: who sends the browser there. */
  go(
    path: string,
    more?: {
      readonly from?: 'elsewhere'
      readonly method?: string
      readonly headers?: Readonly<Record<string, string>>
    },
  ): Promise<Answered>
  /** The whole login at a cluster: redirect, choice of a name at the OAuth server, callback. Ends with what is answered then. */
  logIn(person: string, cluster?: string): Promise<Answered>
  /** The same up to the callback's path, which is not gone to. */
  begin(person: string, cluster?: string): Promise<string>
}

export function browserOf(bed: Bed): Browser {
  const cookies: Browser['cookies'] = new Map()

  const go: Browser['go'] = async (path, { from, method = 'GET', headers = {} } = {}) => {
    const sent = [...cookies].filter(
      ([, { attributes }]) => from !== 'elsewhere' || !attributes.includes('samesite=strict'),
    )
    const answered = await ask(bed.console.port, method, `/kiali${path}`, {
      host: 'mesh.example.com',
      ...(sent.length === 0 ? {} : { cookie: sent.map(([name, { value }]) => `${name}=${value}`).join('; ') }),
      'sec-fetch-site': from === 'elsewhere' ? 'cross-site' : 'same-origin',
      ...headers,
    })
    for (const line of answered.headers['set-cookie'] ?? []) {
      const [, name = '', value = '', attributes = ''] = /^([^=]+)=([^;]*);(.*)$/.exec(line) ?? []
      if (attributes.includes('Max-Age=0')) cookies.delete(name)
      else cookies.set(name, { value, attributes: attributes.toLowerCase() })
    }
    return answered
  }

  async function begin(person: string, cluster?: string): Promise<string> {
    const sent = await go(`/api/auth/redirect${cluster === undefined ? '' : `/${cluster}`}`)
    const authorize = new URL(sent.headers.location ?? '')
    authorize.pathname += `/${encodeURIComponent(person)}`
    const oauth = [...bed.clusters.values()].find(({ openShift }) => openShift?.oauth.issuer === authorize.origin)
      ?.openShift?.oauth
    if (oauth === undefined) throw new Error(`the browser was sent to ${authorize.origin}`)
    const { headers } = await clientOf({ url: oauth.issuer, caPem: oauth.caPem }).get(
      authorize.pathname + authorize.search,
    )
    const back = headers.location ?? ''
    if (!back.startsWith(outside)) throw new Error(`the OAuth server sends the browser to ${back}`)
    return back.slice(outside.length)
  }

  return {
    cookies,
    go,
    begin,
    logIn: async (person, cluster) => go(await begin(person, cluster), { from: 'elsewhere' }),
  }
}

/** Waits until one can log in to these clusters (under impersonation: to the first), and the mesh is known. */
export async function untilOffered(bed: Bed, clusters: readonly string[]): Promise<void> {
  const { mesh } = bed.console
  await vi.waitFor(
    async () => {
      for (const cluster of clusters) {
        if (mesh.inventory.state('namespaces', cluster).state !== 'live') throw new Error(`${cluster} is not read yet`)
      }
      const { body } = await browserOf(bed).go('/api/auth/info')
      if (isRecord(body) && body.impersonationEnabled === true) {
        const { headers } = await browserOf(bed).go('/api/auth/redirect')
        if (headers.location?.startsWith('https://127.0.0.1') !== true) throw new Error('home is not offered yet')
        return
      }
      const offered = isRecord(body) ? body.authorizationEndpointPerCluster : undefined
      const missing = clusters.filter((cluster) => !isRecord(offered) || offered[cluster] === undefined)
      if (missing.length > 0) throw new Error(`${missing.join()} is not offered yet`)
    },
    { timeout: 15_000, interval: 50 },
  )
}

/** `cluster/namespace` of an answer of `/api/namespaces`, sorted. */
export async function namesIn(browser: Browser, path: string): Promise<readonly string[]> {
  const { body } = await browser.go(path)
  if (!Array.isArray(body)) throw new Error(`not a list: ${JSON.stringify(body)}`)
  return body.map(({ cluster, name }) => `${cluster}/${name}`).sort()
}

function ask(port: number, method: string, path: string, headers: Readonly<Record<string, string>>): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      const pieces: Buffer[] = []
      response.on('data', (piece: Buffer) => pieces.push(piece))
      response.on('end', () => {
        const text = Buffer.concat(pieces).toString()
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: parsed(text) })
      })
    })
    request.on('error', reject)
    request.end()
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
