/**
 * A console's way into a cluster, made, looked at and taken back, against a simulated API server and a real one: the
 * identity that comes out has exactly the documented rights, as kubectl sees them.
 */
import { execFile, execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type PolicyRule, roleRules } from '@binocle/server/access/consoleRights'
import { isRecord, record, text } from '@binocle/server/inventory/json'
import type { ClusterAccess } from '@binocle/server/kube/access'
import { createKubeApi } from '@binocle/server/kube/api'
import { KubeFailure } from '@binocle/server/kube/failure'
import { type ApiServer, startApiServer } from '@binocle/simulator/kube/apiServer'
import { startRealKube } from '@binocle/simulator/real/kube'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Creation, create, type Sides } from './create.ts'
import { deleteAll } from './delete.ts'
import type { Mode, Names } from './names.ts'
import { verify } from './verify.ts'

const names: Names = {
  account: 'kiali',
  namespace: 'istio-system',
  cluster: 'West_2',
  consoleNamespace: 'istio-system',
}
const secretPath = '/api/v1/namespaces/istio-system/secrets/kiali-remote-cluster-secret-west-2'

const program = 'kubectl'
const kubectlPresent = (() => {
  try {
    execFileSync(program, ['version', '--client'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

/** The remote cluster under test. */
interface Bed {
  readonly access: ClusterAccess
  close(): Promise<void>
}

async function simulated(): Promise<Bed> {
  const server = await simulatedServer('west')
  return { access: accessTo(server), close: () => server.close() }
}

async function real(assets: string): Promise<Bed> {
  const kube = await startRealKube(assets, { accountTokens: true })
  return { access: access('west', kube.server, kube.ca, kube.token), close: () => kube.close() }
}

const assets = process.env.KUBEBUILDER_ASSETS
describe('in a simulated cluster', () => suite(simulated))
describe.skipIf(assets === undefined)('in a real cluster (skipped unless KUBEBUILDER_ASSETS is set)', () =>
  suite(() => real(assets ?? '')),
)

function suite(start: () => Promise<Bed>): void {
  let bed: Bed
  let home: ApiServer
  let sides: Sides
  let folder: string

  beforeAll(async () => {
    ;[bed, home] = await Promise.all([start(), simulatedServer('east')])
    folder = await mkdtemp(join(tmpdir(), 'binocle-remote-secret-'))
    sides = {
      remote: createKubeApi(bed.access),
      remoteAccess: bed.access,
      console: createKubeApi(accessTo(home)),
    }
  })
  afterEach(() => deleteAll(sides, names, () => {}))
  afterAll(async () => {
    await Promise.all([sides.remote.close(), sides.console.close()])
    await Promise.all([bed.close(), home.close(), rm(folder, { recursive: true })])
  })

  const make = async (mode: Mode, change: Partial<Creation> = {}): Promise<string[]> => {
    const told: string[] = []
    const tell = (line: string) => told.push(line)
    const creation: Creation = { names, mode, token: { kind: 'legacy' }, insecure: false, ...change }
    await create(sides, creation, tell, soon)
    return told
  }
  const kubeconfig = async (): Promise<string> => {
    const secret = await sides.console.get(secretPath)
    return Buffer.from(text(record(isRecord(secret) ? secret : {}, 'data'), 'West_2'), 'base64').toString('utf8')
  }

  it('makes a secret that consoles find, named as the cluster throughout', async () => {
    await make('view')
    expect(await sides.console.get(secretPath)).toMatchObject({
      metadata: { labels: { 'kiali.io/multiCluster': 'true' }, annotations: { 'kiali.io/cluster': 'West_2' } },
    })
    const words = (await kubeconfig()).match(/West_2/g)
    expect(words).toHaveLength(6)
  })

  it('verifies with the identity it made: it gets in, and has every right', async () => {
    await make('view')
    const { form, diagnosis } = await verify(sides.console, names, 'view')
    expect(form).toEqual([])
    expect(diagnosis).toMatchObject({ cluster: 'West_2', identity: 'system:serviceaccount:istio-system:kiali' })
    expect(diagnosis?.rights.flatMap(({ denied, unknown }) => [...denied, ...unknown])).toEqual([])
  })

  it('lets the account act as people where that is asked for, and takes it back', async () => {
    const denied = async () => {
      const { diagnosis } = await verify(sides.console, names, 'view', true)
      return diagnosis?.rights.filter((row) => row.denied.length > 0).map(({ resource }) => resource)
    }
    await make('view', { impersonate: true })
    expect(await denied()).toEqual([])
    await make('view')
    expect(await denied()).toEqual(['users', 'groups'])
  })

  it('changes nothing the second time', async () => {
    await make('view')
    const kept = /unchanged$|does not expire$/
    expect((await make('view')).filter((line) => !kept.test(line))).toEqual([])
  })

  it('says how long a token lasts that expires, and verifies with it', async () => {
    const told = await make('view', { token: { kind: 'bound', lifeS: 3600 } })
    expect(told.join()).toMatch(/west: a token until 20\d\d-/)
    const { diagnosis } = await verify(sides.console, names, 'view')
    expect(diagnosis?.steps.find(({ name }) => name === 'authentication')?.state).toBe('ok')
  })

  it('takes the wider role back when the account shall only look', async () => {
    await make('edit')
    expect((await make('view')).filter((line) => line.endsWith('deleted'))).toEqual([
      'west: ClusterRoleBinding kiali deleted',
      'west: ClusterRole kiali deleted',
    ])
    const { diagnosis } = await verify(sides.console, names, 'edit')
    const allowed = diagnosis?.rights.filter(({ need }) => need === 'edit').flatMap((row) => row.allowed)
    expect(allowed).toEqual([])
  })

  it('leaves a role of the other kind alone that another tool made', async () => {
    const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'kiali' } }
    await sides.remote.request('POST', '/apis/rbac.authorization.k8s.io/v1/clusterroles', role)
    expect(await make('view')).toContain('west: ClusterRole kiali left as it is: another tool made it')
  })

  it('touches nothing where a console of its own runs as that account', async () => {
    const path = '/apis/apps/v1/namespaces/istio-system/deployments'
    const metadata = { labels: { app: 'kiali' } }
    const spec = { serviceAccountName: 'kiali', containers: [{ name: 'kiali', image: 'kiali:1' }] }
    await make('view')
    await sides.remote.request('POST', path, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'kiali' },
      spec: { selector: { matchLabels: metadata.labels }, template: { metadata, spec } },
    })
    await expect(make('edit')).rejects.toThrow('Give this one another name with --account')
    await expect(deleteAll(sides, names, () => {})).rejects.toThrow('a console is installed there')
    await sides.remote.request('DELETE', `${path}/kiali`)
    const { form, diagnosis } = await verify(sides.console, names, 'view')
    expect([form, diagnosis?.steps.find(({ name }) => name === 'rights')?.state]).toEqual([[], 'ok'])
  })

  it('deletes all it made, and is not troubled by what is gone', async () => {
    await make('edit')
    const told: string[] = []
    await deleteAll(sides, names, (line) => told.push(line))
    await deleteAll(sides, names, () => {})
    const deleted = told.filter((line) => line.endsWith(' deleted')).map((line) => line.split(' ')[1])
    expect(deleted).toEqual(['Secret', 'ClusterRoleBinding', 'ClusterRole', 'Secret', 'ServiceAccount'])
    const { form } = await verify(sides.console, names, 'view')
    expect(form[0]).toContain('There is no Secret istio-system/kiali-remote-cluster-secret-west-2')
  })

  it('says of a secret without label, or with another key, that no console finds it', async () => {
    await make('view')
    const change = { metadata: { labels: { 'kiali.io/multiCluster': null } }, data: { West_2: null, other: 'e30=' } }
    await sides.console.request('PATCH', secretPath, change, { contentType: 'application/merge-patch+json' })
    const { form } = await verify(sides.console, names, 'view')
    expect(form.join()).toContain('lacks the label kiali.io/multiCluster=true')
    expect(form.join()).toContain('has the key other and not West_2')
  })

  it('does not verify once its account is gone', async () => {
    await make('view')
    await sides.remote.request('DELETE', '/api/v1/namespaces/istio-system/serviceaccounts/kiali')
    await untilRejected(await kubeconfig(), bed.access)
    const { diagnosis } = await verify(sides.console, names, 'view')
    expect(diagnosis?.steps.find(({ state }) => state === 'failed')).toMatchObject({
      name: 'authentication',
      code: 'BIN-CLUSTER-AUTH',
    })
  })

  const kubectl = describe.skipIf(!kubectlPresent)
  kubectl(kubectlPresent ? 'as kubectl sees it' : 'as kubectl sees it (skipped: no kubectl on the PATH)', () => {
    it.each<Mode>(['view', 'edit'])('the identity for %s has exactly the documented rights', async (mode) => {
      await make(mode)
      const file = join(folder, 'kubeconfig')
      await writeFile(file, await kubeconfig())
      const { stdout } = await promisify(execFile)(program, ['--kubeconfig', file, 'auth', 'can-i', '--list'])
      expect(granted(stdout)).toEqual(documented(roleRules(mode)))
    })
  })
}

/** Between two looks at a Secret that a controller fills. */
const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50))

