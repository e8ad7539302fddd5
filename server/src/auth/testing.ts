/** For tests: real consoles over simulated clusters with people of different rights, and a browser that keeps cookies. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ApiServer, type ApiServerOptions, startApiServer } from '@binocle/simulator/kube/apiServer'
import { kubeconfigOf } from '@binocle/simulator/kube/kubeconfig'
import { loadConfig } from '../config/load.ts'
import { isRecord } from '../inventory/json.ts'
import { type RunningServer, type StartOptions, startServer } from '../main.ts'

/** The console's own token, everywhere. */
export const consoleToken = 'console-token'
/** 32 bytes, and no other's. */
export const signingKey = 'q7Zr1nXk0Vb3LmT9sWc5YdEf8GhJ2PaU'

export interface TestClusters {
  readonly folder: string
  cluster(name: string): ApiServer
  /** Waits until it has read its clusters. `yaml`: the configuration. */
  console(yaml: string, options?: StartOptions): Promise<RunningServer>
  /** The configuration of one that listens nowhere special. */
  config(yaml: string): ReturnType<typeof loadConfig>['config']
  close(): Promise<void>
}

/**
 * east (home) with `shop` and `bank`, west with `shop`. anna sees everything in both; bob `shop` of east; carol `shop` of
 * west; dora nothing; proxy may act as anybody. Their tokens are their names and `-token`; in west another one. `backend`:
 * what listens in the pods of each.
 */
export async function startClusters(
  clock: () => number = Date.now,
  backend: ApiServerOptions['backend'] = undefined,
): Promise<TestClusters> {
  const folder = await mkdtemp(join(tmpdir(), 'binocle-login-'))
  const servers = await Promise.all(
    [
      { cluster: 'east', namespaces: ['bank', 'shop'] },
      { cluster: 'west', namespaces: ['shop'] },
    ].map(({ cluster, namespaces }) =>
      startApiServer({
        cluster,
        clock,
        ...(backend === undefined ? {} : { backend }),
        objects: [...namespaces.map(namespace), ...roles, ...bindingsOf(cluster)],
        identities: [
          { token: consoleToken, user: 'system:serviceaccount:istio-system:binocle', groups: ['system:masters'] },
          ...['anna', 'bob', 'carol', 'dora', 'proxy'].map((name) => ({
            token: tokenOf(name, cluster),
            user: name,
            groups: [],
          })),
        ],
      }),
    ),
  )
  await writeFile(
    join(folder, 'kubeconfig'),
    kubeconfigOf(servers, Object.fromEntries(servers.map(({ cluster }) => [cluster, consoleToken]))),
  )
  const running: RunningServer[] = []
  const config: TestClusters['config'] = (yaml) =>
    loadConfig({
      file: { name: 'config', text: yaml },
      env: { BINOCLE_CREDENTIALS_DIRECTORIES: folder },
      flags: {
        port: 0,
        kubeconfigs: [join(folder, 'kubeconfig')],
        contexts: ['*'],
        prometheusUrl: 'http://127.0.0.1:1',
      },
    }).config
  return {
    folder,
    cluster: (name) => {
      const found = servers.find(({ cluster }) => cluster === name)
      if (found === undefined) throw new Error(`no cluster ${name}`)
      return found
    },
    config,
    console: async (yaml, options = {}) => {
      const server = await startServer(config(yaml), options)
      running.push(server)
      await synced(server)
      return server
    },
    close: async () => {
      await Promise.all(running.map((server) => server.close()))
      await Promise.all(servers.map((server) => server.close()))
      await rm(folder, { recursive: true })
    },
  }
}

export const tokenOf = (name: string, cluster = 'east'): string =>
  cluster === 'east' ? `${name}-token` : `${name}-token-of-${cluster}`

/** Until every cluster's namespaces are known; each change of a cluster is looked at. */
function synced({ mesh }: RunningServer): Promise<void> {
  const done = (): boolean =>
    mesh.clusters.list().every(({ name }) => mesh.inventory.state('namespaces', name).state === 'live')
  return new Promise((resolve) => {
    if (done()) return resolve()
    const look = (): void => {
      if (!done()) return
      for (const stop of stops) stop()
      resolve()
    }
    const stops = [mesh.clusters.onChange(look), mesh.inventory.onChange(look)]
  })
}

const namespace = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })

const rbac = 'rbac.authorization.k8s.io'

const roles = [
  {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRole',
    metadata: { name: 'viewer' },
    rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch'] }],
  },
  {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRole',
    metadata: { name: 'impersonator' },
    rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['impersonate'] }],
  },
]

function bindingsOf(cluster: string) {
  const everywhere = [binding('anna', 'viewer'), binding('proxy', 'impersonator')]
  return [...everywhere, binding(cluster === 'east' ? 'bob' : 'carol', 'viewer', 'shop')]
}

export const binding = (user: string, role: string, namespace?: string) => ({
  apiVersion: `${rbac}/v1`,
  kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
  metadata: { name: `${user}-${role}`, ...(namespace === undefined ? {} : { namespace }) },
  roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: role },
  subjects: [{ apiGroup: rbac, kind: 'User', name: user }],
})

export interface Answer {
  readonly status: number
  /** `Set-Cookie` lines as they came. */
  readonly setCookie: readonly string[]
  readonly headers: Headers
  readonly text: string
  /** The body; `{}` when it is no object. */
  readonly body: Readonly<Record<string, unknown>>
}

export interface Browser {
  /** Name -> value. */
  readonly cookies: Map<string, string>
  get(path: string, headers?: Record<string, string>): Promise<Answer>
  /** Sends a form, from the page. */
  post(path: string, form: Readonly<Record<string, string>>, headers?: Record<string, string>): Promise<Answer>
}

/** `path` is below the web root. Cookies are kept and sent back as browsers do, whatever their other attributes. */
export function browserOf(server: RunningServer, cookies: ReadonlyMap<string, string> = new Map()): Browser {
  const jar = new Map(cookies)
  async function send(path: string, init: RequestInit & { headers: Record<string, string> }): Promise<Answer> {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(new URL(path, server.url), {
      ...init,
      redirect: 'manual',
      headers: { 'kiali-ui': 'true', ...(cookie === '' ? {} : { cookie }), ...init.headers },
    })
    const setCookie = response.headers.getSetCookie()
    for (const line of setCookie) keep(jar, line)
    const text = await response.text()
    return { status: response.status, setCookie, headers: response.headers, text, body: objectOf(text) }
  }
  return {
    cookies: jar,
    get: (path, headers = {}) => send(path, { headers }),
    post: (path, form, headers = {}) => send(path, { method: 'POST', body: new URLSearchParams({ ...form }), headers }),
  }
}

function keep(jar: Map<string, string>, line: string): void {
  const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
  if (/max-age=0(;|$)/i.test(line)) jar.delete(name)
  else jar.set(name, value)
}

function objectOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : {}
  } catch {
    return {}
  }
}

/** Names of the namespaces that an answer of `/api/namespaces` lists, with their clusters. */
export function namespacesIn({ text }: Answer): readonly string[] {
  const list: unknown = JSON.parse(text)
  return (Array.isArray(list) ? list : []).map(({ cluster, name }) => `${cluster}/${name}`).sort()
}
