/** The diagnosis of a cluster under every fault of a simulated API server: the step that names it, and what follows. */
import { createServer } from 'node:http'
import { connect, type Socket } from 'node:net'
import type { Diagnosis, DiagnosisStep, DiagnosisStepName } from '@binocle/api/diagnosis'
import { type DiagnosisTarget, diagnose } from '@binocle/server/diagnosis/diagnose'
import { parseKubeconfig } from '@binocle/server/kube/kubeconfig'
import { realTimers, type Timers } from '@binocle/server/kube/surroundings'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { demoScenario } from '../demo/demo.ts'
import { type ApiServer, startApiServer } from '../kube/apiServer.ts'
import type { FaultState } from '../kube/faults.ts'
import { kubeconfigOf } from '../kube/kubeconfig.ts'
import { builtinResources } from '../kube/resources.ts'
import { type SimulatedMesh, startMesh } from '../start.ts'

let mesh: SimulatedMesh
let west: ApiServer

beforeAll(async () => {
  mesh = await startMesh({ scenario: demoScenario(), living: false })
  const found = mesh.clusters.get('west')
  if (found === undefined) throw new Error('the demo has no cluster west')
  west = found
})
afterEach(() => west.faults.heal())
afterAll(() => mesh.close())

/** Where a step shall run out of time, it waits a quarter of what it would. */
const hurried: Timers = { after: (delayMs, then) => realTimers.after(delayMs / 4, then) }

interface Changes {
  readonly kubeconfig?: string
  readonly clock?: () => number
  readonly timers?: Timers
  readonly target?: Partial<DiagnosisTarget>
}

function diagnosed({
  kubeconfig,
  clock = Date.now,
  timers = realTimers,
  target = {},
}: Changes = {}): Promise<Diagnosis> {
  const [spec] = parseKubeconfig(kubeconfig ?? west.kubeconfig(mesh.tokens.west ?? ''), {
    folder: '/',
    file: 'kubeconfig',
    contexts: [],
    execProvider: { enabled: false, allow: [] },
    readFile: () => '',
  })
  if (spec === undefined) throw new Error('no context')
  const telemetry = () => Promise.resolve({ lastSeenMs: new Map([['west', clock()]]) })
  const whole = { spec, clusters: ['east', 'west'], edit: true, rootNamespace: 'istio-system', telemetry, ...target }
  return diagnose(whole, { clock, timers })
}

function step({ steps }: Diagnosis, name: DiagnosisStepName): DiagnosisStep {
  const found = steps.find((each) => each.name === name)
  if (found === undefined) throw new Error(`no step ${name}`)
  return found
}

const named = (diagnosis: Diagnosis, state: DiagnosisStep['state']): string[] =>
  diagnosis.steps.filter((each) => each.state === state).map(({ name }) => name)

describe('a healthy cluster', () => {
  it('is well in every step', async () => {
    const diagnosis = await diagnosed()
    expect(diagnosis.steps.filter(({ state }) => state !== 'ok')).toEqual([])
    expect(diagnosis).toMatchObject({ cluster: 'west', state: 'ok', identity: 'system:serviceaccount:binocle:binocle' })
    expect(diagnosis.rights.every(({ denied, unknown }) => denied.length + unknown.length === 0)).toBe(true)
  })

  it('says what each istiod reads of other clusters', async () => {
    const { findings } = step(await diagnosed(), 'istiod')
    expect(findings?.map(({ text }) => text).join()).toContain('east synced')
  })
})

