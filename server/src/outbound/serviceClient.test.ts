import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CredentialSource } from '../config/credential.ts'
import type { ServiceAuth, ServiceConfig } from '../config/externalService.ts'
import { Secret } from '../config/secret.ts'
import { BinocleError } from '../errors.ts'
import { type FakeTime, fakeTime } from '../kube/testing.ts'
import { openOutbound } from './outbound.ts'
import type { ServiceClient } from './serviceClient.ts'
import { certificate, type Heard, type Listening, listening } from './testing.ts'

const canary = 'c4nary-credential'
let folder: string
let time: FakeTime
const open: { close(): unknown }[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'binocle-service-'))
  time = fakeTime()
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()))
  rmSync(folder, { recursive: true })
})

async function server(
  answer: (request: Heard, response: ServerResponse) => void = (_request, response) => response.end('fine'),
  tls?: Parameters<typeof listening>[1],
): Promise<Listening> {
  const started = await listening(answer, tls)
  open.push(started)
  return started
}

function client(config: Partial<ServiceConfig> & { url: string }): ServiceClient {
  const outbound = openOutbound(
    {
      credentialDirectories: [folder],
      allowWorldReadable: false,
      overrideFolder: join(folder, 'overrides'),
      caFolder: folder,
      tls: { source: 'config', wishes: { minVersion: '', maxVersion: '', ciphers: [], groups: [] } },
    },
    { ...time, log: () => {} },
  )
  const made = outbound.service({ timeoutMs: 5_000, caFile: undefined, insecureSkipVerify: false, ...config })
  open.push(made, outbound)
  return made
}

const literal = (text: string): CredentialSource => ({
  key: 'a',
  literal: new Secret(text),
  files: [],
  mustExist: false,
})
const file = (name: string): CredentialSource => ({ key: name, files: [join(folder, name)], mustExist: true })
const absent: CredentialSource = { key: 'absent', files: [], mustExist: false }
const none = { cert: absent, key: absent }
const write = (name: string, content: string): void => writeFileSync(join(folder, name), content, { mode: 0o600 })

const bearer = (token: CredentialSource): ServiceAuth => ({ ...none, type: 'bearer', token })
const seen = ({ heard }: Listening) => heard.map(({ headers }) => headers.authorization)

async function textOf(sent: ReturnType<ServiceClient['send']>): Promise<string> {
  const { body, statusCode } = await sent
  return `${statusCode} ${await body.text()}`
}

async function refusalOf(action: () => Promise<unknown>): Promise<string> {
  try {
    await action()
  } catch (error) {
    return error instanceof BinocleError ? `${error.code} ${error.message}` : String(error)
  }
  return 'none'
}

