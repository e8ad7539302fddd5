import { describe, expect, it } from 'vitest'
import { BinocleError } from '../errors.ts'
import type { KubeApi } from '../kube/api.ts'
import { answered, KubeFailure } from '../kube/failure.ts'
import { changeAs } from './changeAs.ts'
import type { ClusterCredential } from './credential.ts'

const own: ClusterCredential = { cluster: 'west', kind: 'console' }
const hers: ClusterCredential = { cluster: 'west', kind: 'bearer', token: 'ann' }
const change = { cluster: 'west', method: 'PATCH', path: '/api/v1/namespaces/shop', body: {} } as const

/** An API server that answers everybody alike. */
function serverThat(answer: () => unknown) {
  const as: unknown[] = []
  const api: KubeApi = {
    cluster: 'west',
    get: () => Promise.reject(new Error('not asked')),
    stream: () => Promise.reject(new Error('not asked')),
    request: async (...sent) => {
      as.push(sent.slice(0, 3))
      return answer()
    },
    reloadCredential: () => false,
    close: () => Promise.resolve(),
  }
  const credentials: ClusterCredential[] = []
  const send = changeAs({
    apiAs: (credential) => {
      credentials.push(credential)
      return api
    },
  })
  return { as, credentials, send }
}

const failing = (failure: KubeFailure) =>
  serverThat(() => {
    throw failure
  }).send
const saying = (status: number, message: string) => failing(answered('west', 'PATCH', status, { message }))

async function refusalOf(sent: Promise<unknown>): Promise<BinocleError> {
  const error: unknown = await sent.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof BinocleError) return error
  throw new Error(`not refused: ${error}`)
}

describe('a change', () => {
  it('is sent with the credential of who wants it, and with no other', async () => {
    const { as, credentials, send } = serverThat(() => ({ kind: 'Namespace' }))
    expect(await send(hers, change)).toEqual({ kind: 'Namespace' })
    expect(credentials).toEqual([hers])
    expect(as).toEqual([['PATCH', '/api/v1/namespaces/shop', {}]])
  })

  it('is not sent for who has no login there', async () => {
    const { as, send } = serverThat(() => ({}))
    expect(await refusalOf(send(undefined, change))).toMatchObject({ code: 'BIN-CHANGE-FORBIDDEN', status: 403 })
    expect(as).toEqual([])
  })

  it.each([
    [403, 'namespaces "shop" is forbidden: no', 403, 'BIN-CHANGE-FORBIDDEN'],
    [404, 'namespaces "shop" not found', 404, 'BIN-NOT-FOUND'],
    [409, 'the object has been modified', 409, 'BIN-CHANGE-CONFLICT'],
    [422, 'spec.hosts: Invalid value', 422, 'BIN-CHANGE-REFUSED'],
    [400, 'admission webhook "validation.istio.io" denied the request', 400, 'BIN-CHANGE-REFUSED'],
  ])(
    'AUTH-35: that a cluster answers with %i is so answered, in the words of Kubernetes',
    async (said, message, status, code) => {
      const refusal = await refusalOf(saying(said, message)(hers, change))
      expect(refusal).toMatchObject({ status, code, message, cluster: 'west' })
    },
  )

  it('AUTH-35: whose credential the cluster does not know any more is refused, and the console has not failed', async () => {
    expect(await refusalOf(saying(401, 'Unauthorized')(hers, change))).toMatchObject({ status: 403 })
    expect(await refusalOf(saying(401, 'Unauthorized')(own, change))).toMatchObject({
      status: 503,
      code: 'BIN-CLUSTER-AUTH',
    })
  })

  it('whose webhook does not answer is refused, and the cluster is not away', async () => {
    const message = 'Internal error occurred: failed calling webhook "rev.validation.istio.io": connection refused'
    expect(await refusalOf(saying(500, message)(hers, change))).toMatchObject({
      status: 422,
      code: 'BIN-CHANGE-REFUSED',
      message,
    })
  })

  it('that is refused at length is so in every word', async () => {
    const message = `spec: Invalid value: ${'rule, '.repeat(100)}end`
    expect((await refusalOf(saying(422, message)(hers, change))).message).toBe(message)
  })

  it.each([
    ['unreachable', 'BIN-CLUSTER-UNREACHABLE', /may have been made/],
    ['answer', 'BIN-CLUSTER-ANSWER', /may have been made/],
    ['tls', 'BIN-CLUSTER-TLS', /^Give the CA/],
  ] as const)(
    'to a cluster that is %s is 503 with its cause, and says whether it can have been made',
    async (why, code, remedy) => {
      const away = failing(new KubeFailure(why, 'west', 'west does not answer'))
      const refusal = await refusalOf(away(hers, change))
      expect(refusal).toMatchObject({ status: 503, code })
      expect(refusal.remedy).toMatch(remedy)
    },
  )
})
