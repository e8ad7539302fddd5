import { describe, expect, it } from 'vitest'
import type { KubeApi } from '../kube/api.ts'
import { type FailureReason, KubeFailure } from '../kube/failure.ts'
import { askAs } from './askAs.ts'
import type { ClusterCredential } from './credential.ts'

const bearer: ClusterCredential = { cluster: 'east', kind: 'bearer', token: 'ann' }
const acting: ClusterCredential = { cluster: 'east', kind: 'impersonated', impersonate: { user: 'ann', groups: [] } }

/** Answers every request alike, and keeps what it was sent. */
function apiThat(answer: () => unknown) {
  const sent: unknown[] = []
  const api: KubeApi = {
    cluster: 'east',
    get: () => Promise.reject(new Error('not asked')),
    stream: () => Promise.reject(new Error('not asked')),
    request: async (method, path, body) => {
      sent.push([method, path, body])
      return answer()
    },
    reloadCredential: () => false,
    close: () => Promise.resolve(),
  }
  return { sent, ask: askAs({ apiAs: () => api }) }
}

describe('a question about namespaces', () => {
  it.each([
    ['one', 'get', 'shop', { namespace: 'shop', name: 'shop', verb: 'get', group: '', resource: 'namespaces' }],
    ['all', 'list', '', { namespace: '', verb: 'list', group: '', resource: 'namespaces' }],
  ] as const)('of %s is an access review', async (_what, verb, namespace, resourceAttributes) => {
    const { sent, ask } = apiThat(() => ({ status: { allowed: true } }))
    expect(await ask(bearer, { verb, namespace })).toEqual({ allowed: true })
    const apiVersion = 'authorization.k8s.io/v1'
    const body = { apiVersion, kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } }
    expect(sent).toEqual([['POST', `/apis/${apiVersion}/selfsubjectaccessreviews`, body]])
  })

  it.each<[string, unknown, boolean]>([
    ['allowed', { allowed: true }, true],
    ['not allowed', { allowed: false }, false],
    ['denied', { allowed: false, denied: true }, false],
    ['not allowed, with a role that is missing', { allowed: false, evaluationError: 'role "x" not found' }, false],
  ])('is answered: %s', async (_what, status, allowed) => {
    expect(await apiThat(() => ({ status })).ask(bearer, { verb: 'list', namespace: '' })).toEqual({ allowed })
  })

  it.each<[string, unknown]>([
    ['nothing', {}],
    ['a text', { status: { allowed: 'true' } }],
    ['null', null],
  ])('that is answered with %s is not answered', async (_what, answer) => {
    expect(await apiThat(() => answer).ask(bearer, { verb: 'list', namespace: '' })).toMatchObject({
      failed: 'unknown',
    })
  })

  it.each<[FailureReason, ClusterCredential, string]>([
    ['unauthorized', bearer, 'rejected'],
    // It is the console's account that is not known.
    ['unauthorized', acting, 'unknown'],
    ['forbidden', bearer, 'forbidden'],
    ['forbidden', acting, 'forbidden'],
    ['unreachable', bearer, 'unknown'],
    ['server', bearer, 'unknown'],
    ['answer', bearer, 'unknown'],
    ['tls', acting, 'unknown'],
  ])('that fails as %s with %o is %s', async (reason, credential, expected) => {
    const { ask } = apiThat(() => {
      throw new KubeFailure(reason, 'east', 'as told')
    })
    expect(await ask(credential, { verb: 'list', namespace: '' })).toMatchObject({ failed: expected })
  })

  it('to a cluster that is not there is answered so', async () => {
    const ask = askAs({ apiAs: () => undefined })
    expect(await ask(bearer, { verb: 'list', namespace: '' })).toMatchObject({ failed: 'absent' })
  })
})
