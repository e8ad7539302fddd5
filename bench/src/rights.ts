/** What it costs to decide who sees what: a cluster of two thousand namespaces, before a console with logins. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '@binocle/server/config/load'
import { type RunningServer, startServer } from '@binocle/server/main'
import { type ApiServer, startApiServer } from '@binocle/simulator/kube/apiServer'
import { kubeconfigOf } from '@binocle/simulator/kube/kubeconfig'
import { type Figure, percentile } from './table.ts'

const namespaces = 2_000
const rounds = 20
const warmRequests = 200

/** The simulated API server runs in this process, so that its own time is in the figures too. */
export async function measureRights(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'binocle-rights-'))
  const cluster = await startApiServer({
    cluster: 'east',
    objects: objects(),
    identities: [
      { token: 'console-token', user: 'console', groups: ['system:masters'] },
      { token: 'anna-token', user: 'anna', groups: [] },
      { token: 'bob-token', user: 'bob', groups: [] },
    ],
  })
  writeFileSync(join(folder, 'kubeconfig'), kubeconfigOf([cluster], { east: 'console-token' }))
  const { config } = loadConfig({
    file: {
      name: 'bench',
      text: 'auth: {strategy: header, header: {trusted_proxies: [127.0.0.1]}}\nlogin_token: {signing_key: Zk4xw9Qm2Lr7Tn5V}',
    },
    flags: { port: 0, kubeconfigs: [join(folder, 'kubeconfig')], prometheusUrl: 'http://127.0.0.1:1' },
  })
  /** Added to the time: all answers grow too old to be used. */
  const time = { laterMs: 0 }
  const server = await startServer(config, { clock: () => Date.now() + time.laterMs })
  try {
    await synced(server)
    const whole = await measurePerson(server, cluster, 'anna', time)
    const one = await measurePerson(server, cluster, 'bob', time)
    return [
      { what: 'may list 2,000: requests to Kubernetes', measured: whole.requests, unit: '', design: 3 },
      { what: 'may list 2,000: namespace list, asked anew, p50', measured: whole.coldMs, unit: 'ms', design: 20 },
      {
        what: 'may list 2,000: namespace list, within ten seconds, p50',
        measured: whole.warmMs,
        unit: 'ms',
        design: 20,
      },
      { what: 'sees 1 of 2,000: requests to Kubernetes', measured: one.requests, unit: '' },
      { what: 'sees 1 of 2,000: namespace list, asked anew, p50', measured: one.coldMs, unit: 'ms' },
      { what: 'sees 1 of 2,000: namespace list, within ten seconds, p50', measured: one.warmMs, unit: 'ms' },
    ]
  } finally {
    await server.close()
    await cluster.close()
    rmSync(folder, { recursive: true })
  }
}

interface Measured {
  readonly requests: number
  readonly coldMs: number
  readonly warmMs: number
}

async function measurePerson(
  { url }: RunningServer,
  cluster: ApiServer,
  name: string,
  time: { laterMs: number },
): Promise<Measured> {
  const authorization = `Bearer ${name}-token`
  const once = async (): Promise<number> => {
    const begunMs = performance.now()
    const answer = await fetch(new URL('api/namespaces', url), { headers: { authorization } })
    await answer.text()
    return performance.now() - begunMs
  }
  const asked = (): number => cluster.requests.filter((request) => request.authorization === authorization).length
  const before = asked()
  await once()
  const requests = asked() - before
  const cold: number[] = []
  for (let round = 0; round < rounds; round++) {
    time.laterMs += 120_000
    cold.push(await once())
  }
  const warm: number[] = []
  for (let request = 0; request < warmRequests; request++) warm.push(await once())
  return { requests, coldMs: percentile(cold, 0.5), warmMs: percentile(warm, 0.5) }
}

function* objects() {
  for (let index = 0; index < namespaces; index++)
    yield { apiVersion: 'v1', kind: 'Namespace', metadata: { name: `n${String(index).padStart(4, '0')}` } }
  const group = 'rbac.authorization.k8s.io'
  const apiVersion = `${group}/v1`
  const rules = [{ apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch'] }]
  yield { apiVersion, kind: 'ClusterRole', metadata: { name: 'viewer' }, rules }
  const roleRef = { apiGroup: group, kind: 'ClusterRole', name: 'viewer' }
  const person = (name: string) => [{ apiGroup: group, kind: 'User', name }]
  yield { apiVersion, kind: 'ClusterRoleBinding', metadata: { name: 'anna' }, roleRef, subjects: person('anna') }
  const metadata = { name: 'bob', namespace: 'n0007' }
  yield { apiVersion, kind: 'RoleBinding', metadata, roleRef, subjects: person('bob') }
}

function synced({ mesh }: RunningServer): Promise<void> {
  return new Promise((resolve) => {
    if (mesh.clusters.get('east')?.state === 'reachable') return resolve()
    const stop = mesh.clusters.onChange(({ state }) => {
      if (state !== 'reachable') return
      stop()
      resolve()
    })
  })
}
