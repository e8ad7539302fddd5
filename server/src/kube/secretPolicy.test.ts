import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { createKubeApi } from './api.ts'
import { barred, guardedLookup } from './barredHosts.ts'
import { specOfEntry } from './remoteSecret.ts'
import { everyRight, noRight, type SecretRights } from './secretPolicy.ts'
import type { ClusterSpec } from './spec.ts'

const kubeconfig = (cluster: object, user: object = { token: 't' }): string =>
  stringify({
    'current-context': 'west',
    contexts: [{ name: 'west', context: { cluster: 'west', user: 'west' } }],
    clusters: [{ name: 'west', cluster: { server: 'https://west.example', ...cluster } }],
    users: [{ name: 'west', user }],
  })

function read(source: string, rights: SecretRights = noRight, more: object = {}): ClusterSpec {
  const entry = { secretName: 's', key: 'west', kubeconfig: source, origin: 'Secret m/s', istios: false, ...more }
  const exec = { enabled: true, allow: ['/usr/bin/token', 'token'] }
  return specOfEntry(entry, { execProvider: exec, folder: '/mount/s', files: 'folder', readFile: () => '' }, rights)
}

const codeOf = (spec: ClusterSpec): string => ('problem' in spec ? spec.problem.code : 'used')

/** Everything that a kubeconfig could ask for and one of a Secret may not. Each is refused, by its own words. */
const corpus: readonly (readonly [string, object, object, RegExp])[] = [
  ['plain HTTP', { server: 'http://west.example' }, {}, /a server without TLS/],
  ['this machine', { server: 'https://127.0.0.1:6443' }, {}, /leads to this machine/],
  ['this machine by a number', { server: 'https://2130706433' }, {}, /leads to this machine/],
  ['this machine by half an address', { server: 'https://0x7f.1' }, {}, /leads to this machine/],
  ['this machine by its name', { server: 'https://LOCALHOST.' }, {}, /leads to this machine/],
  ['this machine by a name below it', { server: 'https://a.localhost' }, {}, /leads to this machine/],
  ['this machine over IPv6', { server: 'https://[::1]' }, {}, /leads to this machine/],
  ['this machine as IPv4 within IPv6', { server: 'https://[::ffff:127.0.0.1]' }, {}, /leads to this machine/],
  ['no address at all', { server: 'https://0.0.0.0' }, {}, /leads to this machine/],
  ['no address at all over IPv6', { server: 'https://[::]' }, {}, /leads to this machine/],
  ['the link', { server: 'https://169.254.0.7' }, {}, /what a cloud tells/],
  ['the link over IPv6', { server: 'https://[fe80::1]' }, {}, /what a cloud tells/],
  ['the metadata of a cloud', { server: 'https://169.254.169.254' }, {}, /what a cloud tells/],
  ['the metadata of a cloud by name', { server: 'https://metadata.google.internal' }, {}, /what a cloud tells/],
  ['a certificate that is not verified', { 'insecure-skip-tls-verify': true }, {}, /shall not be verified/],
  ['a proxy', { 'proxy-url': 'http://proxy.example:3128' }, {}, /names a proxy/],
  ['a name that is none', { 'tls-server-name': 'a b' }, {}, /tls-server-name that is no host name/],
  ['a file as CA', { 'certificate-authority': '/etc/ssl/ca.pem' }, {}, /names a file of ours/],
  ['a file as token', {}, { tokenFile: '/var/run/secrets/kubernetes.io/serviceaccount/token' }, /names a file of ours/],
  [
    'a file as certificate',
    {},
    { 'client-certificate': '../other/tls.crt', 'client-key': 'k' },
    /names a file of ours/,
  ],
  ['a user to be', {}, { token: 't', as: 'admin' }, /impersonates somebody \(as\)/],
  ['groups to be in', {}, { token: 't', 'as-groups': ['system:masters'] }, /impersonates somebody \(as-groups\)/],
  ['more to be', {}, { token: 't', 'as-user-extra': { a: ['b'] } }, /impersonates somebody \(as-user-extra\)/],
  ['a provider', {}, { 'auth-provider': { name: 'gcp' } }, /uses auth-provider/],
  ['a program by its name', {}, { exec: { command: 'token' } }, /does not name by its path/],
  ['another program', {}, { exec: { command: '/bin/sh', args: ['-c', 'id'] } }, /not on the list/],
]

