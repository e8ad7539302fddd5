/** Tokens for ourselves, from an issuer that somebody else wrote: the library `oidc-provider`, with client credentials. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '@binocle/server/config/load'
import { BinocleError } from '@binocle/server/errors'
import { realTimers } from '@binocle/server/kube/surroundings'
import { openOutbound } from '@binocle/server/outbound/outbound'
import { type Listening, listening } from '@binocle/server/outbound/testing'
import Provider from 'oidc-provider'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { closeServer, listenLocally } from '../local.ts'

/** Characters that have to be encoded before they become basic authentication. */
const secret = 'a:b/c+d%20e&f=g'
let folder: string
let issuer: Server
let tokenUrl: string
let service: Listening

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'binocle-oauth2-'))
  writeFileSync(join(folder, 'secret'), secret, { mode: 0o600 })
  writeFileSync(join(folder, 'wrong'), `${secret}x`, { mode: 0o600 })
  issuer = createServer()
  const port = await listenLocally(issuer, 0)
  const client = (client_id: string, token_endpoint_auth_method: 'client_secret_basic' | 'client_secret_post') => ({
    client_id,
    client_secret: secret,
    token_endpoint_auth_method,
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
  })
  const provider = new Provider(`http://127.0.0.1:${port}`, {
    clients: [client('by:header', 'client_secret_basic'), client('by:params', 'client_secret_post')],
    features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
    scopes: ['metrics'],
    ttl: { ClientCredentials: 60 },
  })
  issuer.on('request', provider.callback())
  tokenUrl = `http://127.0.0.1:${port}/token`
  service = await listening((_request, response) => response.end('fine'))
})

afterAll(async () => {
  await Promise.all([closeServer(issuer), service.close()])
  rmSync(folder, { recursive: true })
})

async function asked(clientId: string, authStyle: string, file: string): Promise<string> {
  const auth = {
    type: 'oauth2',
    insecure_skip_verify: true,
    oauth2: {
      token_url: tokenUrl,
      client_id: clientId,
      client_secret: join(folder, file),
      scopes: ['metrics'],
      auth_style: authStyle,
    },
  }
  const text = stringify({
    external_services: { prometheus: { url: service.url, auth } },
    credentials: { directories: [folder] },
  })
  const { config } = loadConfig({ file: { name: 'config.yaml', text } })
  const outbound = openOutbound(config.outbound, { clock: Date.now, log: () => {}, timers: realTimers })
  const client = outbound.service(config.prometheus)
  try {
    return await (await client.send('/x')).body.text()
  } catch (error) {
    return error instanceof BinocleError ? error.message : String(error)
  } finally {
    await client.close()
    outbound.close()
  }
}

describe('an issuer', () => {
  it.each([
    ['by:header', 'header'],
    ['by:params', 'params'],
  ])('knows us %s', async (clientId, authStyle) => {
    expect(await asked(clientId, authStyle, 'secret')).toBe('fine')
    expect(service.heard.at(-1)?.headers.authorization).toMatch(/^Bearer [A-Za-z0-9_-]{20,}$/)
  })

  it('does not know us by another secret', async () => {
    expect(await asked('by:header', 'header', 'wrong')).toBe(
      'The issuer of external_services.prometheus.auth.oauth2 answers 401.',
    )
  })
})