describe('a cluster that', () => {
  it.each<[what: string, fault: Partial<FaultState>, failed: DiagnosisStepName, code: string]>([
    ['refuses connections', { connection: 'down' }, 'tcp', 'BIN-CLUSTER-UNREACHABLE'],
    ['takes connections and says nothing', { connection: 'blackHole' }, 'tls', 'BIN-CLUSTER-UNREACHABLE'],
    ['shows an expired certificate', { certificate: 'expired' }, 'tls', 'BIN-CLUSTER-TLS'],
    ['shows a certificate for another name', { certificate: 'otherName' }, 'tls', 'BIN-CLUSTER-TLS'],
    ['answers half a minute late', { slowMs: 30_000 }, 'authentication', 'BIN-CLUSTER-UNREACHABLE'],
    ['answers 503', { error: 503 }, 'authentication', 'BIN-CLUSTER-UNREACHABLE'],
    ["answers with a proxy's page", { answer: 'html' }, 'authentication', 'BIN-CLUSTER-ANSWER'],
    ['cuts its answers short', { answer: 'truncated' }, 'authentication', 'BIN-CLUSTER-UNREACHABLE'],
    ['answers with broken JSON', { answer: 'garbage' }, 'authentication', 'BIN-CLUSTER-ANSWER'],
    ['rejects our token', { tokenExpired: true }, 'authentication', 'BIN-CLUSTER-AUTH'],
  ])('%s fails in one step, and what rests on it is skipped', async (_what, fault, failed, code) => {
    await west.faults.set(fault)
    const silent = fault.connection === 'blackHole' || fault.slowMs !== undefined
    const diagnosis = await diagnosed(silent ? { timers: hurried } : {})
    expect(named(diagnosis, 'failed')).toEqual([failed])
    expect(step(diagnosis, failed)).toMatchObject({ code, remedy: expect.stringMatching(/\w/) })
    expect(named(diagnosis, 'skipped')).toContain('rights')
    expect(step(diagnosis, 'telemetry').state).toBe('ok')
    expect(diagnosis.state).toBe('failed')
  })

  it('forbids deployments fails in its rights, and names verbs, kind and purpose', async () => {
    await west.faults.set({ forbidden: ['deployments.apps', 'gateways.networking.istio.io'] })
    const diagnosis = await diagnosed({ target: { edit: false } })
    expect(named(diagnosis, 'failed')).toEqual(['rights'])
    expect(step(diagnosis, 'rights').findings).toEqual([
      { state: 'failed', text: 'get, list, watch deployments.apps: workloads and control planes' },
      { state: 'warning', text: 'get, list, watch gateways.networking.istio.io: Istio configuration' },
    ])
    expect(diagnosis.rights.filter(({ denied }) => denied.length > 0).map(({ resource }) => resource)).toEqual([
      'deployments',
      'gateways',
    ])
  })

  it('forbids pods says so where they are looked for, and the rest is well', async () => {
    await west.faults.set({ forbidden: ['pods'] })
    const diagnosis = await diagnosed()
    expect(named(diagnosis, 'failed')).toEqual(['rights', 'istiod', 'labels'])
    expect(named(diagnosis, 'unknown')).toEqual(['names'])
    expect(step(diagnosis, 'istiod').code).toBe('BIN-CLUSTER-FORBIDDEN')
  })

  it('is ten minutes ahead fails in its clock', async () => {
    await west.faults.set({ clockSkewMs: 600_000 })
    const clock = step(await diagnosed(), 'clock')
    expect(clock).toMatchObject({ state: 'failed', found: 'Its clock is 10 min ahead of ours.' })
  })

  it.each([
    ['a minute', 70_000, 'warning', 'Its clock is 1 min behind ours.'],
    ['an hour', 3_700_000, 'failed', 'Its clock is 1 h behind ours.'],
  ])('is %s behind', async (_what, aheadMs, state, found) => {
    const diagnosis = await diagnosed({ clock: () => Date.now() + aheadMs })
    expect(step(diagnosis, 'clock')).toMatchObject({ state, found })
  })
})

