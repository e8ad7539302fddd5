import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ApiServer, startApiServer } from './apiServer.ts'
import { textAt } from './json.ts'
import { namespace } from './testClient.ts'

let server: ApiServer
beforeEach(async () => {
  server = await startApiServer({ cluster: 'east', objects: [namespace('shop')], identities: [] })
})
afterEach(() => server.close())

const account = { apiVersion: 'v1', kind: 'ServiceAccount', namespace: 'shop', name: 'reader' }
const secret = { apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 'reader' }

const putAccount = () =>
  server.store.put({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'reader', namespace: 'shop' } })
const putSecret = (of: string, type = 'kubernetes.io/service-account-token') =>
  server.store.put({
    apiVersion: 'v1',
    kind: 'Secret',
    type,
    metadata: { name: 'reader', namespace: 'shop', annotations: { 'kubernetes.io/service-account.name': of } },
  })

/** What the Secret holds a turn later. */
async function token(): Promise<string> {
  await Promise.resolve()
  return Buffer.from(textAt(server.store.read(secret) ?? {}, 'data', 'token'), 'base64').toString()
}

describe('a token Secret', () => {
  it('is filled with a token of its account', async () => {
    putAccount()
    putSecret('reader')
    expect(server.identities.viewerOf(await token())?.user).toBe('system:serviceaccount:shop:reader')
  })

  it('goes with its account, and its token with it', async () => {
    putAccount()
    putSecret('reader')
    const held = await token()
    server.store.remove(account)
    expect(server.store.read(secret)).toBeUndefined()
    expect(server.identities.viewerOf(held)).toBeUndefined()
  })

  it.each([
    ['of an account that is not there', 'nobody', undefined],
    ['of another type', 'reader', 'Opaque'],
  ])('%s stays empty', async (_what, of, type) => {
    putAccount()
    putSecret(of, type)
    expect(await token()).toBe('')
  })
})
