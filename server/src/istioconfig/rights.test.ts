import { describe, expect, it } from 'vitest'
import type { ClusterCredential, Login } from '../access/login.ts'
import { testMesh } from '../catalog/testing.ts'
import { mayWrite } from './permissions.ts'
import { createRights, type Question, type RightsOptions } from './rights.ts'

const question: Question = { cluster: 'east', namespace: 'shop', group: 'networking.istio.io', resource: 'gateways' }
const nothing = { create: false, update: false, delete: false }

/** Has a token for `east` only. */
const loginOf = (token: string): Login => ({
  strategy: 'token',
  user: token,
  key: token,
  sessionId: '',
  on: (cluster) => (cluster === 'east' ? { cluster, kind: 'bearer', token } : undefined),
})
const ann = loginOf('ann')

function rightsWith(given: Partial<RightsOptions>) {
  const keyOf = (credential: ClusterCredential): string => JSON.stringify(credential)
  return createRights({ mayDo: () => Promise.resolve(true), keyOf, answers: () => true, nowMs: () => 0, ...given })
}

describe('what may be written', () => {
  it('AUTH-150: is asked verb by verb with the credential of the person for that cluster, and update is patch', async () => {
    const asked: string[] = []
    const rights = rightsWith({
      mayDo: (credential, { namespace, group, resource }, verb) => {
        const who = credential.kind === 'bearer' ? credential.token : credential.kind
        asked.push(`${who} on ${credential.cluster}: ${verb} ${resource}.${group} in ${namespace}`)
        return Promise.resolve(verb !== 'delete')
      },
    })
    expect(await rights(ann, question)).toEqual({ create: true, update: true, delete: false })
    expect(asked).toEqual([
      'ann on east: create gateways.networking.istio.io in shop',
      'ann on east: patch gateways.networking.istio.io in shop',
      'ann on east: delete gateways.networking.istio.io in shop',
    ])
  })

  it('AUTH-150: is nothing when one question has no answer', async () => {
    const rights = rightsWith({
      mayDo: (_credential, _question, verb) =>
        verb === 'patch' ? Promise.reject(new Error('gone')) : Promise.resolve(true),
    })
    expect(await rights(ann, question)).toEqual(nothing)
  })

  it('is nothing in a cluster that cannot be asked, which is not asked', async () => {
    let asked = 0
    const rights = rightsWith({ mayDo: () => Promise.resolve(++asked > 0), answers: () => false })
    expect(await rights(ann, question)).toEqual(nothing)
    expect(asked).toBe(0)
  })

  it('is nothing in a cluster for which the person has no credential, nor for who has not logged in', async () => {
    let asked = 0
    const rights = rightsWith({ mayDo: () => Promise.resolve(++asked > 0) })
    expect(await rights(ann, { ...question, cluster: 'west' })).toEqual(nothing)
    expect(await rights(undefined, question)).toEqual(nothing)
    expect(asked).toBe(0)
  })

  it('is asked again after ten seconds', async () => {
    let asked = 0
    let now = 0
    const rights = rightsWith({ mayDo: () => Promise.resolve(++asked > 0), nowMs: () => now })
    await rights(ann, question)
    now = 9_999
    await rights(ann, question)
    expect(asked).toBe(3)
    now = 10_001
    await rights(ann, question)
    expect(asked).toBe(6)
  })

  it('is never the answer to somebody else', async () => {
    const rights = rightsWith({
      mayDo: (credential) => Promise.resolve(credential.kind === 'bearer' && credential.token === 'ann'),
    })
    expect(await rights(ann, question)).toEqual({ create: true, update: true, delete: true })
    expect(await rights(loginOf('eve'), question)).toEqual(nothing)
  })
})

describe('what everybody may write where nobody logs in', () => {
  const mesh = testMesh({ east: [] })
  const flagsWith = (allowWrites: boolean, viewOnlyMode: boolean) => {
    const auth = { ...mesh.config.auth, anonymous: { allowWrites } }
    const deployment = { ...mesh.config.deployment, viewOnlyMode }
    return mayWrite({ ...mesh, config: { ...mesh.config, auth, deployment } }, undefined, question, '', '')
  }

  it.each([
    ['nothing, unless that is wanted', false, false, false],
    ['what the console may, where it is wanted', true, false, true],
    ['nothing in view-only mode', true, true, false],
  ])('is %s', async (_what, allowWrites, viewOnly, expected) => {
    expect((await flagsWith(allowWrites, viewOnly)).create).toBe(expected)
  })
})
