import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FakeTime, fakeTime } from '../kube/testing.ts'
import { bundleOf } from './caCertificate.ts'
import { createCaPools } from './caPools.ts'
import { watchCredentialFiles } from './credentialFiles.ts'
import { certificate } from './testing.ts'

/** Authorities by `openssl req -x509`, valid for a hundred years: with a DSA key, and on the curve secp256k1. */
const dsa = `-----BEGIN CERTIFICATE-----
MIIC1DCCAoKgAwIBAgIUL74D+gtraNN3peXGkVJFu6idN9EwCwYJYIZIAWUDBAMC
MA4xDDAKBgNVBAMMA2RzYTAgFw0yNjExMjUwMjMzNTdaGA8yMTI2MTEwMTAyMzM1
N1owDjEMMAoGA1UEAwwDZHNhMIIBvzCCATQGByqGSM44BAEwggEnAoGBALgS2JpG
T4mmvCj/msJ8IkEQEHikHa6EE6yUzX04Mtd0Pej8eI2RGmQ4P7Bnci8nRKMeF7aQ
S9HsV/QLL+S37KwnUOH3jHkNLZl3wVJv9YHIVzTU12xYQHnJ5VHQEo8zlEgISTDD
J0CuusHC01GteehN5b7U/k7WuYMH9n1Y3c5nAh0Anbsjz0GjIC6ZFzDz50+0RfZn
q8SVIlsJtsSTlwKBgQCMyWCxDbkA17vC8re4WuKKGkBONvIg32jYFxyoCn+bIEeZ
QfDsWzqfOpass21a8I2HMXArlcbMbt5KuV+1p8dBpbF5PAvJniTqr028MsywpTDO
LNuQI+8bXlcLLadWwFcYa7gFijm/Hhf3zDp43rGKJYfIhoojsmFjloHHBfsrvQOB
hAACgYADEXXTP+slVmQvhtnbvLU+xnfqBW9gTKt9bVyqFzrY5uU1aOkvlsF7rnQ6
2NaPBwxeRCPyDixLGSZK6JpyXLPu64EShpzeo41Xg7Yb5X4JI2Dz3MUJyQULGiKy
DLzVqevWj5iySprsXEGuiR9qmG7Hl4ylKS9yAFTK3oksujapKaNTMFEwHQYDVR0O
BBYEFCoev47KK4ohyvt3ev9/BIRoSJD+MB8GA1UdIwQYMBaAFCoev47KK4ohyvt3
ev9/BIRoSJD+MA8GA1UdEwEB/wQFMAMBAf8wCwYJYIZIAWUDBAMCAz8AMDwCHGxA
rM4AKgiiwbHZ1/nhNbnfdg20m5L4zi7pLX8CHEgQF9k6UhPxPoBgqJfFxur3tUod
3mC5Usc2x8c=
-----END CERTIFICATE-----`
const koblitz = `-----BEGIN CERTIFICATE-----
MIIBdzCCAR6gAwIBAgIUW5pGHkCacHJk0XnZE/9WEGjcYtkwCgYIKoZIzj0EAwIw
EjEQMA4GA1UEAwwHa29ibGl0ejAgFw0yNjExMjUwMjMzNTdaGA8yMTI2MTEwMTAy
MzM1N1owEjEQMA4GA1UEAwwHa29ibGl0ejBWMBAGByqGSM49AgEGBSuBBAAKA0IA
BGqnQL1exX/numXwCfzWrrN+IckLfjyQnIIC8Azsksvm4USxNM7iM2aqETq0kxWK
f9FlZ2UfhF3xy8hTy+B8fnejUzBRMB0GA1UdDgQWBBQRN3NQ1r5pKWJ9gjHgZdt+
tPeq7zAfBgNVHSMEGDAWgBQRN3NQ1r5pKWJ9gjHgZdt+tPeq7zAPBgNVHRMBAf8E
BTADAQH/MAoGCCqGSM49BAMCA0cAMEQCIEywdI2AUmtAx9IdN0POjbRaFC1p62Ru
mYNr4D9pxwbfAiAarJRKsLx4mxI4mTT+aa3thgs98LXgpqu/7BEn87BQ+g==
-----END CERTIFICATE-----`

