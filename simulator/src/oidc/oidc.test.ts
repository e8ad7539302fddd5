import { request } from 'node:https'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiServer, startApiServer } from '../kube/apiServer.ts'
import { peopleOf, rightsIn } from './people.ts'
import { type SimulatedOidc, startOidcProvider } from './provider.ts'
import { logInAt } from './testLogin.ts'

const people = peopleOf(['east', 'west'], 'shop')
const console = 'http://127.0.0.1:20001'
let oidc: SimulatedOidc
let clusters: readonly ApiServer[]

beforeAll(async () => {
  oidc = await startOidcProvider({ people, consoles: [console] })
  const namespaces = ['shop', 'bank'].map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }))
  clusters = await Promise.all(
    ['east', 'west'].map((cluster) =>
      startApiServer({ cluster, identities: [], oidc, objects: [...namespaces, ...rightsIn(cluster, people)] }),
    ),
  )
})
afterAll(async () => {
  await Promise.all([oidc.close(), ...clusters.map((cluster) => cluster.close())])
})

const status = (server: ApiServer | undefined, path: string, token: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` }
    request(`${server?.url}${path}`, { ca: server?.caPem, headers, agent: false }, (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
      .on('error', reject)
      .end()
  })

describe('people of a simulated mesh', () => {
  it.each([
    ['everywhere', [200, 200, 200, 200]],
    ['east-only', [200, 200, 403, 403]],
    ['west-shop', [403, 403, 403, 200]],
  ])('%s: pods of east, of its shop, of west, of its shop', async (account, expected) => {
    const { idToken } = await logInAt(oidc, console, account)
    const paths = ['/api/v1/pods', '/api/v1/namespaces/shop/pods']
    const found = await Promise.all(clusters.flatMap((server) => paths.map((path) => status(server, path, idToken))))
    expect(found).toEqual(expected)
  })

  it('are nobody with the token of another signer', async () => {
    const stranger = await new SignJWT({ sub: 'everywhere' })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(oidc.issuer)
      .setAudience(oidc.clientId)
      .setExpirationTime('1h')
      .sign(Buffer.from('0123456789abcdef0123456789abcdef'))
    expect(await status(clusters[0], '/api/v1/pods', stranger)).toBe(401)
  })
})
