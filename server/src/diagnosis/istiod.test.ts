import { createServer } from 'node:http'
import { connect, type Server } from 'node:net'
import type { Duplex } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import type { KubeApi } from '../kube/api.ts'
import { type ControlPlanesSeen, type IstiodPodFacts, istiodOutcome, lookForIstiods } from './istiod.ts'

const pod = (name: string, running = true): IstiodPodFacts => ({
  namespace: 'istio-system',
  name,
  running,
  clusterId: 'west',
  external: false,
})

const seen = (pods: readonly IstiodPodFacts[], elsewhere: readonly string[] = []): ControlPlanesSeen => ({
  pods,
  elsewhere,
})

/** An API server that answers `gets` by path, and forwards ports as told. */
function api(gets: Record<string, unknown>, forward?: () => Promise<Duplex>): KubeApi {
  const notAsked = () => Promise.reject(new Error('not asked for'))
  return {
    cluster: 'west',
    get: (path) => Promise.resolve(gets[path.split('?', 1)[0] ?? '']),
    request: notAsked,
    stream: notAsked,
    reloadCredential: () => false,
    close: () => Promise.resolve(),
    ...(forward === undefined ? {} : { forward }),
  }
}

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

/** An istiod that answers `/debug/clusterz`, behind a forwarded port. */
async function istiod(status: number, body: string): Promise<() => Promise<Duplex>> {
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/debug/clusterz' ? status : 500).end(body)
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return () => Promise.resolve(connect(port, '127.0.0.1'))
}

describe('the istiods of a cluster', () => {
  it('are its pods labelled so, and what a namespace says of control planes elsewhere', async () => {
    const container = {
      env: [
        { name: 'CLUSTER_ID', value: 'west' },
        { name: 'EXTERNAL_ISTIOD', value: 'true' },
      ],
    }
    const found = await lookForIstiods(
      api({
        '/api/v1/pods': {
          items: [
            {
              metadata: { namespace: 'istio-system', name: 'istiod-1' },
              spec: { containers: [container] },
              status: { phase: 'Running' },
            },
          ],
        },
        '/api/v1/namespaces': {
          items: [
            { metadata: { name: 'shop' } },
            { metadata: { annotations: { 'topology.istio.io/controlPlaneClusters': 'east, north' } } },
          ],
        },
      }),
      new AbortController().signal,
    )
    expect(found).toEqual(seen([{ ...pod('istiod-1'), external: true }], ['east', 'north']))
  })

  it.each([
    ['none, and nobody says where the control plane is', seen([]), 'warning', 'No istiod runs here.'],
    ['none, served from elsewhere', seen([], ['east']), 'ok', 'its control plane is in east'],
    ['none that runs', seen([pod('istiod-1', false)]), 'failed', '0 of 1 istiod pods run.'],
  ])('%s', async (_what, planes, state, found) => {
    const outcome = await istiodOutcome(api({}), planes, 1_000)
    expect(outcome.state).toBe(state)
    expect(outcome.found).toContain(found)
  })

  it('read all clusters they shall', async () => {
    const remotes = [
      { id: 'west', syncStatus: 'synced' },
      { id: 'east', secretName: 'istio-system/east', syncStatus: 'synced' },
    ]
    const outcome = await istiodOutcome(
      api({}, await istiod(200, JSON.stringify(remotes))),
      seen([pod('istiod-1')]),
      1_000,
    )
    expect(outcome).toMatchObject({ state: 'ok', found: '1 of 1 istiod pods run. It reads 2 clusters.' })
  })

  it('that cannot read a cluster name it, and its secret', async () => {
    const remotes = [{ id: 'east', secretName: 'istio-system/east', syncStatus: 'timeout' }]
    const outcome = await istiodOutcome(
      api({}, await istiod(200, JSON.stringify(remotes))),
      seen([pod('istiod-1')]),
      1_000,
    )
    expect(outcome.state).toBe('warning')
    expect(outcome.findings).toEqual([{ state: 'warning', text: 'istiod-1: east timeout (secret istio-system/east)' }])
  })

  it.each([
    ['has its debug endpoints off', 404, 'not found', 'its debug endpoints are off'],
    ['answers something else', 200, '<html>', 'did not answer a list'],
  ])('that %s', async (_what, status, body, cause) => {
    const outcome = await istiodOutcome(api({}, await istiod(status, body)), seen([pod('istiod-1')]), 1_000)
    expect(outcome.state).toBe('warning')
    expect(outcome.cause).toContain(cause)
  })

  it('to which no port can be forwarded say which right and which port', async () => {
    const refuse = () => Promise.reject(new Error('the API server answered 403 to the port-forward'))
    const outcome = await istiodOutcome(api({}, refuse), seen([pod('istiod-1')]), 1_000)
    expect(outcome.cause).toContain('403')
    expect(outcome.remedy).toContain('get and create on pods/portforward')
  })
})