describe('a service of the configuration', () => {
  it.each<[string, () => ServiceAuth, string | undefined]>([
    ['nothing', () => ({ ...none, type: 'none' }), undefined],
    [
      'user name and password',
      () => ({ ...none, type: 'basic', username: literal('me'), password: literal('pass:word') }),
      `Basic ${Buffer.from('me:pass:word').toString('base64')}`,
    ],
    ['a token', () => bearer(literal('t0ken')), 'Bearer t0ken'],
  ])('is told %s', async (_what, auth, expected) => {
    const to = await server()
    await textOf(client({ url: to.url, auth: auth() }).send('/x'))
    expect(seen(to)).toEqual([expected])
  })

  it('is sent the headers of the configuration', async () => {
    const to = await server()
    await textOf(client({ url: to.url, customHeaders: { 'x-tenant': new Secret('shop') } }).send('/x'))
    expect(to.heard[0]?.headers['x-tenant']).toBe('shop')
  })

  it.each([
    ['AUTH-155', 302],
    ['AUTH-T54', 302],
    ['AUTH-T54', 307],
    ['AUTH-T54', 308],
  ])('%s: is not followed to where it redirects (%d)', async (_number, status) => {
    const other = await server()
    const to = await server((_request, response) =>
      response.writeHead(status, { location: `${other.url}/stolen` }).end('moved'),
    )
    const sent = client({ url: to.url, auth: bearer(literal(canary)) }).send('/x')
    expect(await textOf(sent)).toBe(`${status} moved`)
    expect(other.heard).toEqual([])
  })

  it('AUTH-155: is the only one that hears our credential, whatever path is asked for', async () => {
    const other = await server()
    const to = await server()
    const { send } = client({ url: to.url, auth: bearer(literal(canary)) })
    const elsewhere = new URL(other.url).host
    for (const path of ['@', '.', ':', '']) {
      expect(await refusalOf(() => send(`${path}${elsewhere}/x`))).toContain('a path that leads to another origin')
    }
    await textOf(send(`//${elsewhere}/x`))
    expect(other.heard).toEqual([])
    expect(to.heard.map(({ url }) => url)).toEqual([`//${elsewhere}/x`])
  })

  it('AUTH-158: is told the token of the file as it is now', async () => {
    write('token', 'old')
    const to = await server()
    const { send } = client({ url: to.url, auth: bearer(file('token')) })
    await textOf(send('/x'))
    write('token', 'new')
    await time.advance(1_500)
    await textOf(send('/x'))
    expect(seen(to)).toEqual(['Bearer old', 'Bearer new'])
  })

  it('AUTH-158: is asked nothing once the file of the token is gone', async () => {
    write('token', 'old')
    const to = await server()
    const { send } = client({ url: to.url, auth: bearer(file('token')) })
    rmSync(join(folder, 'token'))
    await time.advance(1_500)
    expect(await refusalOf(() => send('/x'))).toContain('BIN-CONFIG-CREDENTIAL')
    expect(to.heard).toEqual([])
  })

  it.each<[string, ServiceAuth]>([
    ['a token', bearer(absent)],
    ['a password', { ...none, type: 'basic', username: literal('me'), password: absent }],
    ['the key of its certificate', { type: 'none', cert: literal('PEM'), key: absent }],
  ])('AUTH-5: cannot be used without %s that the configuration speaks of', (_what, auth) => {
    expect(() => client({ url: 'http://127.0.0.1:1', auth })).toThrow('absent is not given')
  })

  it('is not told a token that would end its header', async () => {
    const to = await server()
    const { send } = client({ url: to.url, auth: bearer(literal('a\r\nx: b')) })
    expect(await refusalOf(() => send('/x'))).toBe('BIN-CONFIG-CREDENTIAL a has characters that no token has.')
    expect(to.heard).toEqual([])
  })
})

describe('a service behind TLS', () => {
  it.each(['AUTH-161', 'AUTH-T69'])(
    '%s: is trusted by an authority for services, not by that of an identity provider',
    async () => {
      const authority = await certificate('the authority', { authority: true })
      const to = await server(undefined, await certificate('localhost', { by: authority }))
      writeFileSync(join(folder, 'openid-server-ca.crt'), authority.cert)
      expect(await refusalOf(() => client({ url: to.url }).send('/x'))).toMatch(/certificate|issuer|signed/)
      writeFileSync(join(folder, 'additional-ca-bundle.pem'), authority.cert)
      expect(await textOf(client({ url: to.url }).send('/x'))).toBe('200 fine')
    },
  )

  it('AUTH-158: is trusted by a bundle that was swapped, without a restart', async () => {
    const [old, next] = [await certificate('old', { authority: true }), await certificate('next', { authority: true })]
    writeFileSync(join(folder, 'additional-ca-bundle.pem'), old.cert)
    const to = await server(undefined, await certificate('localhost', { by: next }))
    const { send } = client({ url: to.url })
    expect(await refusalOf(() => send('/x'))).not.toBe('none')
    writeFileSync(join(folder, 'additional-ca-bundle.pem'), next.cert)
    await time.advance(1_500)
    expect(await textOf(send('/x'))).toBe('200 fine')
  })

  it('is shown our certificate, and the next one after it was renewed', async () => {
    const authority = await certificate('the authority', { authority: true })
    writeFileSync(join(folder, 'additional-ca-bundle.pem'), authority.cert)
    const names: unknown[] = []
    const keep = (request: Heard, response: ServerResponse): void => {
      names.push(request.clientName)
      response.end('fine')
    }
    const to = await server(keep, {
      ...(await certificate('localhost', { by: authority })),
      ca: authority.cert,
      requestCert: true,
      rejectUnauthorized: true,
    })
    const renew = async (name: string): Promise<void> => {
      const { cert, key } = await certificate(name, { by: authority })
      write('tls.crt', cert)
      write('tls.key', key)
    }
    await renew('first')
    const { send } = client({ url: to.url, auth: { type: 'none', cert: file('tls.crt'), key: file('tls.key') } })
    expect(await textOf(send('/x'))).toBe('200 fine')
    await renew('second')
    await time.advance(1_500)
    expect(await textOf(send('/x'))).toBe('200 fine')
    expect(names).toEqual(['first', 'second'])
  })
})

