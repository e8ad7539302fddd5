/** For tests: a console over two simulated clusters, an identity provider, and a browser to log in with. */
import { randomInt } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ApiServer, startApiServer } from '@binocle/simulator/kube/apiServer'
import { kubeconfigOf } from '@binocle/simulator/kube/kubeconfig'
import type { OidcIssuer } from '@binocle/simulator/kube/oidcTokens'
import { closeServer, listenLocally } from '@binocle/simulator/local'
import { peopleOf, rightsIn } from '@binocle/simulator/oidc/people'
import { type Browser, createBrowser } from '@binocle/simulator/oidc/testBrowser'
import { loadConfig } from '../../config/load.ts'
import { type RunningServer, startServer } from '../../main.ts'
import { signingKey } from '../testing.ts'

export const consoleToken = 'the-console-itself'
export const people = peopleOf(['east', 'west'], 'shop')

export interface OpenIdBed {
  /** With the web root, without a trailing slash: what the provider sends people back to. */
  readonly url: string
  readonly server: RunningServer
  readonly clusters: readonly ApiServer[]
  /** What was logged and audited so far, a JSON line each. */
  readonly lines: readonly string[]
  browser(): Browser
  close(): Promise<void>
}

export interface BedOptions {
  /** Keys of `auth.openid`. */
  readonly openid?: Readonly<Record<string, unknown>>
  /** Further keys of `auth`. */
  readonly auth?: Readonly<Record<string, unknown>>
  /** Providers that single clusters believe instead, by cluster; each is made for the console's URL. */
  readonly own?: Readonly<Record<string, (console: string) => Promise<OidcIssuer>>>
  /** Sections of the configuration, instead of ours. */
  readonly sections?: Readonly<Record<string, unknown>>
  /** Unix ms. */
  readonly clock?: () => number
}

/** East (home) and west, both with `shop` and `bank`, taking tokens of the provider that is made for the console's URL. */
export async function startBed(
  provider: (console: string) => Promise<OidcIssuer>,
  { auth = {}, openid = {}, own = {}, sections = {}, clock = Date.now }: BedOptions = {},
): Promise<OpenIdBed> {
  const port = await quietPort()
  const url = `http://127.0.0.1:${port}/mesh`
  const oidc = await provider(url)
  const others = await Promise.all(
    Object.entries(own).map(async ([cluster, make]) => [cluster, await make(url)] as const),
  )
  const folder = await mkdtemp(join(tmpdir(), 'binocle-openid-'))
  const authorities = [oidc, ...others.map(([, other]) => other)].map(({ caPem }) => caPem)
  await writeFile(join(folder, 'openid-server-ca.crt'), authorities.join('\n'))
  const byCluster = new Map(others)
  const clusters = await Promise.all(
    ['east', 'west'].map((cluster) => startCluster(cluster, byCluster.get(cluster) ?? oidc)),
  )
  const registered = others.map(([cluster, { clientId, issuer }]) => [
    cluster,
    { issuer_uri: issuer, client_id: clientId },
  ])
  const kubeconfig = join(folder, 'kubeconfig.yaml')
  const tokens = { east: consoleToken, west: consoleToken }
  await writeFile(kubeconfig, kubeconfigOf(clusters, tokens), { mode: 0o600 })
  const document = {
    auth: {
      ...auth,
      strategy: 'openid',
      openid: {
        issuer_uri: oidc.issuer,
        client_id: oidc.clientId,
        clusters: Object.fromEntries(registered),
        ...openid,
      },
    },
    credentials: { ca_directory: folder, directories: [folder] },
    login_token: { signing_key: signingKey },
    server: { web_root: '/mesh', web_fqdn: '127.0.0.1', web_port: port, web_schema: 'http' },
    ...sections,
  }
  const { config } = loadConfig({
    file: { name: 'test', text: JSON.stringify(document) },
    flags: { port, kubeconfigs: [kubeconfig], contexts: ['*'], prometheusUrl: 'http://127.0.0.1:1' },
  })
  const lines: string[] = []
  const server = await startServer(config, {
    clock,
    log: (level, message, fields) => void lines.push(JSON.stringify({ level, message, ...fields })),
    auditLine: (line) => void lines.push(line),
  })
  await synced(server)
  return {
    url,
    server,
    clusters,
    lines,
    browser: () => createBrowser(authorities),
    close: async () => {
      await server.close()
      await Promise.all(clusters.map((cluster) => cluster.close()))
      await rm(folder, { recursive: true })
    },
  }
}

/**
 * A port that nobody listens on, for an address that has to be known before the server is there: below those that systems
 * give to connections, so that nothing takes it meanwhile.
 */
export async function quietPort(): Promise<number> {
  for (;;) {
    const port = randomInt(12_000, 32_000)
    const server = createServer()
    const free = await listenLocally(server, port).then(
      () => true,
      () => false,
    )
    if (!free) continue
    await closeServer(server)
    return port
  }
}

/** An HTTP proxy that takes CONNECT, and remembers where to. */
export async function startProxy(): Promise<{ url: string; wanted: readonly string[]; close(): Promise<void> }> {
  const wanted: string[] = []
  const open = new Set<Socket>()
  const server = createServer()
  server.on('connect', (request, socket) => {
    wanted.push(request.url ?? '')
    const [host, port] = (request.url ?? '').split(':')
    const upstream = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      upstream.pipe(socket).pipe(upstream)
    })
    open.add(upstream)
    upstream.on('error', () => socket.destroy())
    upstream.on('close', () => socket.destroy())
    socket.on('error', () => upstream.destroy())
  })
  return {
    url: `http://127.0.0.1:${await listenLocally(server, 0)}`,
    wanted,
    close: async () => {
      for (const socket of open) socket.destroy()
      await closeServer(server)
    },
  }
}

const startCluster = (cluster: string, oidc: OidcIssuer): Promise<ApiServer> =>
  startApiServer({
    cluster,
    oidc,
    identities: [{ token: consoleToken, user: 'system:serviceaccount:mesh:console', groups: ['system:masters'] }],
    objects: [
      ...['shop', 'bank'].map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
      ...rightsIn(cluster, people),
    ],
  })

/** Until every cluster's namespaces are known. */
function synced({ mesh }: RunningServer): Promise<void> {
  const done = (): boolean =>
    ['east', 'west'].every((cluster) => mesh.inventory.state('namespaces', cluster).state === 'live')
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
