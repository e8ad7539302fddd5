/** The client that everybody has: what kubectl does against a simulated API server, from start to end. */
import { execFile, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiServer, startApiServer } from './apiServer.ts'
import { namespace, pod } from './testClient.ts'

const program = 'kubectl'

const present = (() => {
  try {
    execFileSync(program, ['version', '--client'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

describe.skipIf(!present)(present ? 'kubectl' : 'kubectl (skipped: no kubectl on the PATH)', () => {
  let server: ApiServer
  let folder: string
  beforeAll(async () => {
    server = await startApiServer({
      cluster: 'east',
      objects: [
        namespace('default'),
        namespace('shop'),
        pod('shop', 'web-1', 'app=web'),
        pod('shop', 'web-2', 'app=web'),
      ],
      identities: [
        { token: 'root', user: 'admin', groups: ['system:masters'] },
        { token: 'eve', user: 'eve', groups: [] },
      ],
      logs: ({ pod: name }) => ({ lines: [{ atMs: 0, text: `hello from ${name}` }] }),
      backend: (_namespace, _pod, port) =>
        port === 15014 ? (request, response) => response.end(`saw ${request.url}`) : undefined,
    })
    folder = mkdtempSync(join(tmpdir(), 'kubectl-'))
    writeFileSync(join(folder, 'root'), server.kubeconfig('root'))
    writeFileSync(join(folder, 'eve'), server.kubeconfig('eve'))
  })
  afterAll(async () => {
    await server.close()
    rmSync(folder, { recursive: true })
  })

  const flags = (who: string) => ['--kubeconfig', join(folder, who), '--cache-dir', join(folder, 'cache')]

  /** Standard output and error in one text, whatever the exit code. */
  const kubectl = (command: string, who = 'root', input = ''): Promise<string> =>
    new Promise((resolve) => {
      const child = execFile(program, [...command.split(' '), ...flags(who)], (_error, out, errors) =>
        resolve(out + errors),
      )
      child.stdin?.end(input)
    })

  const manifest = (image: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "${image}"}, {name: side, image: "side:1"}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec: {hosts: [web]}
`

  it('gets tables, objects and pages', async () => {
    expect(await kubectl('get pods -n shop')).toMatch(
      /NAME +READY +STATUS +RESTARTS +AGE\nweb-1 +0\/1 +Running +0 +\d+s\nweb-2/,
    )
    expect(await kubectl('get pods -A --chunk-size=1 -o name')).toBe('pod/web-1\npod/web-2\n')
    expect(await kubectl('get po web-1 -n shop -o jsonpath={.spec.containers[0].image}')).toBe('main:1')
    expect(await kubectl('get pod nope -n shop')).toContain('Error from server (NotFound): pods "nope" not found')
    expect(await kubectl('get pods -A', 'eve')).toContain('pods is forbidden: User "eve" cannot list resource "pods"')
  })

  it('describes', async () => {
    expect(await kubectl('describe pod web-1 -n shop')).toMatch(/Name: +web-1\nNamespace: +shop\nNode: +node-1/)
  })

  it('applies, applies again, and deletes', async () => {
    expect(await kubectl('apply -f -', 'root', manifest('web:1'))).toBe(
      'deployment.apps/web created\nvirtualservice.networking.istio.io/web created\n',
    )
    expect(await kubectl('apply -f -', 'root', manifest('web:2'))).toBe(
      'deployment.apps/web configured\nvirtualservice.networking.istio.io/web unchanged\n',
    )
    expect(await kubectl('get deploy web -n shop -o jsonpath={.spec.template.spec.containers[*].image}')).toBe(
      'web:2 side:1',
    )
    expect(await kubectl('apply --server-side --force-conflicts -f -', 'root', manifest('web:3'))).toContain(
      'deployment.apps/web serverside-applied',
    )
    expect(await kubectl('apply --dry-run=server -f -', 'root', manifest('web:4'))).toContain(
      'deployment.apps/web configured (server dry run)',
    )
    expect(await kubectl('scale deploy web -n shop --replicas=5')).toBe('deployment.apps/web scaled\n')
    expect(await kubectl('label vs web -n shop team=a')).toBe('virtualservice.networking.istio.io/web labeled\n')
    expect(await kubectl('delete -f -', 'root', manifest('web:1'))).toBe(
      'deployment.apps "web" deleted\nvirtualservice.networking.istio.io "web" deleted\n',
    )
    expect(await kubectl('create namespace fresh')).toBe('namespace/fresh created\n')
  })

  it('reads logs', async () => {
    expect(await kubectl('logs web-1 -n shop')).toBe('hello from web-1\n')
  })

  it('asks what it may', async () => {
    expect(await kubectl('auth can-i list pods')).toBe('yes\n')
    expect(await kubectl('auth can-i list pods', 'eve')).toBe('no\n')
    expect(await kubectl('auth can-i --list', 'eve')).toContain('selfsubjectaccessreviews.authorization.k8s.io')
    expect(await kubectl('auth whoami', 'eve')).toMatch(/Username +eve/)
  })

  it('watches', async () => {
    const child = spawn(program, ['get', 'pods', '-n', 'shop', '-w', '-o', 'name', ...flags('root')], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    expect([(await lines.next()).value, (await lines.next()).value]).toEqual(['pod/web-1', 'pod/web-2'])
    server.store.put(pod('shop', 'web-3'))
    expect((await lines.next()).value).toBe('pod/web-3')
    child.kill()
  })

  it.each([
    ['in a WebSocket', 'true'],
    ['over plain SPDY', 'false'],
  ])('forwards ports %s', async (_how, webSockets) => {
    const child = spawn(program, ['port-forward', '-n', 'shop', 'pod/web-1', ':15014', ...flags('root')], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, KUBECTL_PORT_FORWARD_WEBSOCKETS: webSockets },
    })
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const [, port] = /127\.0\.0\.1:(\d+) -> 15014/.exec(String((await lines.next()).value)) ?? []
    const answers = [await fetch(`http://127.0.0.1:${port}/ready`), await fetch(`http://127.0.0.1:${port}/version`)]
    expect(await Promise.all(answers.map((answer) => answer.text()))).toEqual(['saw /ready', 'saw /version'])
    child.kill()
    expect(
      server.requests.some(
        ({ method, status }) => status === 101 && method === (webSockets === 'true' ? 'GET' : 'POST'),
      ),
    ).toBe(true)
  })
})
