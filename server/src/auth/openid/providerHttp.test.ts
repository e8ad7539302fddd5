import { createServer as createPlainServer, type Server, type ServerResponse } from 'node:http'
import { closeServer, listenLocally } from '@binocle/simulator/local'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type HostileIssuer, startHostileIssuer } from './hostileIssuer.ts'
import { createProviderHttp } from './providerHttp.ts'
import { startProxy } from './testing.ts'

let issuer: HostileIssuer
let elsewhere: Server
let elsewhereUrl = ''
let visits = 0

beforeAll(async () => {
  issuer = await startHostileIssuer()
  elsewhere = createPlainServer((_request, response) => {
    visits += 1
    response.end('{}')
  })
  elsewhereUrl = `http://127.0.0.1:${await listenLocally(elsewhere, 0)}`
})
afterAll(async () => {
  await Promise.all([issuer.close(), closeServer(elsewhere)])
})
beforeEach(() => {
  issuer.behave({})
  visits = 0
})

const httpWith = (more: object = {}) =>
  createProviderHttp({
    ca: () => [issuer.caPem],
    insecureSkipVerifyTls: false,
    httpProxy: '',
    httpsProxy: '',
    plainHttp: false,
    ...more,
  })

const failure = (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => 'answered',
    (error: Error) => error.message,
  )

describe('speaking to the provider', () => {
  it.each([301, 302, 303, 307, 308])('AUTH-96: a redirect with status %i is not followed', async (status) => {
    const away = (response: ServerResponse) => void response.writeHead(status, { location: elsewhereUrl }).end()
    issuer.behave({ instead: { '/keys': away, '/token': away } })
    const http = httpWith({ plainHttp: true })
    expect(await failure(http.text(`${issuer.issuer}/keys`))).toBe(`the provider answered status ${status}`)
    const posted = await http.fetch(`${issuer.issuer}/token`, { method: 'POST', headers: {}, body: 'code=c' })
    expect([posted.status, visits]).toEqual([status, 0])
    await http.close()
  })

  it('AUTH-T34: an answer of more than 1 MiB is given up', async () => {
    const long = (response: ServerResponse) => void response.end('x'.repeat(1024 * 1024 + 1))
    issuer.behave({ instead: { '/keys': long } })
    const http = httpWith()
    expect(await failure(http.text(`${issuer.issuer}/keys`))).toBe('an answer of the provider is larger than 1 MiB')
    await http.close()
  })

  it('does not trust whom nobody vouches for', async () => {
    const http = httpWith({ ca: () => undefined })
    expect(await failure(http.text(`${issuer.issuer}/keys`))).toContain('the provider does not answer (')
    expect(issuer.asked).toEqual([])
    await http.close()
  })

  it('trusts anew when the authorities have changed', async () => {
    let ca: readonly string[] | undefined
    const http = httpWith({ ca: () => ca })
    expect(await failure(http.text(`${issuer.issuer}/keys`))).not.toBe('answered')
    ca = [issuer.caPem]
    expect(await failure(http.text(`${issuer.issuer}/keys`))).toBe('answered')
    await http.close()
  })

  it('asks nobody in the open', async () => {
    const http = httpWith()
    expect(await failure(http.text(elsewhereUrl))).toBe('an address of the provider is not https')
    expect(visits).toBe(0)
    await http.close()
  })

  it('gives up whoever does not answer in time', async () => {
    issuer.behave({ instead: { '/keys': () => {} } })
    const http = httpWith({ timeoutMs: 50 })
    expect(await failure(http.text(`${issuer.issuer}/keys`))).toBe('the provider does not answer (no answer in time)')
    await http.close()
  })
})

describe('proxies to the provider', () => {
  it('AUTH-110: the scheme of the target chooses the proxy', async () => {
    const [forHttp, forHttps] = [await startProxy(), await startProxy()]
    const http = httpWith({ httpProxy: forHttp.url, httpsProxy: forHttps.url, plainHttp: true })
    await http.text(`${issuer.issuer}/keys`)
    await http.text(elsewhereUrl)
    expect(forHttps.wanted).toEqual([issuer.issuer.replace('https://', '')])
    expect(forHttp.wanted).toEqual([elsewhereUrl.replace('http://', '')])
    await http.close()
    await Promise.all([forHttp.close(), forHttps.close()])
  })

  it('never prints the password of a proxy', async () => {
    const http = httpWith({ httpsProxy: 'http://me:hunter2@127.0.0.1:1' })
    expect(await failure(http.text(`${issuer.issuer}/keys`))).not.toContain('hunter2')
    await http.close()
  })
})
