/** What leaves the console for a person: an API server on loopback writes down what it is sent, certificates included. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { createServer, type Server } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TLSSocket } from 'node:tls'
import { certificateAuthority } from '@binocle/simulator/kube/certificates'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { ClusterAccess } from '../kube/access.ts'
import { createKubeApi } from '../kube/api.ts'
import type { ClusterCredential } from './credential.ts'
import { createUserApis, type UserApis, type UsersServer } from './userApis.ts'

interface Heard {
  readonly headers: IncomingMessage['headersDistinct']
  /** A client certificate was shown. */
  readonly certificate: boolean
}

interface Recorder {
  readonly url: string
  readonly caPem: string
  readonly client: { readonly cert: string; readonly key: string }
  readonly heard: Heard[]
  connections(): number
  close(): void
}

let east: Recorder
let proxy: Recorder
let folder: string
const closing: (() => unknown)[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'binocle-users-'))
  writeFileSync(join(folder, 'token'), 'console-token\n')
  east = await recorder('east')
  proxy = await recorder('proxy')
})
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
  east.heard.length = 0
  proxy.heard.length = 0
})
afterAll(() => {
  east.close()
  proxy.close()
  rmSync(folder, { recursive: true })
})

/** Answers who asked, as it was told. */
async function recorder(cluster: string): Promise<Recorder> {
  const authority = await certificateAuthority(cluster)
  const { certificatePem, keyPem } = await authority.certificate('ok')
  const heard: Heard[] = []
  let connections = 0
  const server: Server = createServer(
    { cert: certificatePem, key: keyPem, requestCert: true, rejectUnauthorized: false },
    ({ headersDistinct: headers, socket }, response) => {
      const shown = socket instanceof TLSSocket ? socket.getPeerCertificate() : {}
      heard.push({ headers, certificate: Object.keys(shown).length > 0 })
      response.end(JSON.stringify({ authorization: headers.authorization }))
    },
  )
  server.on('secureConnection', () => connections++)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    url: `https://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    caPem: authority.caPem,
    client: { cert: certificatePem, key: keyPem },
    heard,
    connections: () => connections,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** The console's own access to `east`. */
function accessWith(given: Partial<ClusterAccess>, withCertificate = false): ClusterAccess {
  const tls = { ca: east.caPem, insecureSkipVerify: false, ...(withCertificate ? { client: east.client } : {}) }
  return { cluster: 'east', server: east.url, tls, credential: { kind: 'none' }, ...given }
}

function usersOf(access: ClusterAccess, usersServer?: UsersServer): UserApis {
  const own = createKubeApi(access)
  const users = createUserApis(access, own, usersServer)
  closing.push(
    () => own.close(),
    () => users.close(),
  )
  return users
}

const ann: ClusterCredential = { cluster: 'east', kind: 'bearer', token: 'ann-token' }
const actingAnn: ClusterCredential = {
  cluster: 'east',
  kind: 'impersonated',
  impersonate: { user: 'ann', groups: ['devs', 'cn=ops,dc=example'] },
}

/** Of the headers that say who asks. */
const identity = ({ headers, certificate }: Heard) => ({
  certificate,
  ...Object.fromEntries(Object.entries(headers).filter(([name]) => /^(authorization|impersonate|x-)/.test(name))),
})

describe('a request with a person’s own token', () => {
  const program = (): string => join(folder, 'program-ran')
  it.each<[string, () => ClusterAccess]>([
    ['a token', () => accessWith({ credential: { kind: 'token', token: 'console-token' } })],
    ['a token file', () => accessWith({ credential: { kind: 'tokenFile', file: join(folder, 'token') } })],
    ['a password', () => accessWith({ credential: { kind: 'basic', username: 'console', password: 'pw' } })],
    [
      'a program',
      () =>
        accessWith({
          credential: { kind: 'exec', command: '/usr/bin/touch', args: [program()], env: {}, apiVersion: 'v1' },
        }),
    ],
    ['a client certificate', () => accessWith({}, true)],
    [
      'somebody it acts as',
      () =>
        accessWith({ impersonate: { user: 'system:admin', groups: ['system:masters'], extra: { scope: ['all'] } } }),
    ],
  ])('AUTH-132: carries that token alone, where the console has %s', async (_what, access) => {
    await usersOf(access()).apiAs(ann).get('/version')
    expect(east.heard.map(identity)).toEqual([{ certificate: false, authorization: ['Bearer ann-token'] }])
    // A program would have left a file.
    expect(() => rmSync(program())).toThrow()
  })

  it('shows the certificate where it is the console that asks: the recorder would notice', async () => {
    await usersOf(accessWith({}, true)).apiAs({ cluster: 'east', kind: 'console' }).get('/version')
    expect(east.heard.map(identity)).toEqual([{ certificate: true }])
  })

  it('acts as whom the credential names, a line for each group', async () => {
    const impersonate = { user: 'bob', groups: ['devs', 'cn=ops,dc=example'], uid: '7', extra: { Team: ['a', 'b'] } }
    await usersOf(accessWith({}, true))
      .apiAs({ ...ann, impersonate })
      .get('/version')
    expect(east.heard.map(identity)).toEqual([
      {
        certificate: false,
        authorization: ['Bearer ann-token'],
        'impersonate-user': ['bob'],
        'impersonate-group': ['devs', 'cn=ops,dc=example'],
        'impersonate-uid': ['7'],
        'impersonate-extra-team': ['a', 'b'],
      },
    ])
  })

  it.each(['', ' ', 'a b', 'a\r\nimpersonate-user: admin', 'tökén'])(
    'AUTH-31: is not made for a token that is none: %j',
    (token) => {
      expect(() => usersOf(accessWith({})).apiAs({ ...ann, token })).toThrow()
    },
  )

  it('goes to the server that takes the API server’s place for people, which trusts one CA only', async () => {
    const users = usersOf(accessWith({ credential: { kind: 'token', token: 'console-token' } }, true), {
      server: proxy.url,
      ca: proxy.caPem,
    })
    await users.apiAs(ann).get('/version')
    await users.apiAs({ cluster: 'east', kind: 'console' }).get('/version')
    await users.apiAs(actingAnn).get('/version')
    expect(proxy.heard.map(identity)).toEqual([{ certificate: false, authorization: ['Bearer ann-token'] }])
    expect(east.heard).toHaveLength(2)
    const wrong = usersOf(accessWith({}), { server: proxy.url, ca: east.caPem })
    await expect(wrong.apiAs(ann).get('/version')).rejects.toMatchObject({ reason: 'tls' })
  })
})

describe('a request of the console’s account that acts as a person', () => {
  it('carries the console’s credential and that person, and not whom the kubeconfig names', async () => {
    const access = accessWith(
      {
        credential: { kind: 'token', token: 'console-token' },
        impersonate: { user: 'console-as', groups: ['system:masters'], extra: { scope: ['all'] }, uid: '0' },
      },
      true,
    )
    await usersOf(access).apiAs(actingAnn).get('/version')
    expect(east.heard.map(identity)).toEqual([
      {
        certificate: true,
        authorization: ['Bearer console-token'],
        'impersonate-user': ['ann'],
        'impersonate-group': ['devs', 'cn=ops,dc=example'],
      },
    ])
  })

  it('is not made for nobody', () => {
    const users = usersOf(accessWith({}))
    expect(() => users.apiAs({ ...actingAnn, impersonate: { user: '', groups: ['devs'] } })).toThrow()
  })
})

describe('clients for people', () => {
  it('AUTH-131: are not made for the credential of another cluster', () => {
    expect(() => usersOf(accessWith({})).apiAs({ ...ann, cluster: 'west' })).toThrow('another cluster')
  })

  it('AUTH-T14: never ask for somebody else, however many ask at once', async () => {
    const users = usersOf(accessWith({ credential: { kind: 'token', token: 'console-token' } }))
    const people = Array.from({ length: 50 }, (_, index) => `token-of-${index}`)
    const asked = Array.from({ length: 500 }, (_, index) => people[(index * 7) % people.length] ?? '')
    const answers = await Promise.all(asked.map((token) => users.apiAs({ ...ann, token }).get('/version')))
    expect(answers).toEqual(asked.map((token) => ({ authorization: [`Bearer ${token}`] })))
  })

  it('are kept, one for each identity, and not without bound', () => {
    const users = usersOf(accessWith({}))
    const first = users.apiAs(ann)
    expect(users.apiAs({ ...ann })).toBe(first)
    expect(users.apiAs({ ...ann, impersonate: { user: 'bob', groups: [] } })).not.toBe(first)
    for (let index = 0; index < 2_000; index++) users.apiAs({ ...ann, token: `token-${index}` })
    expect(users.apiAs(ann)).not.toBe(first)
  })

  it('share connections: a hundred people who ask in turn need a few', async () => {
    const users = usersOf(accessWith({}))
    const before = east.connections()
    for (let index = 0; index < 100; index++) await users.apiAs({ ...ann, token: `token-${index}` }).get('/version')
    expect(east.connections() - before).toBeLessThanOrEqual(3)
  })

  it('ask nothing any more when they are closed', async () => {
    const users = usersOf(accessWith({}))
    const api = users.apiAs(ann)
    await api.get('/version')
    await users.close()
    await expect(api.get('/version')).rejects.toThrow()
    expect(east.heard).toHaveLength(1)
  })
})
