/** A real Prometheus that lets in only who shows a certificate and knows a password. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '@binocle/server/config/load'
import { BinocleError } from '@binocle/server/errors'
import { realTimers } from '@binocle/server/kube/surroundings'
import { openOutbound } from '@binocle/server/outbound/outbound'
import { certificate } from '@binocle/server/outbound/testing'
import { connectPrometheus } from '@binocle/server/telemetry/prometheus'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { missingPrometheus, type RealPrometheus, startPrometheus } from './prometheus.ts'

const missing = await missingPrometheus()
/** Of `pass:word`, which Prometheus keeps as bcrypt. */
const hash = '$2b$04$abcdefghijklmnopqrstuu7govE5p0NSk1WUEk5C2Qm3hpPC6VJ66'
let folder: string
let prometheus: RealPrometheus

const file = (name: string): string => join(folder, name)

/** What the console is told, and then asked: the value of `vector(7)`, or the code of what is wrong. */
async function asked(url: string, told: object): Promise<string> {
  const text = stringify({
    external_services: { prometheus: { url, timeout: '5s', ...told } },
    credentials: { directories: [folder] },
  })
  const { config } = loadConfig({ file: { name: 'config.yaml', text } })
  const outbound = openOutbound(config.outbound, { clock: Date.now, log: () => {}, timers: realTimers })
  const client = connectPrometheus(config.prometheus, outbound.service(config.prometheus))
  try {
    return String((await client.query('vector(7)', 1_700_000_000))[0]?.value)
  } catch (error) {
    return error instanceof BinocleError ? error.code : String(error)
  } finally {
    await client.close()
    outbound.close()
  }
}

const everything = () => ({
  ca_file: file('ca.pem'),
  auth: {
    type: 'basic',
    username: 'binocle',
    password: file('password'),
    cert_file: file('c.crt'),
    key_file: file('c.key'),
  },
})

describe.skipIf(missing !== undefined)(`a real Prometheus that asks who we are (${missing ?? 'installed'})`, () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'binocle-guarded-'))
    const authority = await certificate('the authority', { authority: true })
    const [server, client] = [
      await certificate('localhost', { by: authority }),
      await certificate('binocle', { by: authority }),
    ]
    const files = {
      'ca.pem': authority.cert,
      's.crt': server.cert,
      's.key': server.key,
      'c.crt': client.cert,
      'c.key': client.key,
      password: 'pass:word\n',
      wrong: 'wrong',
      'web.yml': stringify({
        tls_server_config: {
          cert_file: file('s.crt'),
          key_file: file('s.key'),
          client_auth_type: 'RequireAndVerifyClientCert',
          client_ca_file: file('ca.pem'),
        },
        basic_auth_users: { binocle: hash },
      }),
    }
    for (const [name, content] of Object.entries(files)) writeFileSync(file(name), content, { mode: 0o600 })
    prometheus = await startPrometheus(
      { target: '127.0.0.1:1', intervalS: 60 },
      { webConfigFile: file('web.yml'), isReady: async (url) => (await asked(url, everything())) === '7' },
    )
  }, 60_000)
  afterAll(async () => {
    await prometheus?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('answers who has the certificate and the password', async () => {
    expect(await asked(prometheus.url, everything())).toBe('7')
  })

  it.each<[string, (all: ReturnType<typeof everything>) => object, string]>([
    [
      'the password is wrong',
      ({ auth, ...all }) => ({ ...all, auth: { ...auth, password: file('wrong') } }),
      'BIN-PROMETHEUS-ANSWER',
    ],
    [
      'no password is given',
      ({ auth, ...all }) => ({ ...all, auth: { ...auth, type: 'none' } }),
      'BIN-PROMETHEUS-ANSWER',
    ],
    [
      'no certificate is shown',
      ({ auth: { cert_file: _cert, key_file: _key, ...auth }, ...all }) => ({ ...all, auth }),
      'BIN-PROMETHEUS-UNREACHABLE',
    ],
    ['its own certificate is not trusted', ({ auth }) => ({ auth }), 'BIN-PROMETHEUS-UNREACHABLE'],
  ])('does not answer where %s', async (_where, told, code) => {
    expect(await asked(prometheus.url, told(everything()))).toBe(code)
  })
})
