/**
 * API servers with a pod whose ports are forwarded to a given HTTP handler, for tests that hold for a simulated and for
 * a real one alike. Users `getter`, `creator`, `both` and `nobody` have the rights on `pods/portforward` that their names say;
 * an admin's token may act as each of them.
 */
import { createServer, type RequestListener } from 'node:http'
import { startApiServer } from '../kube/apiServer.ts'
import { textAt } from '../kube/json.ts'
import { clientOf, type TestClient } from '../kube/testClient.ts'
import { closeServer, listenLocally } from '../local.ts'
import type { KubernetesJson } from '../scenario.ts'
import { freePorts, startRealKube } from './kube.ts'
import { startKubelets } from './kubelet.ts'

export interface ForwardBed {
  readonly url: string
  readonly caPem: string
  readonly token: string
  close(): Promise<void>
}

/** Of the pod `shop/web-1`. Nothing listens on `closedPort`. */
export const openPort = 15014
export const closedPort = 81

/** `kubernetesVersion`: since 1.35 WebSocket needs the verb `create` beside `get`. */
export async function simulatedForwards(listener: RequestListener, kubernetesVersion = 'v1.34.4'): Promise<ForwardBed> {
  const server = await startApiServer({
    cluster: 'east',
    kubernetesVersion,
    objects: [...objects('Running')],
    identities: [{ token: 'admin-token', user: 'admin', groups: ['system:masters'] }],
    backend: (_namespace, _pod, port) => (port === openPort ? listener : undefined),
  })
  return { url: server.url, caPem: server.caPem, token: 'admin-token', close: () => server.close() }
}

export async function realForwards(assets: string, listener: RequestListener): Promise<ForwardBed> {
  const backend = createServer(listener)
  const target = await listenLocally(backend, 0)
  const [nothing = 0] = await freePorts(1)
  const kube = await startRealKube(assets)
  const kubelets = await startKubelets(assets, kube, [
    { port: openPort, target },
    { port: closedPort, target: nothing },
  ])
  const admin = clientOf({ url: kube.server, caPem: kube.ca }, kube.token)
  for (const object of objects('Pending')) await create(admin, object)
  await eventually(async () => (await phaseOf(admin)) === 'Running')
  return {
    url: kube.server,
    caPem: kube.ca,
    token: kube.token,
    close: async () => {
      await kubelets.close()
      await kube.close()
      await closeServer(backend)
    },
  }
}

function objects(phase: string): KubernetesJson[] {
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
    { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-1' } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'shop' } },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web-1', namespace: 'shop' },
      spec: {
        nodeName: 'node-1',
        automountServiceAccountToken: false,
        containers: [{ name: 'app', image: 'web:1', ports: [{ containerPort: openPort }] }],
      },
      status: { phase },
    },
    ...rightsOf('getter', ['get']),
    ...rightsOf('creator', ['create']),
    ...rightsOf('both', ['get', 'create']),
  ]
}

const rbac = 'rbac.authorization.k8s.io'

const rightsOf = (user: string, verbs: readonly string[]): KubernetesJson[] => [
  {
    apiVersion: `${rbac}/v1`,
    kind: 'Role',
    metadata: { name: user, namespace: 'shop' },
    rules: [{ apiGroups: [''], resources: ['pods/portforward'], verbs }],
  },
  {
    apiVersion: `${rbac}/v1`,
    kind: 'RoleBinding',
    metadata: { name: user, namespace: 'shop' },
    roleRef: { apiGroup: rbac, kind: 'Role', name: user },
    subjects: [{ apiGroup: rbac, kind: 'User', name: user }],
  },
]

async function create(admin: TestClient, object: KubernetesJson): Promise<void> {
  const { metadata } = object
  const group = object.apiVersion.includes('/') ? `/apis/${object.apiVersion}` : `/api/${object.apiVersion}`
  const at = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`
  const { status, text } = await admin.send('POST', `${group}${at}/${object.kind.toLowerCase()}s`, { body: object })
  if (status !== 201) throw new Error(`${object.kind} ${metadata.name}: ${status} ${text}`)
}

const phaseOf = async (admin: TestClient): Promise<string> =>
  textAt((await admin.get('/api/v1/namespaces/shop/pods/web-1')).body, 'status', 'phase')

/** The test's own time limit ends it. */
async function eventually(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 100))
}
