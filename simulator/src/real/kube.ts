/**
 * A real Kubernetes control plane (etcd and kube-apiserver) out of the folder that `KUBEBUILDER_ASSETS` names, so that
 * the simulated API is not our only idea of the truth. On loopback, with a folder of its own that goes with it.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { kubeconfigOf } from '../kube/kubeconfig.ts'
import type { OidcIssuer } from '../kube/oidcTokens.ts'

export interface RealKube {
  /** `https://127.0.0.1:PORT` */
  readonly server: string
  /** PEM of the CA of its serving certificate. */
  readonly ca: string
  /** Of a member of `system:masters`. */
  readonly token: string
  /** Of a user without any right. */
  readonly strangersToken: string
  /** Stops the API server's process without closing its port, as a frozen machine does. */
  freeze(): void
  thaw(): void
  close(): Promise<void>
}

export interface RealKubeOptions {
  /** With the controller that fills the token Secrets of service accounts; else nobody does. */
  readonly accountTokens?: boolean
  /** Tokens of this provider are taken: `sub` is the user. */
  readonly oidc?: OidcIssuer
}

/** Rejects when the API server is not ready within a minute. */
export async function startRealKube(assets: string, options: RealKubeOptions = {}): Promise<RealKube> {
  const folder = await mkdtemp(join(tmpdir(), 'binocle-kube-'))
  const [client, peer, port] = await freePorts(3)
  const children: ChildProcess[] = []
  const close = async (): Promise<void> => {
    await Promise.all(children.reverse().map(end))
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const key = join(folder, 'sa.key')
    await promisify(execFile)('openssl', ['genrsa', '-out', key, '2048'])
    const tokens = join(folder, 'tokens.csv')
    await writeFile(tokens, 'admin-token,admin,admin,"system:masters"\nstranger-token,stranger,stranger,""\n')
    const peerUrl = `http://127.0.0.1:${peer}`
    const clientUrl = `http://127.0.0.1:${client}`
    children.push(
      program(join(assets, 'etcd'), [
        ...['--data-dir', join(folder, 'etcd'), '--unsafe-no-fsync', '--log-level=error'],
        ...['--listen-client-urls', clientUrl, '--advertise-client-urls', clientUrl],
        ...['--listen-peer-urls', peerUrl, '--initial-advertise-peer-urls', peerUrl],
        ...['--initial-cluster', `default=${peerUrl}`],
      ]),
    )
    const apiserver = program(join(assets, 'kube-apiserver'), [
      ...[`--etcd-servers=${clientUrl}`, '--bind-address=127.0.0.1', '--advertise-address=127.0.0.1'],
      ...[`--secure-port=${port}`, `--cert-dir=${folder}`, '--service-cluster-ip-range=10.0.0.0/24'],
      ...['--service-account-issuer=https://kubernetes.default.svc', `--service-account-signing-key-file=${key}`],
      ...[`--service-account-key-file=${key}`, '--authorization-mode=RBAC', `--token-auth-file=${tokens}`],
      '--endpoint-reconciler-type=none',
      ...(options.oidc === undefined ? [] : await oidcFlags(options.oidc, folder)),
    ])
    children.push(apiserver)
    await ready(port ?? 0, 'admin-token', apiserver)
    const server = `https://127.0.0.1:${port}`
    const ca = await readFile(join(folder, 'apiserver.crt'), 'utf8')
    if (options.accountTokens === true) {
      const kubeconfig = join(folder, 'controllers.yaml')
      const admin = { admin: 'admin-token' }
      await writeFile(kubeconfig, kubeconfigOf([{ cluster: 'admin', url: server, caPem: ca }], admin))
      children.push(
        program(join(assets, 'kube-controller-manager'), [
          ...['--kubeconfig', kubeconfig, '--controllers=serviceaccount-token-controller', '--leader-elect=false'],
          ...[`--service-account-private-key-file=${key}`, '--bind-address=127.0.0.1', '--secure-port=0'],
        ]),
      )
    }
    return {
      server,
      ca,
      token: 'admin-token',
      strangersToken: 'stranger-token',
      freeze: () => apiserver.kill('SIGSTOP'),
      thaw: () => apiserver.kill('SIGCONT'),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function oidcFlags({ caPem, clientId, issuer }: OidcIssuer, folder: string): Promise<readonly string[]> {
  const ca = join(folder, 'oidc-ca.crt')
  await writeFile(ca, caPem)
  return [
    ...[`--oidc-issuer-url=${issuer}`, `--oidc-client-id=${clientId}`, `--oidc-ca-file=${ca}`],
    ...['--oidc-username-claim=sub', '--oidc-username-prefix=-', '--oidc-groups-claim=groups'],
  ]
}

function program(path: string, args: readonly string[]): ChildProcess {
  return spawn(path, args, { stdio: ['ignore', 'ignore', 'ignore'] })
}

async function ready(port: number, token: string, apiserver: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (apiserver.exitCode !== null) throw new Error(`kube-apiserver ended with ${apiserver.exitCode}`)
    if ((await statusOf(port, token)) === 200) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error('kube-apiserver is not ready after a minute')
}

/** 0 when there is no answer. The certificate is not known yet: nothing but a throw-away token is sent. */
function statusOf(port: number, token: string): Promise<number> {
  return new Promise((resolve) => {
    const asked = request(
      {
        host: '127.0.0.1',
        port,
        path: '/readyz',
        rejectUnauthorized: false,
        headers: { authorization: `Bearer ${token}` },
      },
      (answer) => {
        answer.resume()
        resolve(answer.statusCode ?? 0)
      },
    )
    asked.on('error', () => resolve(0))
    asked.end()
  })
}

export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer()
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      return server
    }),
  )
  return Promise.all(
    servers.map(async (server) => {
      const address = server.address()
      await new Promise((resolve) => server.close(resolve))
      return typeof address === 'object' && address !== null ? address.port : 0
    }),
  )
}

export function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve()
      return
    }
    child.once('exit', () => resolve())
    child.kill('SIGCONT')
    child.kill('SIGTERM')
    setTimeout(() => child.kill('SIGKILL'), 3_000).unref()
  })
}
