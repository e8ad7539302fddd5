/** The console's port-forwards, tried on a simulated API server and on a real one with the same expectations. */
import type { RequestListener } from 'node:http'
import type { ClusterAccess } from '@binocle/server/kube/access'
import { createKubeApi } from '@binocle/server/kube/api'
import { KubeFailure } from '@binocle/server/kube/failure'
import { createPodHttp } from '@binocle/server/kube/podRequest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closedPort, type ForwardBed, openPort, realForwards, simulatedForwards } from './forwardBeds.ts'
import { hasKubelets } from './kubelet.ts'

const accessOf = ({ caPem, token, url }: ForwardBed, user: string): ClusterAccess => ({
  cluster: 'east',
  server: url,
  tls: { ca: caPem, insecureSkipVerify: false },
  credential: { kind: 'token', token },
  impersonate: { user, groups: ['some', 'people'] },
})

const big = 'x'.repeat(3 << 20)

const pod: RequestListener = (request, response) => {
  if (request.url === '/big') response.end(big)
  else if (request.url === '/missing') response.writeHead(404).end('no')
  else if (request.url === '/silent') return
  else request.on('data', () => {}).on('end', () => response.end(`saw ${request.method} ${request.url}`))
}

const assets = process.env.KUBEBUILDER_ASSETS ?? ''
const present = assets !== '' && (await hasKubelets(assets))
describe('a simulated API server', () => suite(() => simulatedForwards(pod)))
describe.skipIf(!present)('a real kube-apiserver (skipped unless KUBEBUILDER_ASSETS is set, with kwok in it)', () =>
  suite(() => realForwards(assets, pod)),
)

describe('a simulated API server of Kubernetes 1.35', () => {
  const outcome = async (version: string, user: string): Promise<string> => {
    const bed = await simulatedForwards(pod, version)
    const api = createKubeApi(accessOf(bed, user))
    try {
      const connection = await api.forward?.({ namespace: 'shop', pod: 'web-1', port: openPort }, 10_000)
      connection?.destroy()
      return 'open'
    } catch (error) {
      return error instanceof KubeFailure ? error.problem.code : String(error)
    } finally {
      await api.close()
      await bed.close()
    }
  }

  it.each([
    ['v1.34.4', 'getter', 'open'],
    ['v1.35.0', 'getter', 'BIN-FORWARD-DENIED'],
    ['v1.35.0', 'both', 'open'],
    ['v1.35.0', 'creator', 'open'],
  ])('in %s whoever has the verbs of %s: %s', async (version, user, expected) => {
    expect(await outcome(version, user)).toBe(expected)
  })
})

function suite(start: () => Promise<ForwardBed>): void {
  let bed: ForwardBed
  beforeAll(async () => {
    bed = await start()
  }, 120_000)
  afterAll(() => bed.close())

  async function ask(user: string, path: string, more: { port?: number; pod?: string; timeoutMs?: number } = {}) {
    const api = createKubeApi(accessOf(bed, user))
    const target = { namespace: 'shop', pod: more.pod ?? 'web-1', port: more.port ?? openPort }
    const http = createPodHttp(async () => {
      if (api.forward === undefined) throw new Error('it forwards no ports')
      return api.forward(target, 10_000)
    })
    try {
      return await http.text({ path, timeoutMs: more.timeoutMs ?? 20_000 })
    } finally {
      http.close()
      await api.close()
    }
  }

  const failure = (asked: Promise<string>): Promise<string> =>
    asked.then(
      (body) => `answered ${body.length} bytes`,
      (error: unknown) => (error instanceof KubeFailure ? error.problem.code : String(error)),
    )

  describe.each([
    ['over either protocol', 'both'],
    ['over SPDY, having the verb create alone', 'creator'],
  ])('%s', (_way, user) => {
    it('answers one request after the other', async () => {
      const api = createKubeApi(accessOf(bed, user))
      const http = createPodHttp(async () => {
        if (api.forward === undefined) throw new Error('it forwards no ports')
        return api.forward({ namespace: 'shop', pod: 'web-1', port: openPort }, 10_000)
      })
      const answers = []
      for (const path of ['/ready', '/version', '/debug/syncz'])
        answers.push(await http.text({ path, timeoutMs: 20_000 }))
      http.close()
      await api.close()
      expect(answers).toEqual(['saw GET /ready', 'saw GET /version', 'saw GET /debug/syncz'])
    })

    it('carries megabytes', async () => {
      expect((await ask(user, '/big')).length).toBe(big.length)
    })

    it.each([
      ['the status of the pod', '/missing', {}, '/missing answered 404'],
      ['that nothing listens there', '/x', { port: closedPort }, 'refused'],
      ['that the pod is silent', '/silent', { timeoutMs: 500 }, '/silent took longer than 500 ms'],
    ])('tells %s', async (_what, path, more, expected) => {
      expect(await failure(ask(user, path, more))).toContain(expected)
    })

    it('tells that there is no such pod', async () => {
      expect(await failure(ask(user, '/x', { pod: 'web-9' }))).toBe('BIN-CLUSTER-ANSWER')
    })
  })

  it('serves many at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => ask(i % 2 ? 'both' : 'creator', `/${i}`)))
    expect(answers).toEqual(Array.from({ length: 20 }, (_, i) => `saw GET /${i}`))
  })

  it('is denied to whoever has neither verb, and says what to grant', async () => {
    const asked = ask('nobody', '/x')
    await expect(asked).rejects.toMatchObject({
      problem: {
        code: 'BIN-FORWARD-DENIED',
        message: expect.stringContaining('User "nobody" cannot'),
        remedy: 'Grant our account the verbs get and create on pods/portforward in namespace shop.',
      },
    })
  })
}