describe('a token of an issuer (oauth2)', () => {
  const oauth2 = (tokenUrl: string, more: object = {}): ServiceAuth => ({
    ...none,
    type: 'oauth2',
    tokenUrl,
    clientId: 'bino:cle',
    clientSecret: file('secret'),
    scopes: ['read', 'write'],
    audience: 'metrics',
    authStyle: 'header',
    ...more,
  })
  let issued = 0
  const issuer = () => {
    issued = 0
    return server((_request, response) => {
      issued += 1
      response.end(JSON.stringify({ access_token: `t${issued}`, token_type: 'Bearer', expires_in: 60 }))
    })
  }

  beforeEach(() => write('secret', 's:1'))

  it('is asked for with id and secret, and sent to the service', async () => {
    const [from, to] = [await issuer(), await server()]
    await textOf(client({ url: to.url, auth: oauth2(from.url) }).send('/x'))
    expect(from.heard[0]?.headers.authorization).toBe(`Basic ${Buffer.from('bino%3Acle:s%3A1').toString('base64')}`)
    expect(Object.fromEntries(new URLSearchParams(from.heard[0]?.body))).toEqual({
      grant_type: 'client_credentials',
      scope: 'read write',
      audience: 'metrics',
    })
    expect(seen(to)).toEqual(['Bearer t1'])
  })

  it('may be asked for by a form', async () => {
    const [from, to] = [await issuer(), await server()]
    await textOf(client({ url: to.url, auth: oauth2(from.url, { authStyle: 'params' }) }).send('/x'))
    expect(from.heard[0]?.headers.authorization).toBeUndefined()
    expect(new URLSearchParams(from.heard[0]?.body).get('client_secret')).toBe('s:1')
  })

  it('is asked for once for all who wait, and again before it expires', async () => {
    const [from, to] = [await issuer(), await server()]
    const { send } = client({ url: to.url, auth: oauth2(from.url) })
    await Promise.all([1, 2, 3].map(() => textOf(send('/x'))))
    await time.advance(49_000)
    await textOf(send('/x'))
    expect(issued).toBe(1)
    await time.advance(1_000)
    await textOf(send('/x'))
    expect(issued).toBe(2)
  })

  it('is asked for again when the service rejects it, once', async () => {
    const from = await issuer()
    const to = await server((_request, response) => response.writeHead(401).end('no'))
    expect(await textOf(client({ url: to.url, auth: oauth2(from.url) }).send('/x'))).toBe('401 no')
    expect(seen(to)).toEqual(['Bearer t1', 'Bearer t2'])
  })

  it('AUTH-158: is asked for with the next secret after that was renewed', async () => {
    const [from, to] = [await issuer(), await server()]
    const { send } = client({ url: to.url, auth: oauth2(from.url, { authStyle: 'params' }) })
    await textOf(send('/x'))
    write('secret', 's:2')
    await time.advance(1_500)
    await textOf(send('/x'))
    expect(from.heard.map(({ body }) => new URLSearchParams(body).get('client_secret'))).toEqual(['s:1', 's:2'])
  })

  it.each<[string, (response: ServerResponse) => void, string]>([
    ['refuses', (response) => response.writeHead(401).end(canary), 'answers 401'],
    ['answers no JSON', (response) => response.end(canary), 'answers no bearer token'],
    [
      'answers another kind of token',
      (response) => response.end(`{"access_token":"${canary}","token_type":"mac"}`),
      'answers no bearer token',
    ],
    ['breaks off', (response) => response.destroy(), 'cannot be reached'],
  ])('is missing when the issuer %s; what it said is not repeated', async (_how, answer, words) => {
    const from = await server((_request, response) => answer(response))
    const to = await server()
    const refusal = await refusalOf(() => client({ url: to.url, auth: oauth2(from.url) }).send('/x'))
    expect(refusal).toMatch(/^BIN-CONFIG-CREDENTIAL /)
    expect(refusal).toContain(words)
    expect(refusal).not.toContain(canary)
    expect(to.heard).toEqual([])
  })

  it('AUTH-T54: is not asked for where the issuer redirects to', async () => {
    const other = await server()
    const from = await server((_request, response) => response.writeHead(307, { location: other.url }).end())
    const refusal = await refusalOf(() => client({ url: other.url, auth: oauth2(from.url) }).send('/x'))
    expect(refusal).toContain('answers 307')
    expect(other.heard).toEqual([])
  })
})
