import { rootCertificates } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { parseKubeconfig } from './kubeconfig.ts'
import type { KubeconfigOptions } from './kubeconfigOptions.ts'

const ca = rootCertificates[0] ?? ''
const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** One context `east`, with these fields of its cluster and user. */
const kubeconfig = (cluster: object, user: object = { token: 't0ken' }): string =>
  stringify({
    'current-context': 'ctx-east',
    contexts: [{ name: 'ctx-east', context: { cluster: 'east', user: 'me' } }],
    clusters: [{ name: 'east', cluster: { server: 'https://east:6443', ...cluster } }],
    users: [{ name: 'me', user }],
  })

const parse = (source: string, options: Partial<KubeconfigOptions> = {}): ReturnType<typeof parseKubeconfig> =>
  parseKubeconfig(source, {
    folder: '/etc/kube',
    file: 'config',
    contexts: [],
    execProvider: { enabled: false, allow: [] },
    readFile: (path) => {
      if (path === '/etc/kube/ca.crt') return ca
      throw new Error('ENOENT')
    },
    ...options,
  })

function access(source: string, options: Partial<KubeconfigOptions> = {}): object | undefined {
  const [spec] = parse(source, options)
  return spec !== undefined && 'access' in spec ? spec.access : undefined
}

function problem(source: string, options: Partial<KubeconfigOptions> = {}): { message: string; remedy?: string } {
  const [spec] = parse(source, options)
  return spec !== undefined && 'problem' in spec ? spec.problem : { message: 'none' }
}