describe('the kubeconfig of a Secret', () => {
  it.each(corpus)('AUTH-133: may not ask for %s', (_what, cluster, user, words) => {
    const full = Object.keys(user).length === 0 ? { token: 't' } : user
    const spec = read(kubeconfig(cluster, full))
    expect('problem' in spec ? spec.problem.message : 'used').toMatch(words)
  })

  it.each(corpus.map(([what, cluster, user]) => [what, cluster, user] as const))(
    'AUTH-T51: leaves nothing to connect with when it asks for %s',
    (_what, cluster, user) => {
      const full = Object.keys(user).length === 0 ? { token: 't' } : user
      expect(read(kubeconfig(cluster, full))).not.toHaveProperty('access')
    },
  )

  it.each<[string, object, object]>([
    ['a token and a server', {}, { token: 't' }],
    ['another name for TLS', { 'tls-server-name': 'kubernetes.default.svc' }, { token: 't' }],
    ['an address', { server: 'https://10.0.0.1:6443' }, { token: 't' }],
    ['a program by its path that is allowed', {}, { exec: { command: '/usr/bin/token' } }],
    ['a file that is mounted with it', {}, { tokenFile: 'token' }],
  ])('may ask for %s', (_what, cluster, user) => {
    expect(codeOf(read(kubeconfig(cluster, user)))).toBe('used')
  })

  it.each<[string, object]>([
    ['a certificate that is not verified', { 'insecure-skip-tls-verify': true }],
    ['a proxy', { 'proxy-url': 'http://proxy.example:3128' }],
    ['this machine', { server: 'https://127.0.0.1:6443' }],
  ])('may ask for %s where the operator allows it', (_what, cluster) => {
    expect(codeOf(read(kubeconfig(cluster), everyRight))).toBe('used')
    expect(codeOf(read(kubeconfig(cluster)))).toBe('BIN-CLUSTER-POLICY')
  })

  it('may never ask for the metadata of a cloud', () => {
    expect(codeOf(read(kubeconfig({ server: 'https://169.254.169.254' }), everyRight))).toBe('BIN-CLUSTER-POLICY')
  })

  it('AUTH-133: may be 256 KiB long, and no longer', () => {
    const source = kubeconfig({})
    const fill = (bytes: number) => `${source}# ${'x'.repeat(bytes - source.length - 2)}`
    expect(codeOf(read(fill(256 << 10)))).toBe('used')
    expect(codeOf(read(fill((256 << 10) + 1)))).toBe('BIN-CLUSTER-POLICY')
  })

  it.each(['-west', 'we/st', '.west', 'west\n', `w${'x'.repeat(253)}`, ''])(
    'AUTH-T20: cannot be under a key that is no name: %j',
    (key) => {
      expect(codeOf(read(kubeconfig({}), noRight, { key }))).toBe('BIN-CLUSTER-NAME')
    },
  )

  it('AUTH-T20: cannot be under a key that is not the name of its cluster', () => {
    expect(codeOf(read(kubeconfig({}), noRight, { key: 'home' }))).toBe('BIN-CLUSTER-NAME')
  })

  it('AUTH-T51: guards the addresses that its names lead to', () => {
    const spec = read(kubeconfig({}))
    expect('access' in spec ? spec.access.guard : undefined).toEqual({ loopback: false })
  })
})

describe('a cluster of a Secret whose name leads to this machine', () => {
  it('AUTH-T51: is not connected to, neither for requests nor for port-forwards', async () => {
    let connections = 0
    const server = createServer((socket) => {
      connections += 1
      socket.destroy()
    })
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const access = { cluster: 'west', server: `https://localhost:${port}`, tls: { insecureSkipVerify: true } }
    const guarded = createKubeApi({ ...access, credential: { kind: 'none' }, guard: { loopback: false } })
    const free = createKubeApi({ ...access, credential: { kind: 'none' } })
    const words = /localhost leads to this machine/
    await expect(guarded.get('/version')).rejects.toThrow(words)
    await expect(guarded.forward?.({ namespace: 'a', pod: 'b', port: 1 }, 2_000)).rejects.toThrow(words)
    expect(connections).toBe(0)
    await expect(free.get('/version')).rejects.not.toThrow(words)
    expect(connections).toBeGreaterThan(0)
    await Promise.all([guarded.close(), free.close()])
    server.close()
  })
})

describe('the address of a name', () => {
  const resolving = (...addresses: string[]) =>
    new Promise<string>((resolve) => {
      const answer = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
      const guarded = guardedLookup('west', { loopback: false }, (_host, _options, callback) => callback(null, answer))
      guarded('west.example', { all: true }, (error, found) => resolve(error?.message ?? JSON.stringify(found)))
    })

  it.each([['127.0.0.1'], ['10.0.0.1', '169.254.169.254'], ['::1'], ['fe80::1']])(
    'AUTH-T51: is not connected to where it is barred: %s',
    async (...addresses) => {
      expect(await resolving(...addresses)).toMatch(/^west: west.example leads to .* where no remote API server is$/)
    },
  )

  it('is connected to where it is not', async () => {
    expect(await resolving('10.0.0.1')).toBe('[{"address":"10.0.0.1","family":4}]')
  })

  it('AUTH-T51: is barred when it is one of our own', () => {
    const own = Object.values(networkInterfaces()).flatMap((each) => each ?? [])
    for (const { address } of own) expect(barred(address.replace(/%.*/, ''), { loopback: false })).toBeDefined()
    expect(own.length).toBeGreaterThan(0)
  })
})
