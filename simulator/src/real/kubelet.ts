/**
 * Stand-ins for kubelets beside a real API server (`kwok` out of the folder that `KUBEBUILDER_ASSETS` names): pods run
 * without running, and their ports are forwarded to ports of this machine.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { kubeconfigOf } from '../kube/kubeconfig.ts'
import { end, freePorts, type RealKube } from './kube.ts'

export interface Kubelets {
  close(): Promise<void>
}

/** Whether the folder has what it takes. */
export async function hasKubelets(assets: string): Promise<boolean> {
  return access(join(assets, 'kwok')).then(
    () => true,
    () => false,
  )
}

/** `ports`: of every pod, and where on this machine each leads. Rejects when it does not listen within a minute. */
export async function startKubelets(
  assets: string,
  kube: RealKube,
  ports: readonly { readonly port: number; readonly target: number }[],
): Promise<Kubelets> {
  const folder = await mkdtemp(join(tmpdir(), 'binocle-kubelets-'))
  const [port = 0] = await freePorts(1)
  const file = (name: string): string => join(folder, name)
  await writeFile(
    file('kubeconfig'),
    kubeconfigOf([{ cluster: 'kube', url: kube.server, caPem: kube.ca }], { kube: kube.token }),
  )
  const forwards = {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'ClusterPortForward',
    metadata: { name: 'all' },
    spec: {
      forwards: ports.map(({ port, target }) => ({ ports: [port], target: { address: '127.0.0.1', port: target } })),
    },
  }
  await writeFile(file('config.yaml'), JSON.stringify(forwards))
  await promisify(execFile)('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=kubelet'],
    ...['-keyout', file('kubelet.key'), '-out', file('kubelet.crt')],
  ])
  const kwok: ChildProcess = spawn(
    join(assets, 'kwok'),
    [
      ...['--kubeconfig', file('kubeconfig'), '--config', file('config.yaml'), '--manage-all-nodes'],
      ...['--node-ip=127.0.0.1', `--node-port=${port}`, `--server-address=127.0.0.1:${port}`],
      ...['--tls-cert-file', file('kubelet.crt'), '--tls-private-key-file', file('kubelet.key')],
      '--node-lease-duration-seconds=40',
    ],
    { stdio: ['ignore', 'ignore', 'ignore'] },
  )
  const close = async (): Promise<void> => {
    await end(kwok)
    await rm(folder, { recursive: true, force: true })
  }
  for (let attempt = 0; attempt < 300; attempt++) {
    if (kwok.exitCode !== null) break
    if (await listens(port)) return { close }
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  await close()
  throw new Error('kwok does not listen after a minute')
}

/** The certificate is its own. */
function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ host: '127.0.0.1', port, path: '/healthz', rejectUnauthorized: false }, (answer) => {
      answer.resume()
      resolve(true)
    })
    asked.on('error', () => resolve(false))
    asked.end()
  })
}