describe('an account', () => {
  const read = ['get', 'list', 'watch']
  const istio = ['networking.istio.io', 'security.istio.io', 'extensions.istio.io', 'telemetry.istio.io']

  /** Diagnoses as a service account with these rules: API group, resources, verbs. */
  async function as(name: string, rules: readonly (readonly [string[], string[], string[]])[]): Promise<Diagnosis> {
    const api = 'rbac.authorization.k8s.io'
    west.store.put({
      apiVersion: `${api}/v1`,
      kind: 'ClusterRole',
      metadata: { name },
      rules: rules.map(([apiGroups, resources, verbs]) => ({ apiGroups, resources, verbs })),
    })
    west.store.put({
      apiVersion: `${api}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: api, kind: 'ClusterRole', name },
      subjects: [{ kind: 'User', name }],
    })
    west.identities.add({ token: name, user: name, groups: [] })
    return diagnosed({ kubeconfig: west.kubeconfig(name), target: { edit: false } })
  }
  const denied = ({ rights }: Diagnosis): string[] =>
    rights.filter((row) => row.denied.length > 0).map((row) => `${row.denied.join()} ${row.resource}`)

  it("with Kiali's viewer role shows the mesh, and lacks only what Kiali does not ask for", async () => {
    const diagnosis = await as('kialis-viewer', [
      [[''], ['configmaps', 'pods/log', 'namespaces', 'pods', 'replicationcontrollers', 'services'], read],
      [[''], ['pods/portforward'], ['create']],
      [['apps'], ['daemonsets', 'deployments', 'replicasets', 'statefulsets'], read],
      [['batch'], ['cronjobs', 'jobs'], read],
      [[...istio, 'inference.networking.k8s.io'], ['*'], read],
      [['gateway.networking.k8s.io'], ['*'], read],
      [['authentication.k8s.io'], ['tokenreviews'], ['create']],
      [['admissionregistration.k8s.io'], ['mutatingwebhookconfigurations'], ['list']],
    ])
    expect(named(diagnosis, 'failed')).toEqual([])
    expect(step(diagnosis, 'rights').state).toBe('warning')
    expect(denied(diagnosis)).toEqual([
      'get,list,watch nodes',
      'get pods/portforward',
      'get,list,watch endpointslices',
      'get,list,watch serviceexports',
      'get,list,watch serviceimports',
      'get,watch mutatingwebhookconfigurations',
    ])
  })

  it("of Istio's remote secret may not read workloads: that fails", async () => {
    const diagnosis = await as('istio-reader', [
      [[''], ['pods', 'services', 'nodes', 'namespaces', 'configmaps', 'secrets', 'replicationcontrollers'], read],
      [['apps'], ['replicasets'], read],
      [istio, ['*'], read],
      [['gateway.networking.k8s.io'], ['gateways'], read],
      [['discovery.k8s.io'], ['endpointslices'], read],
    ])
    expect(named(diagnosis, 'failed')).toEqual(['rights'])
    expect(step(diagnosis, 'rights').findings?.[0]).toEqual({
      state: 'failed',
      text: 'get, list, watch deployments.apps: workloads and control planes',
    })
    expect(denied(diagnosis)).toContain('get,list,watch pods/log')
    expect(step(diagnosis, 'istiod')).toMatchObject({ state: 'warning', code: 'BIN-FORWARD-DENIED' })
  })
})

describe('a kubeconfig', () => {
  const servers = () => [{ cluster: 'west', url: west.url, caPem: west.caPem }]

  it('with the CA of another cluster fails in TLS, and says who signed what and whom we trust', async () => {
    const { caPem } = mesh.clusters.get('east') ?? west
    const kubeconfig = kubeconfigOf([{ cluster: 'west', url: west.url, caPem }], { west: 'token' })
    const tls = step(await diagnosed({ kubeconfig }), 'tls')
    expect(tls).toMatchObject({ state: 'failed', code: 'BIN-CLUSTER-TLS' })
    expect(tls.cause).toContain('signed by ca of simulated cluster west')
    expect(tls.cause).toContain('we trust CN=ca of simulated cluster east')
  })

  it('with a host name that nobody knows fails in DNS', async () => {
    const kubeconfig = kubeconfigOf([{ cluster: 'west', url: 'https://nowhere.invalid:6443', caPem: west.caPem }], {})
    const diagnosis = await diagnosed({ kubeconfig })
    expect(named(diagnosis, 'failed')).toEqual(['dns'])
    expect(named(diagnosis, 'skipped')).toContain('tcp')
  })

  it('with a token that expired says since when', async () => {
    const body = Buffer.from(JSON.stringify({ exp: Date.parse('2020-01-01T00:00:00Z') / 1000 })).toString('base64url')
    const diagnosis = await diagnosed({ kubeconfig: kubeconfigOf(servers(), { west: `e30.${body}.c2ln` }) })
    expect(step(diagnosis, 'authentication').cause).toContain('expired at 2020-01-01')
    expect(step(diagnosis, 'certificates')).toMatchObject({ state: 'failed' })
  })

  it('without a credential is a warning, and fails where we would have to be known', async () => {
    const diagnosis = await diagnosed({ kubeconfig: kubeconfigOf(servers(), {}) })
    expect(named(diagnosis, 'warning')).toContain('configuration')
    expect(named(diagnosis, 'failed')).toEqual(['authentication'])
  })

  it('that cannot be used fails at once', async () => {
    const diagnosis = await diagnosed({
      kubeconfig: kubeconfigOf([{ ...servers()[0], cluster: 'west', url: 'ftp://x', caPem: '' }], {}),
    })
    expect(named(diagnosis, 'failed')).toEqual(['configuration'])
    expect(step(diagnosis, 'configuration').code).toBe('BIN-CLUSTER-CONFIG')
  })

  it('whose certificates cannot be used fails at once too', async () => {
    const tls = { insecureSkipVerify: false, client: { cert: 'none', key: 'none' } }
    const access = { cluster: 'west', server: west.url, tls, credential: { kind: 'none' as const } }
    const diagnosis = await diagnosed({ target: { spec: { name: 'west', access } } })
    expect(named(diagnosis, 'failed')).toEqual(['configuration'])
  })

  it('that leads through a proxy is tried through it', async () => {
    const proxy = await connectProxy()
    const tls = { ca: west.caPem, insecureSkipVerify: false }
    const credential = { kind: 'token' as const, token: mesh.tokens.west ?? '' }
    const access = { cluster: 'west', server: west.url, tls, credential, proxy: proxy.url }
    const diagnosis = await diagnosed({ target: { spec: { name: 'west', access } } })
    await proxy.close()
    expect(named(diagnosis, 'skipped')).toEqual(['tls', 'clock'])
    expect(named(diagnosis, 'failed')).toEqual([])
    expect(step(diagnosis, 'tcp').found).toContain(new URL(proxy.url).port)
  })

  it('that calls the cluster otherwise than its istiod does fails in its names', async () => {
    const kubeconfig = kubeconfigOf([{ cluster: 'wset', url: west.url, caPem: west.caPem }], {
      wset: mesh.tokens.west ?? '',
    })
    const names = step(await diagnosed({ kubeconfig }), 'names')
    expect(names).toMatchObject({ state: 'failed', found: 'Called wset here, and west by its istiod.' })
  })
})

describe('a cluster without Istio', () => {
  it('lacks CRDs and istiod, and hears what to do if that is a mistake', async () => {
    const bare = await startApiServer({
      cluster: 'bare',
      objects: [],
      identities: [{ token: 'token', user: 'me', groups: ['system:masters'] }],
      resources: builtinResources.filter(({ group }) => !group.endsWith('.istio.io')),
    })
    const telemetry = () => Promise.resolve({ lastSeenMs: new Map([['east', Date.now()]]) })
    const diagnosis = await diagnosed({ kubeconfig: bare.kubeconfig('token'), target: { telemetry } })
    await bare.close()
    expect(named(diagnosis, 'warning')).toEqual(['apiGroups', 'istiod', 'telemetry'])
    expect(step(diagnosis, 'apiGroups').cause).toContain('no CRDs of Istio')
    expect(step(diagnosis, 'telemetry').cause).toBe('Metrics name east.')
    expect(diagnosis.rights.find(({ group }) => group === 'networking.istio.io')).toMatchObject({ notServed: true })
  })
})

/** An HTTP proxy that tunnels. */
async function connectProxy(): Promise<{ url: string; close(): Promise<void> }> {
  const open = new Set<Socket>()
  const proxy = createServer()
  proxy.on('connect', (request, client: Socket, head: Buffer) => {
    const [host, port] = (request.url ?? '').split(':')
    const upstream = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      upstream.write(head)
      upstream.pipe(client).pipe(upstream)
    })
    for (const socket of [client, upstream]) open.add(socket.on('error', () => {}))
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const address = proxy.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy()
        proxy.close(() => resolve())
      }),
  }
}