function simulatedServer(cluster: string): Promise<ApiServer> {
  return startApiServer({
    cluster,
    objects: [],
    identities: [{ token: 'admin-token', user: 'admin', groups: ['system:masters'] }],
  })
}

const accessTo = ({ cluster, url, caPem }: ApiServer): ClusterAccess => access(cluster, url, caPem, 'admin-token')

const access = (cluster: string, server: string, ca: string, token: string): ClusterAccess => ({
  cluster,
  server,
  tls: { ca, insecureSkipVerify: false },
  credential: { kind: 'token', token },
})

/** A real server remembers a token for some seconds after its account is gone. */
async function untilRejected(kubeconfig: string, bed: ClusterAccess): Promise<void> {
  const token = /token: (\S+)/.exec(kubeconfig)?.[1] ?? ''
  const api = createKubeApi({ ...bed, credential: { kind: 'token', token } })
  try {
    for (;;) await api.get('/apis')
  } catch (error) {
    if (!(error instanceof KubeFailure) || error.reason !== 'unauthorized') throw error
  } finally {
    await api.close()
  }
}

/** Resource -> verbs of `auth can-i --list`, without what every authenticated user has. */
function granted(list: string): Record<string, string> {
  const everybody = /^self|^\[/
  const rows = list
    .split('\n')
    .slice(1)
    .map((line) => /^(\S+)\s+\[\]\s+\[\]\s+\[(.*)\]$/.exec(line.trim()))
  return byResource(
    rows.flatMap((row) =>
      row?.[1] === undefined || everybody.test(row[1]) ? [] : [[row[1], (row[2] ?? '').split(' ')]],
    ),
  )
}

const documented = (rules: readonly PolicyRule[]): Record<string, string> =>
  byResource(
    rules.flatMap(({ apiGroups, resources, verbs }) =>
      resources.map((resource): [string, readonly string[]] => [
        `${resource}${apiGroups[0] === '' ? '' : `.${apiGroups[0]}`}`,
        verbs,
      ]),
    ),
  )

function byResource(rows: readonly (readonly [string, readonly string[]])[]): Record<string, string> {
  const merged = new Map<string, Set<string>>()
  for (const [resource, verbs] of rows) merged.set(resource, new Set([...(merged.get(resource) ?? []), ...verbs]))
  return Object.fromEntries([...merged].sort().map(([resource, verbs]) => [resource, [...verbs].sort().join(' ')]))
}
