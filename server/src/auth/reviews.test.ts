import { describe, expect, it } from 'vitest'
import type { KubeApi } from '../kube/api.ts'
import { KubeFailure } from '../kube/failure.ts'
import { ownerOf, reviewToken, shownName, whoAmI } from './reviews.ts'

/** Answers every question so, and notes what it was. */
function apiOf(answer: unknown, asked: unknown[] = []): KubeApi {
  return {
    cluster: 'east',
    get: () => Promise.reject(new Error('not asked')),
    stream: () => Promise.reject(new Error('not asked')),
    reloadCredential: () => false,
    close: () => Promise.resolve(),
    request: async (_method, path, body) => {
      asked.push(path, body)
      if (answer instanceof Error) throw answer
      return answer
    },
  }
}

const anna = { username: 'anna', groups: ['admins'] }

describe('a review of a token', () => {
  it('names its owner', async () => {
    const asked: unknown[] = []
    const api = apiOf({ status: { authenticated: true, user: anna } }, asked)
    expect(await reviewToken(api, 'abc', 1)).toEqual({ user: 'anna', groups: ['admins'] })
    expect(asked).toEqual([
      '/apis/authentication.k8s.io/v1/tokenreviews',
      { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token: 'abc' } },
    ])
  })

  it.each([
    ['that is not authenticated, without an error', { status: { authenticated: false, user: anna } }],
    ['that does not say so', { status: { user: anna } }],
    ['that says so in a text', { status: { authenticated: 'true', user: anna } }],
    ['with an error', { status: { authenticated: true, error: 'expired', user: anna } }],
    ['without a name', { status: { authenticated: true, user: { username: '' } } }],
    ['without a user', { status: { authenticated: true } }],
    ['without a status', {}],
    ['that is none', 'yes'],
  ])('AUTH-68: names nobody for an answer %s', async (_what, answer) => {
    expect(await reviewToken(apiOf(answer), 'abc', 1)).toBeUndefined()
  })
})

describe('who somebody is', () => {
  it('is what the API server says of who asks', async () => {
    expect(await whoAmI(apiOf({ status: { userInfo: anna } }), 1)).toEqual({ user: 'anna', groups: ['admins'] })
  })

  it.each([
    ['no scopes', {}, undefined],
    ['other extras', { 'example.com/team': ['a'] }, undefined],
    ['the full scope', { 'scopes.authorization.openshift.io': ['user:full'] }, undefined],
    ['a narrow scope', { 'scopes.authorization.openshift.io': ['user:info'] }, true],
    ['scopes that are no list', { 'scopes.authorization.openshift.io': 'user:full' }, true],
  ])('says whether a token may do less than its owner: %s', async (_what, extra, restricted) => {
    const answer = await whoAmI(apiOf({ status: { userInfo: { ...anna, extra } } }), 1)
    expect(answer?.restricted).toBe(restricted)
  })

  it('is not asked of the account of the console when the token is not known', async () => {
    const asked: unknown[] = []
    const unknown = apiOf(new KubeFailure('unauthorized', 'east', 'x', 401))
    await expect(ownerOf(unknown, apiOf({}, asked), 'abc', 1)).rejects.toMatchObject({ status: 401 })
    expect(asked).toEqual([])
  })

  it('is shown without what every account has in front', () => {
    expect(['system:serviceaccount:shop:web', 'anna'].map(shownName)).toEqual(['shop:web', 'anna'])
  })
})