describe('a bundle of authorities', () => {
  it.each<[string, Parameters<typeof certificate>[1], RegExp | undefined]>([
    ['an authority', { authority: true, keyUsage: 'keyCertSign' }, undefined],
    ['one without a stated key usage', { authority: true }, undefined],
    ['one with an Ed25519 key', { authority: true, kind: 'ed25519' }, undefined],
    ['one with an RSA key of 2,048 bits', { authority: true, kind: 'rsa2048' }, undefined],
    ['one that is not valid yet', { authority: true, from: 10 }, undefined],
    ["a server's certificate", {}, /^CN=one: it is not that of an authority$/],
    ['one that expired', { authority: true, from: -20, to: -10 }, /^CN=one: it expired on /],
    [
      'one whose key usage is another',
      { authority: true, keyUsage: 'digitalSignature' },
      /^CN=one: it is not that of an authority$/,
    ],
    ['one with an RSA key of 1,024 bits', { authority: true, kind: 'rsa1024' }, /its RSA key has only 1024 bits$/],
  ])('AUTH-161: takes or leaves %s', async (_what, how, why) => {
    const { cert } = await certificate('one', how)
    const { certificates, refused } = bundleOf(cert, Date.now())
    expect(certificates).toHaveLength(why === undefined ? 1 : 0)
    expect(refused).toEqual(why === undefined ? [] : [expect.stringMatching(why)])
  })

  it.each([
    [dsa, 'CN=dsa: its key is of type dsa'],
    [koblitz, 'CN=koblitz: its curve is secp256k1'],
  ])('AUTH-161: leaves keys of other kinds', (cert, why) => {
    expect(bundleOf(cert, Date.now()).refused).toEqual([why])
  })

  it('AUTH-T69: takes what is valid beside what is not', async () => {
    const good = await certificate('good', { authority: true })
    const bad = await certificate('bad', { authority: true, from: -20, to: -10 })
    const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'
    const { certificates, refused } = bundleOf(`# ours\n${broken}${bad.cert}\n${good.cert}\n`, Date.now())
    expect(certificates.map((pem) => pem.trim())).toEqual([good.cert.trim()])
    expect(refused).toEqual(['a certificate: it cannot be read', expect.stringContaining('CN=bad: it expired')])
  })

  it('warns of an authority whose time has not come', async () => {
    const { cert } = await certificate('soon', { authority: true, from: 10 })
    expect(bundleOf(cert, Date.now()).warnings).toEqual([expect.stringContaining('CN=soon: it is not valid before')])
  })
})

describe('pools of authorities', () => {
  let folder: string
  let time: FakeTime
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'binocle-cas-'))
    time = fakeTime()
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const pools = () => {
    const files = watchCredentialFiles({ directories: [], allowWorldReadable: false }, time.timers, () => {})
    return createCaPools(folder, files, Date.now, () => {})
  }
  const put = async (name: string): Promise<string> => {
    const { cert } = await certificate(name, { authority: true })
    writeFileSync(join(folder, name), cert)
    return cert.trim()
  }
  const mine = (pool: readonly string[] | undefined) => pool?.slice(rootCertificates.length).map((pem) => pem.trim())

  it("AUTH-161: add to the system's authorities", async () => {
    const ours = await put('additional-ca-bundle.pem')
    const pool = pools().pool('service')
    expect(pool?.slice(0, rootCertificates.length)).toEqual(rootCertificates)
    expect(mine(pool)).toEqual([ours])
  })

  it('AUTH-161: keep the authority of an identity provider apart from what services are trusted by', async () => {
    const all = await put('additional-ca-bundle.pem')
    const provider = await put('openid-server-ca.crt')
    const cluster = await put('oauth-server-ca.crt')
    const { pool } = pools()
    expect(mine(pool('service'))).toEqual([all])
    expect(mine(pool('openid'))).toEqual([all, provider])
    expect(mine(pool('openshift'))).toEqual([all, cluster])
  })

  it('are those of the system where nothing valid is mounted', async () => {
    expect(pools().pool('service')).toBeUndefined()
    const { cert } = await certificate('old', { authority: true, from: -20, to: -10 })
    writeFileSync(join(folder, 'additional-ca-bundle.pem'), cert)
    expect(pools().pool('service')).toBeUndefined()
  })

  it('AUTH-158: follow a bundle that changes, and are the same list while it does not', async () => {
    await put('additional-ca-bundle.pem')
    const { pool } = pools()
    const before = pool('service')
    expect(pool('service')).toBe(before)
    const next = await put('additional-ca-bundle.pem')
    await time.advance(1_500)
    expect(mine(pool('service'))).toEqual([next])
  })
})