describe('a kubeconfig', () => {
  it('says where the API server is and who we are', () => {
    expect(access(kubeconfig({ 'certificate-authority-data': base64(ca), 'tls-server-name': 'api.east' }))).toEqual({
      cluster: 'east',
      server: 'https://east:6443',
      tls: { ca, insecureSkipVerify: false, serverName: 'api.east' },
      credential: { kind: 'token', token: 't0ken' },
    })
  })

  it.each([
    ['a CA file beside it', { 'certificate-authority': 'ca.crt' }, {}, { tls: { ca, insecureSkipVerify: false } }],
    ['no verification', { 'insecure-skip-tls-verify': true }, {}, { tls: { insecureSkipVerify: true } }],
    [
      'a path in the URL',
      { server: 'https://rancher/k8s/clusters/c-1/' },
      {},
      { server: 'https://rancher/k8s/clusters/c-1' },
    ],
    ['a token file', {}, { tokenFile: 'token' }, { credential: { kind: 'tokenFile', file: '/etc/kube/token' } }],
    [
      'a token file, which wins over a token',
      {},
      { token: 'x', tokenFile: '/var/token' },
      { credential: { kind: 'tokenFile', file: '/var/token' } },
    ],
    [
      'basic authentication',
      {},
      { username: 'me', password: 'pw' },
      { credential: { kind: 'basic', username: 'me', password: 'pw' } },
    ],
    ['impersonation', {}, { as: 'bob', 'as-groups': ['ops'] }, { impersonate: { user: 'bob', groups: ['ops'] } }],
    [
      'impersonation with all its fields',
      {},
      { as: 'bob', 'as-uid': '7', 'as-user-extra': { scopes: ['a', 'b'] } },
      { impersonate: { user: 'bob', groups: [], uid: '7', extra: { scopes: ['a', 'b'] } } },
    ],
    ['a proxy', { 'proxy-url': 'http://proxy:3128' }, {}, { proxy: 'http://proxy:3128' }],
    ['nothing to say who we are', {}, {}, { credential: { kind: 'none' } }],
  ])('honours %s', (_what, cluster, user, expected) => {
    expect(access(kubeconfig(cluster, user))).toMatchObject(expected)
  })

  it('runs a plugin that is enabled and allowed', () => {
    const user = { exec: { command: './get-token', args: ['-q'], env: [{ name: 'A', value: 'b' }] } }
    const execProvider = { enabled: true, allow: ['./get-token'] }
    expect(access(kubeconfig({}, user), { execProvider })).toMatchObject({
      credential: { kind: 'exec', command: '/etc/kube/get-token', args: ['-q'], env: { A: 'b' } },
    })
  })

  it.each([
    ['a URL that is none', { server: 'east' }, {}, 'its server "east" is not an http(s) URL'],
    ['a URL with a password', { server: 'https://a:b@east' }, {}, 'its server is not a plain URL'],
    ['a proxy that is none', { 'proxy-url': 'socks5://proxy' }, {}, 'its proxy-url is not an http or https URL'],
    [
      'a CA that is no PEM',
      { 'certificate-authority-data': base64('x') },
      {},
      'its certificate-authority-data is not PEM',
    ],
    [
      'a CA that is broken PEM',
      { 'certificate-authority-data': base64('-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----') },
      {},
      'its CA, client certificate or key is not valid PEM, or they do not belong together',
    ],
    [
      'a CA file that is not there',
      { 'certificate-authority': 'no.crt' },
      {},
      'the file of its certificate-authority cannot be read',
    ],
    [
      'a CA and no verification',
      { 'certificate-authority-data': base64(ca), 'insecure-skip-tls-verify': true },
      {},
      'it gives a CA and insecure-skip-tls-verify at once',
    ],
    [
      'a client certificate without its key',
      {},
      { 'client-certificate-data': base64(ca) },
      'it has a client certificate without a key, or the reverse',
    ],
    [
      'a plugin',
      {},
      { exec: { command: 'aws' } },
      'it gets its credential from a program (aws), which is refused unless enabled',
    ],
    ['auth-provider', {}, { 'auth-provider': { name: 'gcp' } }, 'it uses auth-provider, which Kubernetes has removed'],
    ['a token with a line break', {}, { token: 'a\nb' }, 'its token has characters that no token has'],
    ['a token that is a number', {}, { token: 5 }, 'token is not a string'],
  ])('with %s is refused', (_what, cluster, user, expected) => {
    expect(problem(kubeconfig(cluster, user)).message).toBe(`east: the kubeconfig cannot be used: ${expected}`)
  })

  it('with a plugin that is not allowed is refused', () => {
    const execProvider = { enabled: true, allow: ['gke'] }
    expect(problem(kubeconfig({}, { exec: { command: 'aws' } }), { execProvider }).message).toContain('not on the list')
  })

  it('with a plugin of a removed version is refused', () => {
    const exec = { command: 'aws', apiVersion: 'client.authentication.k8s.io/v1alpha1' }
    const execProvider = { enabled: true, allow: ['aws'] }
    expect(problem(kubeconfig({}, { exec }), { execProvider }).message).toContain('v1alpha1, which no longer exists')
  })

  it.each([
    ['a token file', {}, { tokenFile: '/var/run/secrets/kubernetes.io/serviceaccount/token' }, 'its tokenFile'],
    ['a CA file', { 'certificate-authority': 'ca.crt' }, {}, 'its certificate-authority'],
    ['a key file', {}, { 'client-certificate': 'a', 'client-key': 'b' }, 'its client-certificate'],
  ])('read over the network is refused when it names %s of ours', (_what, cluster, user, field) => {
    expect(problem(kubeconfig(cluster, user), { files: 'none' }).message).toContain(`${field} names a file of ours`)
  })

  it.each([
    ['no YAML', 'a: [', 'it is not YAML'],
    ['no map', '- a', 'it is not a kubeconfig'],
    ['too long', `a: ${'x'.repeat(1 << 20)}`, 'it is longer than 1 MB'],
    ['of another kind', 'apiVersion: v1\nkind: Pod', 'not a kubeconfig'],
    ['of another version', 'apiVersion: v2\nkind: Config', 'not a kubeconfig'],
    ['without a current context', 'kind: Config', 'it has no current-context'],
    ['an alias bomb', aliasBomb(), 'it is not YAML'],
  ])('that is %s makes each wanted context a cluster in error state', (_what, source, expected) => {
    expect(problem(source).message).toContain(expected)
  })

  it('that does not parse repeats nothing of what it holds', () => {
    const { message, remedy } = problem('users:\n- user: {token: s3cret, [}\n', { contexts: ['east'] })
    expect(`${message} ${remedy}`).not.toContain('s3cret')
  })
})

describe('contexts', () => {
  const two = stringify({
    contexts: [
      { name: 'a', context: { cluster: 'east', user: 'me' } },
      { name: 'b', context: { cluster: 'west', user: 'nobody' } },
    ],
    clusters: [
      { name: 'east', cluster: { server: 'https://east' } },
      { name: 'west', cluster: { server: 'https://west' } },
    ],
    users: [{ name: 'me', user: { token: 't' } }],
  })

  it('that cannot be used do not touch the others', () => {
    const specs = parse(two, { contexts: ['a', 'b', 'c'] })
    expect(specs.map((spec) => [spec.name, 'access' in spec])).toEqual([
      ['east', true],
      ['west', false],
      ['c', false],
    ])
  })

  it('are all taken by *', () => {
    expect(parse(two, { contexts: ['*'] }).map(({ name }) => name)).toEqual(['east', 'west'])
  })

  it('that do not exist are refused with those that do', () => {
    expect(problem(two, { contexts: ['c'] }).remedy).toBe('It has: a, b.')
  })
})

/** Nine levels of nine references each. */
function aliasBomb(): string {
  const level = (name: string, of: string): string => `${name}: &${name} [${Array(9).fill(`*${of}`).join(', ')}]`
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']
  return [`a: &a [x]`, ...names.slice(1).map((name, at) => level(name, names[at] ?? 'a'))].join('\n')
}
